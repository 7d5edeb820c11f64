using System.Globalization;
using System.Text;

namespace Hal9.Benchmarks.Harness;

/// <summary>A figure that a goal judges.</summary>
/// <param name="Goal">P1, P2, …</param>
/// <param name="What">What was measured, in words.</param>
/// <param name="Measured">The judged number.</param>
/// <param name="Unit">Its unit, as it is printed.</param>
/// <param name="Floor">Red beyond it.</param>
/// <param name="Aim">Where it should be.</param>
/// <param name="MoreIsBetter">Whether larger is better.</param>
internal sealed record Judged(string Goal, string What, double Measured, string Unit, double Floor, double Aim, bool MoreIsBetter)
{
    public bool Holds => MoreIsBetter ? Measured >= Floor : Measured <= Floor;

    public string Verdict => double.IsNaN(Measured) ? "not measured" : !Holds ? "below the floor" : (MoreIsBetter ? Measured >= Aim : Measured <= Aim) ? "goal" : "floor";
}

/// <summary>What a verb found: the sides' medians and spreads, the verdicts, and its section of <c>docs/benchmarks.md</c>.</summary>
internal sealed class Scorecard(VerbOptions options)
{
    private readonly List<(string Side, string Name, string Unit, Series Series)> rows = [];
    private readonly List<Judged> judged = [];
    private readonly List<string> remarks = [];

    public void Show(Figures figures, IEnumerable<string> sides, params (string Name, string Unit)[] names)
    {
        foreach (var (name, unit) in names)
        {
            rows.AddRange(sides.Where(side => figures.Has(side, name)).Select(side => (side, name, unit, figures.Of(side, name))));
        }
    }

    public void Judge(Judged figure) => judged.Add(figure);

    public void Remark(string text) => remarks.Add(text);

    /// <summary>Prints, and writes the section when asked to.</summary>
    /// <returns>The exit code: 1 when a floor is not held.</returns>
    public int Close()
    {
        var text = Text();
        Console.WriteLine();
        Console.WriteLine(text);
        if (options.Write)
        {
            Put(text);
        }
        return judged.TrueForAll(figure => figure.Holds) ? 0 : 1;
    }

    private string Text()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"`{options.Command}`, {DateTime.UtcNow:yyyy-MM-dd}, {Machine.Shape}{(options.Note is { } note ? $". {note}" : "")}");
        text.AppendLine().AppendLine("| Goal | What | Measured | Floor | Goal at | Verdict |").AppendLine("|---|---|---|---|---|---|");
        foreach (var figure in judged)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {figure.Goal} | {figure.What} | {Number(figure.Measured)}{figure.Unit} | {Number(figure.Floor)}{figure.Unit} | {Number(figure.Aim)}{figure.Unit} | {figure.Verdict} |");
        }
        if (rows.Count > 0)
        {
            text.AppendLine().AppendLine("| Figure | Side | Median | Lowest to highest | Rounds |").AppendLine("|---|---|---|---|---|");
        }
        foreach (var (side, name, unit, series) in rows)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {side} | {Number(series.Median)} {unit} | {Number(series.Lowest)} to {Number(series.Highest)} | {series.Count} |");
        }
        foreach (var remark in remarks)
        {
            text.AppendLine().AppendLine(remark);
        }
        return text.ToString().TrimEnd();
    }

    private void Put(string text)
    {
        var file = Path.Combine(Tests.Support.Hal9Settings.RepositoryRoot, "docs", "benchmarks.md");
        var all = File.ReadAllText(file);
        var (begin, end) = ($"<!-- {options.Verb} -->\n", $"<!-- /{options.Verb} -->");
        var from = all.IndexOf(begin, StringComparison.Ordinal);
        var to = all.IndexOf(end, StringComparison.Ordinal);
        if (from < 0 || to < from)
        {
            throw new InvalidOperationException($"{file} has no section for {options.Verb}.");
        }
        File.WriteAllText(file, $"{all[..(from + begin.Length)]}{text.ReplaceLineEndings("\n")}\n{all[to..]}");
    }

    public static string Number(double value) => value switch
    {
        double.NaN => "-",
        >= 1000 or <= -1000 => value.ToString("#,##0", CultureInfo.InvariantCulture),
        >= 100 or <= -100 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 or <= -10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
