using System.Text.RegularExpressions;

namespace Hal9.Tests.Rules;

/// <summary>Habits that the compiler does not watch.</summary>
public sealed partial class HabitTests
{
    // Waiting for a task by blocking, each with the reason why.
    private static readonly Dictionary<string, string> Blocking = new()
    {
        ["Hal9.Engine/Storage/Writer.cs"] = "a dedicated thread waits for its queue",
    };

    // Files that speak of reminders, each with the reason why.
    private static readonly Dictionary<string, string> SpeakOfReminders = new()
    {
        ["Hal9.Engine/Codegen/Verification/PlaceholderDetector.cs"] = "finds them in what models write",
        ["Hal9.Benchmarks/Verify/Negatives.cs"] = "makes programs that must be refused for them",
        ["Hal9.Tests/Engine/Codegen/Verification/VerifierTests.cs"] = "lets such a program be refused",
    };

    private static IEnumerable<SourceFile> Watched => Sources.Code.Where(file => !file.Path.StartsWith("Hal9.Tests/Rules/", StringComparison.Ordinal));

    [Fact]
    public void AsyncVoid_IsNotUsed() => Rule.Holds(Watched.SelectMany(file => file.Find(AsyncVoid())));

    [Fact]
    public void BlockingWaits_AreListed() =>
        Rule.Matches(Blocking.Keys, Watched.Where(file => file.Find(BlockingWait()).Any()).Select(file => file.Path));

    [Fact]
    public void Tests_WaitForEventsNotForTime() => Rule.Holds(Watched.Where(file => file.Path.StartsWith("Hal9.Tests/", StringComparison.Ordinal)).SelectMany(file => file.Find(FixedWait())));

    [Fact]
    public void Reminders_AreNotLeftBehind() => Rule.Holds(Watched.Where(file => !SpeakOfReminders.ContainsKey(file.Path)).SelectMany(file => file.Find(Reminder())));

    [Fact]
    public void Files_StayShort() =>
        Rule.Holds(Sources.Code.Where(file => file.Lines.Count > 400).Select(file => $"{file.Path} has {file.Lines.Count} lines"));

    // CS1591 (a public member without documentation) is a warning, and warnings are errors, as long as nobody switches it off.
    [Fact]
    public void DocumentationRule_IsSwitchedOffForMigrationsAndTestsOnly()
    {
        var settings = Directory.EnumerateFiles(Sources.Root, "*.*proj", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Sources.Root, "*.props"))
            .Append(Path.Combine(Sources.Root, ".editorconfig"))
            .Where(path => !path.Contains("node_modules", StringComparison.Ordinal))
            .Select(path => new SourceFile(Path.GetRelativePath(Sources.Root, path).Replace('\\', '/'), File.ReadAllLines(path)));

        var found = settings.Concat(Sources.Code.Where(file => !file.Path.StartsWith("Hal9.Tests/", StringComparison.Ordinal)))
            .SelectMany(file => file.Find(DocumentationOff()))
            .Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)]);

        Rule.Matches([".editorconfig", "Hal9.Benchmarks/Hal9.Benchmarks.csproj", "Hal9.Tests/Hal9.Tests.csproj"], found);
        Assert.Contains("dotnet_diagnostic.CS1591.severity = none", File.ReadAllText(Path.Combine(Sources.Root, ".editorconfig")).Split("[**/Migrations/**.cs]")[1], StringComparison.Ordinal);
    }

    // The lock file works with whatever registry the machine has.
    [Theory]
    [InlineData("package-lock.json")]
    [InlineData("Hal9.Tests/clients/package-lock.json")]
    public void NpmLockFiles_NameNoRegistry(string path) =>
        Assert.DoesNotContain("\"resolved\": \"http", File.ReadAllText(Path.Combine(Sources.Root, path)), StringComparison.Ordinal);

    [GeneratedRegex(@"\basync\s+void\b")]
    private static partial Regex AsyncVoid();

    [GeneratedRegex(@"\.GetAwaiter\(\)\s*\.GetResult\(\)|\.Wait\(\);.*Task|Task\.WaitA(ll|ny)\(")]
    private static partial Regex BlockingWait();

    [GeneratedRegex(@"Thread\.Sleep\(|SpinWait|Task\.Delay\(\s*(\d|TimeSpan\.From\w+\(\s*[\d.]+)")]
    private static partial Regex FixedWait();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException")]
    private static partial Regex Reminder();

    [GeneratedRegex(@"CS1591|GenerateDocumentationFile>\s*false|pragma warning disable\s*$|NoWarn>.*1591")]
    private static partial Regex DocumentationOff();
}
