using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Hal9.Engine.Sandbox;

/// <summary>The machine's own programs that make a sandbox.</summary>
/// <param name="Bubblewrap">Path; empty when it is not there.</param>
/// <param name="SetPriv">Path; empty when it is not there.</param>
/// <param name="Unshare">Path; empty when it is not there.</param>
/// <param name="PrLimit">Path; empty when it is not there.</param>
/// <param name="CanDisableUserSpaces">Whether bubblewrap knows how to forbid further user name spaces (since 0.8).</param>
internal sealed record SystemPrograms(string Bubblewrap, string SetPriv, string Unshare, string PrLimit, bool CanDisableUserSpaces)
{
    // Not the search path of this process: what it names may be anybody's.
    private static readonly string[] Folders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

    public static SystemPrograms Find()
    {
        var bubblewrap = Of("bwrap");
        return new(bubblewrap, Of("setpriv"), Of("unshare"), Of("prlimit"), bubblewrap.Length > 0 && VersionOf(bubblewrap) >= new Version(0, 8));
    }

    /// <summary>Why there can be no full level; null when it can be tried.</summary>
    public string? WhyNotFull =>
        !OperatingSystem.IsLinux() ? "Only Linux has the full level."
        : Bubblewrap.Length == 0 ? "bubblewrap is not installed (package bubblewrap)."
        : !SeccompFilter.Supported ? $"There is no system call filter for {RuntimeInformation.ProcessArchitecture}."
        : PrLimit.Length == 0 || (Environment.IsPrivilegedProcess && SetPriv.Length == 0) ? "util-linux is not installed (setpriv, prlimit)."
        : null;

    /// <summary>Why there can be no reduced level; null when it can be tried.</summary>
    public string? WhyNotReduced =>
        !OperatingSystem.IsLinux() ? "Only Linux has the reduced level."
        : !Environment.IsPrivilegedProcess ? "The reduced level needs a process that may change its user (root)."
        : PrLimit.Length == 0 || SetPriv.Length == 0 || Unshare.Length == 0 ? "util-linux is not installed (setpriv, prlimit, unshare)."
        : null;

    private static string Of(string name) => Folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists) ?? "";

    private static Version VersionOf(string program)
    {
        using var process = Process.Start(new ProcessStartInfo(program, "--version") { RedirectStandardOutput = true });
        var words = process?.StandardOutput.ReadToEnd().Trim().Split(' ') ?? [];
        return Version.TryParse(words.LastOrDefault(), out var version) ? version : new Version(0, 0);
    }
}
