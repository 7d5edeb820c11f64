namespace Hal9.Cli;

/// <summary>What the tool's exit says to a script. Documented, so fixed.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int Denied = 3;
    public const int NotFound = 4;
    public const int Budget = 5;
    public const int Unreachable = 6;
    public const int Interrupted = 130;

    public static IReadOnlyList<(int Code, string Meaning)> All { get; } =
    [
        (Ok, "done"),
        (Failed, "the run failed or was cancelled, the ledger is not intact, or another error"),
        (Usage, "the command line, or a value in it, is not valid"),
        (Denied, "not signed in, or not allowed"),
        (NotFound, "there is no such thing"),
        (Budget, "refused by a budget"),
        (Unreachable, "the console cannot be reached"),
        (Interrupted, "interrupted by Ctrl+C"),
    ];
}
