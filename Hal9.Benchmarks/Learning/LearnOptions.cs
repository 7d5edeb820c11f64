using System.Globalization;
using Hal9.Tests.Support.LearnBench;

namespace Hal9.Benchmarks.Learning;

/// <summary>What <c>learn</c> takes.</summary>
internal sealed record LearnOptions
{
    public string? Table { get; init; }
    public string? DayZero { get; init; }
    public double Lambda { get; init; }
    public double Replay { get; init; } = 1;
    public int Interactions { get; init; } = 1_000;
    public int Seeds { get; init; } = 200;
    public string? Json { get; init; }

    /// <summary>The folder of the tables that the suites measure with.</summary>
    public string? Data { get; init; }
    public bool Write { get; init; }

    /// <exception cref="TableException">An option is unknown or its value is out of range.</exception>
    public static LearnOptions Read(IReadOnlyList<string> arguments)
    {
        var options = new LearnOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i];
            if (name == "--write")
            {
                options = options with { Write = true };
                continue;
            }
            var value = i + 1 < arguments.Count ? arguments[++i] : throw new TableException($"{name} needs a value.");
            options = name switch
            {
                "--table" => options with { Table = value },
                "--day0" => options with { DayZero = value },
                "--lambda" => options with { Lambda = Number(name, value, 0, 1e9) },
                "--replay" => options with { Replay = Number(name, value, 0, 1) },
                "--interactions" => options with { Interactions = (int)Number(name, value, 4, 1_000_000) },
                "--seeds" => options with { Seeds = (int)Number(name, value, 1, 100_000) },
                "--json" => options with { Json = value },
                "--data" => options with { Data = value },
                _ => throw new TableException($"Unknown option {name}; there are --table --day0 --lambda --replay --interactions --seeds --json --data --write."),
            };
        }
        return options;
    }

    private static double Number(string name, string value, double least, double most) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new TableException(string.Create(CultureInfo.InvariantCulture, $"{name} is a number from {least} to {most}, not {value}."));
}
