using System.Diagnostics;

namespace Hal9.Engine.Codegen.Verification.Scripts;

/// <summary>The tools of a language whose checks and tests run as scripts in the sandbox.</summary>
/// <param name="Language">The language.</param>
/// <param name="Program">Its interpreter, as the sandbox sees it.</param>
/// <param name="Version">Version of the interpreter.</param>
/// <param name="Folders">Folders beside the system's own that it needs.</param>
/// <param name="Check">Our script that reads a project: name and text.</param>
/// <param name="Suite">Our script that runs tests.</param>
/// <param name="Options">What stands before a script.</param>
internal sealed record ScriptTool(
    Language Language, string Program, string Version, IReadOnlyList<string> Folders, KeyValuePair<string, string> Check, KeyValuePair<string, string> Suite, IReadOnlyList<string> Options)
{
    private static readonly Version LeastPython = new(3, 10);
    private static readonly Lazy<(ScriptTool? Tool, string? WhyNot)> Python = new(FindPython);

    /// <summary>The tool of a language; null, with the reason, where it is not there.</summary>
    public static (ScriptTool? Tool, string? WhyNot) For(Language language) =>
        language == Language.Python ? Python.Value : (null, $"There is no ladder for {language.Word()} yet.");

    // The system's own first. One on the search path may be a script that picks among several: it is asked where it really is.
    private static (ScriptTool? Tool, string? WhyNot) FindPython()
    {
        foreach (var candidate in new[] { "/usr/bin/python3", "/usr/local/bin/python3", "python3" })
        {
            if (Ask(candidate, "import os,sys;print(os.path.realpath(sys.executable));print(os.path.realpath(sys.base_prefix));print('%d.%d.%d'%sys.version_info[:3])") is [var program, var prefix, var version] && System.Version.Parse(version) >= LeastPython)
            {
                return (new(Language.Python, program, version, prefix == "/usr" ? [] : [prefix], Script("check.py"), Script("suite.py"), ["-I", "-B"]), null);
            }
        }
        return (null, "Python 3.10 or later was not found: no verdict is available for it.");
    }

    private static string[]? Ask(string program, string code)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, ["-I", "-c", code]) { RedirectStandardOutput = true, RedirectStandardError = true });
            var lines = process!.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return process.WaitForExit(5_000) && process.ExitCode == 0 ? lines : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static KeyValuePair<string, string> Script(string name)
    {
        using var stream = typeof(ScriptTool).Assembly.GetManifestResourceStream($"Hal9.Engine.Codegen.Verification.Scripts.{name}")!;
        using var reader = new StreamReader(stream);
        return new("hal9_" + name, reader.ReadToEnd());
    }
}
