using System.Text.Json;

namespace Hal9.Tests.Support;

/// <summary>What a scripted provider answers. What is left null is made from the request: text, or JSON by the schema asked for.</summary>
public sealed record ScriptedReply
{
    /// <summary>The text, or the whole JSON document when a schema was asked for.</summary>
    public string? Text { get; init; }

    /// <summary>Tool calls; when there are any, the text may be empty.</summary>
    public IReadOnlyList<ScriptedToolCall> ToolCalls { get; init; } = [];

    /// <summary>The usage told; null: counted from the characters, four to a token.</summary>
    public ScriptedUsage? Usage { get; init; }

    /// <summary>OpenAI's finish reason (<c>stop</c>, <c>length</c>, <c>tool_calls</c>, <c>content_filter</c>); Anthropic's is made from it.</summary>
    public string? FinishReason { get; init; }

    /// <summary>What goes wrong, if something does.</summary>
    public Fault? Fault { get; init; }

    /// <summary>Characters per chunk of a stream.</summary>
    public int ChunkSize { get; init; } = 24;

    /// <summary>The wait before each content chunk of a stream, or before a whole answer; ends when the client leaves.</summary>
    public TimeSpan Pace { get; init; }

    /// <summary>Holds the reply before its first byte until the test opens it.</summary>
    public ScriptedGate? Hold { get; init; }

    /// <summary>Holds a stream after <see cref="HoldAfterChunks"/> content chunks until the test opens it.</summary>
    public ScriptedGate? HoldWithin { get; init; }

    /// <summary>Where <see cref="HoldWithin"/> holds.</summary>
    public int HoldAfterChunks { get; init; } = 1;

    /// <summary>A reply of text.</summary>
    public static ScriptedReply Of(string text) => new() { Text = text };

    /// <summary>A reply of JSON made from a value (camelCase).</summary>
    public static ScriptedReply OfJson(object value) => new() { Text = JsonSerializer.Serialize(value, JsonSerializerOptions.Web) };

    /// <summary>A reply that goes wrong.</summary>
    public static ScriptedReply Fail(Fault fault) => new() { Fault = fault };
}

/// <summary>A tool call in a reply.</summary>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">Its arguments as text; need not be JSON.</param>
/// <param name="Id">Its id; null: made.</param>
public sealed record ScriptedToolCall(string Name, string Arguments, string? Id = null);

/// <summary>
/// The usage that a reply tells, in HAL9's own words: <see cref="Input"/> includes cached and cache-write tokens, <see cref="Output"/> includes
/// reasoning. Each shape tells it in its provider's words. Numbers may be negative or huge: they are sent as they are.
/// </summary>
public sealed record ScriptedUsage(long Input, long Output, long Cached = 0, long Reasoning = 0, long CacheWrite = 0, long CacheWrite1h = 0)
{
    /// <summary>No usage at all is told.</summary>
    public static ScriptedUsage Missing { get; } = new(0, 0) { Told = false };

    /// <summary>Nothing but zeroes.</summary>
    public static ScriptedUsage Zero { get; } = new(0, 0);

    /// <summary>False: the reply carries no usage.</summary>
    public bool Told { get; init; } = true;

    /// <summary>The usage object as sent, instead of one made from the numbers.</summary>
    public string? Raw { get; init; }
}

/// <summary>Holds a reply until a test opens it; tells the test when a reply has arrived there.</summary>
public sealed class ScriptedGate
{
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the first reply stands at the gate.</summary>
    public Task Reached => reached.Task;

    /// <summary>Lets every reply pass, now and later.</summary>
    public void Open() => opened.TrySetResult();

    internal Task PassAsync(CancellationToken cancellationToken)
    {
        reached.TrySetResult();
        return opened.Task.WaitAsync(cancellationToken);
    }
}
