using System.Globalization;
using System.Text;

namespace Hal9.Runner;

/// <summary>Attacks from inside: each tries to reach what the sandbox must keep away.</summary>
internal static class Probing
{
    /// <summary>Where outside things are, read from the input as lines of <c>name=value</c>; the values that must stay secret are not among them.</summary>
    public static int Run(TextReader input, TextWriter output)
    {
        var places = new Dictionary<string, string>();
        while (input.ReadLine() is { } line)
        {
            var cut = line.IndexOf('=', StringComparison.Ordinal);
            places[line[..cut]] = line[(cut + 1)..];
        }
        foreach (var (name, attack) in FileAttacks.All(places).Concat(NetworkAttacks.All(places)).Concat(KernelAttacks.All(places)))
        {
            output.WriteLine($"probe {name} {Try(attack)}");
        }
        foreach (var seen in Sight.All(places))
        {
            output.WriteLine("seen " + seen);
        }
        output.WriteLine("end");
        return 0;
    }

    private static string Try(Func<string?> attack)
    {
        try
        {
            return attack() is { } evidence ? "escaped " + evidence.ReplaceLineEndings(" ") : "held";
        }
        catch (Exception refused)
        {
            return string.Create(CultureInfo.InvariantCulture, $"held {refused.GetType().Name}");
        }
    }
}

/// <summary>Text that foreign code can see, for whoever knows the secrets to look for them.</summary>
internal static class Sight
{
    private const int Most = 4096;

    public static IEnumerable<string> All(Dictionary<string, string> places)
    {
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            yield return $"env {variable.Key}={variable.Value}";
        }
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            foreach (var file in new[] { "environ", "cmdline", "mountinfo" })
            {
                yield return Read(Path.Combine(process, file));
            }
        }
        foreach (var root in new[] { "/root", "/home", "/etc", "/var", "/opt", "/srv", "/tmp", "/run", "/mnt", "/dev/shm", places.GetValueOrDefault("data", "/data"), places.GetValueOrDefault("product", "/app") })
        {
            foreach (var text in Walk(root))
            {
                yield return text;
            }
        }
    }

    private static IEnumerable<string> Walk(string root)
    {
        string[] files;
        try
        {
            files = [.. Directory.EnumerateFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = 0, MaxRecursionDepth = 3 }).Take(200)];
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            yield break;
        }
        foreach (var file in files)
        {
            yield return Read(file);
        }
    }

    // A pipe that nobody writes to would be waited for without end.
    private static string Read(string path) => Task.Run(() => ReadNow(path)) is var reading && reading.Wait(200) ? reading.Result : path + " silent";

    private static string ReadNow(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var bytes = new byte[Most];
            var text = Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, Most, throwOnEndOfStream: false));
            return $"{path} {text.Replace('\0', ' ').ReplaceLineEndings(" ")}";
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return path + " closed";
        }
    }
}
