using Hal9.Engine.Models;

namespace Hal9.Tests.Support;

/// <summary>How an exchange ended, as the provider saw it.</summary>
public enum ExchangeOutcome
{
    /// <summary>Not yet.</summary>
    Open,

    /// <summary>The whole answer went out.</summary>
    Answered,

    /// <summary>The fault asked for went out.</summary>
    Faulted,

    /// <summary>The client closed the connection before the end.</summary>
    ClientLeft,
}

/// <summary>A request with its reply and its end.</summary>
public sealed class ScriptedExchange
{
    private readonly TaskCompletionSource<ExchangeOutcome> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal ScriptedExchange(ScriptedRequest request, ScriptedReply reply)
    {
        Request = request;
        Reply = reply;
        Text = reply.Text ?? "";
        Usage = reply.Usage ?? new ScriptedUsage(Count(request.Text), Count(Text + string.Concat(reply.ToolCalls.Select(c => c.Arguments))));
    }

    /// <summary>What came.</summary>
    public ScriptedRequest Request { get; }

    /// <summary>What was answered, all of it decided.</summary>
    public ScriptedReply Reply { get; }

    /// <summary>The text answered.</summary>
    public string Text { get; }

    /// <summary>The usage told (or <see cref="ScriptedUsage.Missing"/>): what a cost computed by hand starts from.</summary>
    public ScriptedUsage Usage { get; }

    /// <summary>How it ended.</summary>
    public ExchangeOutcome Outcome => ended.Task.IsCompletedSuccessfully ? ended.Task.Result : ExchangeOutcome.Open;

    /// <summary>Completes when it has ended.</summary>
    public Task<ExchangeOutcome> Ended => ended.Task;

    /// <summary>Whether usage went out with a whole answer, so that the caller knows the exact cost.</summary>
    public bool Billed => Outcome == ExchangeOutcome.Answered && Usage.Told;

    internal void End(ExchangeOutcome outcome) => ended.TrySetResult(outcome);

    internal string FinishReason => Reply.FinishReason ?? (Reply.ToolCalls.Count > 0 ? "tool_calls" : "stop");

    internal string Id => (Request.Shape == ProviderKind.OpenAI ? "chatcmpl-" : "msg_") + $"scripted{Request.Number:d6}";

    internal IEnumerable<string> Chunks(string text)
    {
        for (var at = 0; at < text.Length; at += Reply.ChunkSize)
        {
            yield return text.Substring(at, Math.Min(Reply.ChunkSize, text.Length - at));
        }
    }

    private static long Count(string text) => (text.Length + 3) / 4;
}
