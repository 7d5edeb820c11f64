using System.Text.RegularExpressions;

namespace Hal9.Tests.Rules;

/// <summary>The engine's folders are stairs: each uses its own stair and those below it, never one above.</summary>
public sealed partial class StairsTests
{
    private const string Root = "Hal9.Engine";

    private static readonly string[][] Stairs =
    [
        ["Hosting"], ["Conversations", "Monitoring", "Codegen", "Desk"], ["Runs"], ["Neurons"], ["Learning"], ["Memory"], ["Tools"], ["Sandbox"],
        ["Models"], ["Budgets"], ["Alerts", "Audit"], ["Events"], ["Tenancy", "Storage", "Diagnostics"],
    ];

    // What stands above the folders and belongs to all of them.
    private static readonly string[] SharedTypes = ["Usd"];

    [Fact]
    public void Code_OfAFolder_UsesOnlyItsStairAndBelow()
    {
        var violations = CompiledCode.Engine.References
            .Where(r => r.From.IsIn(Root + "." + FolderOf(r.From.Namespace)) && FolderOf(r.From.Namespace).Length > 0 && r.To.IsIn(Root))
            .Where(r => FolderOf(r.To.Namespace) is { Length: > 0 } folder ? StairOf(folder) < StairOf(FolderOf(r.From.Namespace)) : !SharedTypes.Contains(r.To.Name))
            .Select(r => $"{r.From} uses {r.To}");

        Rule.Holds(violations);
    }

    [Fact]
    public void UsingDirectives_OfAFolder_NameOnlyItsStairAndBelow()
    {
        var violations =
            from file in Sources.In(Root)
            let parts = file.Path.Split('/')
            where parts.Length > 2
            from line in file.Lines
            let used = UsingDirective().Match(line)
            where used.Success && StairOf(used.Groups["folder"].Value) < StairOf(parts[1])
            select $"{file.Path}: {line}";

        Rule.Holds(violations);
    }

    [Fact]
    public void Namespaces_OfTheEngine_AreItsFolders()
    {
        var violations =
            from file in Sources.In(Root)
            from line in file.Lines
            let declared = NamespaceDeclaration().Match(line)
            where declared.Success
            let expected = string.Join('.', file.Path.Split('/')[..^1])
            where declared.Groups["name"].Value != expected
            select $"{file.Path}: {line}";

        Rule.Holds(violations);
        Assert.All(Sources.In(Root).Select(f => f.Path.Split('/')).Where(parts => parts.Length > 2), parts => StairOf(parts[1]));
    }

    [Fact]
    public void TypesAboveTheFolders_AreTheTableOfContentsAndTheSharedOnes()
    {
        var types = typeof(Hal9.Engine.EngineSetup).Assembly.GetTypes().Where(type => type.Namespace == Root && !type.IsNested).Select(type => type.Name);

        Rule.Matches(SharedTypes.Append("EngineSetup"), types);
    }

    private static string FolderOf(string name) => name.StartsWith(Root + ".", StringComparison.Ordinal) ? name[(Root.Length + 1)..].Split('.')[0] : "";

    private static int StairOf(string folder) =>
        Array.FindIndex(Stairs, stair => stair.Contains(folder)) is >= 0 and var stair
            ? stair
            : throw new InvalidOperationException($"Hal9.Engine/{folder} has no stair: give it one in design and in this test.");

    [GeneratedRegex(@"^\s*(global )?using (static )?(\w+ = )?Hal9\.Engine\.(?<folder>\w+)")]
    private static partial Regex UsingDirective();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+)")]
    private static partial Regex NamespaceDeclaration();
}
