using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Codegen.Verification.CSharp;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hal9.Benchmarks.Verify;

/// <summary>One exercise of a set: what a line of its file says.</summary>
/// <param name="Slug">Its name.</param>
/// <param name="Stub">What a solver begins with, text by path.</param>
/// <param name="Example">A correct solution.</param>
/// <param name="Tests">Its tests.</param>
/// <param name="Packages">What its project names.</param>
internal sealed record Exercise(
    string Slug, IReadOnlyDictionary<string, string> Stub, IReadOnlyDictionary<string, string> Example, IReadOnlyDictionary<string, string> Tests, IReadOnlyList<PackageUse> Packages)
{
    /// <summary>The tests, switched on and split by a hash of their names: seven tenths that a solver sees, the rest held out; at least one of each where there are two.</summary>
    public (IReadOnlyDictionary<string, string> Visible, IReadOnlyDictionary<string, string> HeldOut) Split()
    {
        var on = Tests.Where(file => file.Key.EndsWith(".cs", StringComparison.Ordinal)).ToDictionary(file => "tests/" + ExerciseSet.NameOf(file.Key), file => SuiteReader.SwitchOn(file.Value), StringComparer.Ordinal);
        var names = SuiteReader.Read(CSharpCompiler.Parse(on)).Select(test => test.Name).Distinct().OrderBy(name => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Slug + name))), StringComparer.Ordinal).ToList();
        var held = names.Take(names.Count < 2 ? 0 : Math.Max(1, names.Count * 3 / 10)).ToHashSet(StringComparer.Ordinal);
        return (Without(on, held.Contains), held.Count == 0 ? new Dictionary<string, string>() : Without(on, name => !held.Contains(name)).ToDictionary(file => file.Key.Replace("tests/", "tests/heldout/", StringComparison.Ordinal), file => file.Value));
    }

    public VerificationInput Input(IReadOnlyDictionary<string, string> sources)
    {
        var (visible, heldOut) = Split();
        return new(
            Language.CSharp, ProjectKind.CSharpLib, sources.Where(file => file.Key.EndsWith(".cs", StringComparison.Ordinal)).ToDictionary(file => "src/" + ExerciseSet.NameOf(file.Key), file => file.Value),
            new Dictionary<string, string>(), visible, heldOut, [], VerificationInput.SealOf(visible, heldOut), Packages);
    }

    private static Dictionary<string, string> Without(IReadOnlyDictionary<string, string> files, Func<string, bool> away) => files.ToDictionary(file => file.Key, file =>
    {
        var tree = CSharpCompiler.Parse(new Dictionary<string, string> { [file.Key] = file.Value })[0];
        var tests = SuiteReader.Read([tree]).Select(test => test.Name).ToHashSet(StringComparer.Ordinal);
        var methods = tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().Where(method => SuiteReader.NameOf(method) is var name && tests.Contains(name) && away(name));
        return tree.GetRoot().RemoveNodes(methods, Microsoft.CodeAnalysis.SyntaxRemoveOptions.KeepUnbalancedDirectives)!.ToFullString();
    });
}

/// <summary>Reads a file of exercises, one JSON object a line.</summary>
internal static class ExerciseSet
{
    public static (IReadOnlyList<Exercise> Exercises, IReadOnlyList<string> Malformed) Read(string file)
    {
        var exercises = new List<Exercise>();
        var malformed = new List<string>();
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }
            try
            {
                using var json = JsonDocument.Parse(line);
                var root = json.RootElement;
                var exercise = new Exercise(
                    root.GetProperty("slug").GetString()!, Files(root, "stub"), Files(root, "example"), Files(root, "tests"),
                    root.TryGetProperty("packages", out var packages) && packages.ValueKind == JsonValueKind.Array
                        ? [.. packages.EnumerateArray().Select(package => new PackageUse(package[0].GetString()!, package.GetArrayLength() > 1 ? package[1].GetString() ?? "" : ""))] : []);
                if (exercise.Slug is null || exercise.Tests.Count == 0)
                {
                    throw new JsonException("No slug, or no tests.");
                }
                exercises.Add(exercise);
            }
            catch (Exception wrong) when (wrong is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException or ArgumentException)
            {
                malformed.Add($"line {number}: {wrong.Message}");
            }
        }
        return (exercises, malformed);
    }

    /// <summary>The file's own name, of letters that a path may have.</summary>
    public static string NameOf(string path) => string.Concat(path.Split('/', '\\')[^1].Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-' ? letter : '_'));

    private static Dictionary<string, string> Files(JsonElement root, string name) =>
        root.TryGetProperty(name, out var files) && files.ValueKind == JsonValueKind.Object
            ? files.EnumerateObject().Where(file => file.Value.ValueKind == JsonValueKind.String).ToDictionary(file => file.Name, file => file.Value.GetString()!, StringComparer.Ordinal) : [];
}
