namespace Hal9.Cli.Output;

/// <summary>Reads what somebody types.</summary>
internal static class Prompt
{
    /// <summary>A line, or null at the end. The terminal's own reading cannot be called off, so it is left behind when the caller is.</summary>
    public static Task<string?> ReadLineAsync(Surroundings around, CancellationToken cancellationToken) =>
        Task.Run(around.In.ReadLine, CancellationToken.None).WaitAsync(cancellationToken);
}
