using System.Text.RegularExpressions;

namespace Hal9.Engine.Codegen;

/// <summary>Which paths a model may name: relative, plain, short, below the folders that are the program's.</summary>
internal static partial class SafePath
{
    /// <summary>The longest path, in characters.</summary>
    public const int Longest = 200;

    /// <summary>Where all tests live.</summary>
    public const string Tests = "tests/";

    /// <summary>Where the sealed tests live; no module may own a file there.</summary>
    public const string Acceptance = "tests/Acceptance/";

    private const string Sources = "src/";

    // Names that Windows keeps for devices: the archive must unpack everywhere.
    private static readonly string[] Devices = ["con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "lpt1", "lpt2", "lpt3"];

    /// <summary>What is wrong with a path; null when it may be used.</summary>
    public static string? FaultOf(string path) =>
        path.Length is 0 or > Longest ? $"A path has 1 to {Longest} characters."
        : !Plain().IsMatch(path) ? $"'{path}' is no plain relative path: letters, digits, '.', '_', '-' and '/' only, no '..', no leading '/'."
        : path.Split('/').Any(part => part.EndsWith('.') || Devices.Contains(part.Split('.')[0].ToLowerInvariant())) ? $"'{path}' cannot be unpacked everywhere."
        : !path.StartsWith(Sources, StringComparison.Ordinal) && !path.StartsWith(Tests, StringComparison.Ordinal) ? $"'{path}' is neither below {Sources} nor below {Tests}."
        : null;

    /// <summary>Whether a path is a test's.</summary>
    public static bool IsTest(string path) => path.StartsWith(Tests, StringComparison.Ordinal);

    /// <summary>Whether a path is where the sealed tests live, whatever its case.</summary>
    public static bool IsAcceptance(string path) => path.StartsWith(Acceptance, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^(?!.*(^|/)\.)[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$")]
    private static partial Regex Plain();
}
