using System.Globalization;

namespace Hal9.Benchmarks.Harness;

/// <summary>What all verbs take: <c>--quick</c>, <c>--rounds N</c>, <c>--write</c> (into docs/benchmarks.md, implied by the full form), <c>--dry</c> (never write), <c>--note TEXT</c>.</summary>
internal sealed record VerbOptions(string Verb, bool Quick, int? Rounds, bool Write, string? Note, bool Guard)
{
    /// <summary>The verb with its own options, for a command line that differs from the others'; null for the common one.</summary>
    public string? Shown { get; init; }

    public string Command => Shown is not null ? $"dotnet run -c Release --project Hal9.Benchmarks -- {Shown}" : $"dotnet run -c Release --project Hal9.Benchmarks -- {Verb}{(Quick ? " --quick" : "")}{(Rounds is { } n ? string.Create(CultureInfo.InvariantCulture, $" --rounds {n}") : "")}";

    public int RoundsOr(int full, int quick) => Rounds ?? (Quick || Guard ? quick : full);

    public static VerbOptions Read(string verb, IReadOnlyList<string> arguments)
    {
        var options = new VerbOptions(verb, false, null, false, null, false);
        var (write, dry) = (false, false);
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--quick":
                    options = options with { Quick = true };
                    break;
                case "--write":
                    write = true;
                    break;
                case "--dry":
                    dry = true;
                    break;
                case "--guard":
                    options = options with { Guard = true };
                    break;
                case "--rounds":
                    options = options with { Rounds = int.Parse(arguments[++i], CultureInfo.InvariantCulture) };
                    break;
                case "--note":
                    options = options with { Note = arguments[++i] };
                    break;
                default:
                    throw new ArgumentException($"Unknown option {arguments[i]}.");
            }
        }
        return options with { Write = !dry && (write || (!options.Quick && !options.Guard)) };
    }
}
