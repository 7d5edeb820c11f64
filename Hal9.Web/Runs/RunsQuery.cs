using Hal9.Engine.Events;
using Hal9.Engine.Runs;

namespace Hal9.Web.Runs;

/// <summary>What the address of the list of runs remembers. What cannot be read is left out, never guessed.</summary>
public sealed record RunsQuery(RunStatus? Status = null, RunKind? Kind = null, string? Text = null, string? After = null)
{
    private const int PageLength = 50;

    /// <summary>Something narrows the list.</summary>
    public bool IsNarrowed => Status is not null || Kind is not null || !string.IsNullOrWhiteSpace(Text);

    /// <summary>The newest page: only there do new runs appear.</summary>
    public bool IsNewest => After is null;

    /// <summary>Reads an address.</summary>
    public static RunsQuery Parse(string? status, string? kind, string? text, string? after) => new(
        Read<RunStatus>(status), Read<RunKind>(kind), string.IsNullOrWhiteSpace(text) ? null : text.Trim(), string.IsNullOrEmpty(after) ? null : after);

    /// <summary>The address.</summary>
    public string ToUrl() => Urls.Runs(Write(Status), Write(Kind), Text, After);

    /// <summary>As the engine asks for it.</summary>
    public RunFilter ToFilter() => new(Status, Kind, Text, After, PageLength);

    private static string? Write<T>(T? value) where T : struct, Enum => value?.ToString().ToLowerInvariant();

    private static T? Read<T>(string? value) where T : struct, Enum =>
        value is not null && !int.TryParse(value, out _) && Enum.TryParse<T>(value, ignoreCase: true, out var read) ? read : null;
}
