using System.Security.Cryptography;
using System.Text;

namespace Hal9.Engine.Codegen.Verification;

/// <summary>How one rung ended.</summary>
public enum RungOutcome
{
    /// <summary>All of it holds.</summary>
    Green,

    /// <summary>Something is wrong with the code or its tests; see the failures.</summary>
    Red,

    /// <summary>Nothing can be said: a resource ran out, a tool or package is missing, or the sandbox is not there.</summary>
    Inconclusive,

    /// <summary>Not looked at: a lower rung was not green, the depth ended below, or there was nothing to check. The reason says which.</summary>
    Skipped,
}

/// <summary>One thing that is wrong.</summary>
/// <param name="Rung">0 to 8.</param>
/// <param name="Id">Diagnostic id (<c>CS0103</c>), rule (<c>placeholder</c>) or name of the test.</param>
/// <param name="Message">What is wrong, without what changes from run to run: no addresses, times, temporary paths. At most 2,000 characters.</param>
/// <param name="File">Path of the file, of the topmost frame within the project for a failing test; null when unknown or held out.</param>
/// <param name="Line">Line, counted from 1; null when unknown.</param>
/// <param name="Criterion">Acceptance criterion, as <c>AC-3</c>; null when none is named.</param>
public sealed record RungFailure(int Rung, string Id, string Message, string? File = null, int? Line = null, string? Criterion = null)
{
    /// <summary>The same for the same fault in another attempt: SHA-256 over rung, id, message and file, the first 16 hex digits. The line may move.</summary>
    public string Signature => Hashes.Of($"{Rung}\n{Id}\n{Message}\n{File}")[..16];
}

/// <summary>What one rung of the ladder found.</summary>
/// <param name="Rung">0 to 8.</param>
/// <param name="Name">Its name, as <c>unit tests</c>.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">Why it is not green; null when it is.</param>
/// <param name="Command">The command that anyone can repeat, or what was done in this process.</param>
/// <param name="ExitCode">Exit code of the command; null for what was done in this process.</param>
/// <param name="Duration">Wall time; that of the first time when <paramref name="Cached"/>.</param>
/// <param name="Log">What the tools wrote, head and tail, at most 64 KB. Of held-out tests it names criteria only.</param>
/// <param name="Failures">What is wrong, or where a resource ran out; empty when green.</param>
/// <param name="PassedTests">Names of the tests that passed on this rung, sorted. Held-out ones are not named.</param>
/// <param name="Cached">Whether the result is that of an earlier verification of exactly the same content.</param>
public sealed record RungResult(
    int Rung, string Name, RungOutcome Outcome, string? Reason, string Command, int? ExitCode, TimeSpan Duration, string Log,
    IReadOnlyList<RungFailure> Failures, IReadOnlyList<string> PassedTests, bool Cached = false)
{
    /// <summary>SHA-256 of the log, in lower-case hex.</summary>
    public string LogHash => Hashes.Of(Log);
}

internal static class Hashes
{
    public static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
