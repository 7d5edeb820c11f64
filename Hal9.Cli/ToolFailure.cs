using Hal9.Cli.Output;

namespace Hal9.Cli;

/// <summary>Ends a command with an exit code and says why.</summary>
internal sealed class ToolFailure(int code, string title, string? detail = null, string? traceId = null) : Exception(title)
{
    public int Code { get; } = code;

    /// <summary>What to do, or the details.</summary>
    public string? Detail { get; } = detail;

    /// <summary>What the server's log knows it by.</summary>
    public string? TraceId { get; } = traceId;

    /// <summary>Says it.</summary>
    public async Task TellAsync(TextWriter error)
    {
        await error.WriteLineAsync($"error: {Plain.Line(Message)}");
        if (Detail is { Length: > 0 })
        {
            await error.WriteLineAsync($"  {Plain.Text(Detail).ReplaceLineEndings("\n  ")}");
        }
        if (TraceId is { Length: > 0 })
        {
            await error.WriteLineAsync($"  trace id: {Plain.Line(TraceId)}");
        }
    }

    /// <summary>The account signs in with a code of its authenticator app as well.</summary>
    public bool IsCodeNeeded { get; init; }

    public static ToolFailure Usage(string title, string? detail = null) => new(ExitCode.Usage, title, detail);
}
