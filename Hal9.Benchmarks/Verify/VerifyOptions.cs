using System.Globalization;

namespace Hal9.Benchmarks.Verify;

/// <summary>What the verb <c>verify</c> takes.</summary>
/// <param name="Set">File of exercises.</param>
/// <param name="Mutants">Mutants of each example: 0 for none, -1 for all.</param>
/// <param name="Json">Where the result goes; null for nowhere.</param>
/// <param name="Repeats">How often each example is verified.</param>
/// <param name="Negatives">Whether programs that only look right are made and verified too.</param>
/// <param name="From">First exercise, counted from 0.</param>
/// <param name="Take">How many exercises.</param>
/// <param name="Merge">Whether the result is added to what the file has already: for measurements in pieces.</param>
/// <param name="Write">Whether the table goes into docs/benchmarks.md.</param>
/// <param name="Packages">Shelf of packages; null for that of the product.</param>
/// <param name="Examples">Whether examples and stubs are verified; without, mutants and negatives alone.</param>
internal sealed record VerifyOptions(
    string Set, int Mutants, string? Json, int Repeats, bool Negatives, int From, int Take, bool Merge, bool Write, string? Packages, bool Examples)
{
    public const string Usage = "verify --set FILE.jsonl [--mutants N|all] [--json OUT] [--repeats N] [--negatives] [--no-examples] [--from N] [--take N] [--merge] [--packages DIR] [--write]";

    public static VerifyOptions Read(IReadOnlyList<string> arguments)
    {
        var options = new VerifyOptions("", 0, null, 1, false, 0, int.MaxValue, false, false, null, true);
        for (var i = 0; i < arguments.Count; i++)
        {
            options = arguments[i] switch
            {
                "--set" => options with { Set = arguments[++i] },
                "--mutants" => options with { Mutants = arguments[++i] is "all" ? -1 : Number(arguments[i]) },
                "--json" => options with { Json = arguments[++i] },
                "--repeats" => options with { Repeats = Number(arguments[++i]) },
                "--negatives" => options with { Negatives = true },
                "--no-examples" => options with { Examples = false },
                "--from" => options with { From = Number(arguments[++i]) },
                "--take" => options with { Take = Number(arguments[++i]) },
                "--merge" => options with { Merge = true },
                "--packages" => options with { Packages = arguments[++i] },
                "--write" => options with { Write = true },
                _ => throw new ArgumentException($"Unknown option {arguments[i]}. {Usage}"),
            };
        }
        return options.Set.Length > 0 ? options : throw new ArgumentException(Usage);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
