using System.Globalization;
using CsvHelper;
using Hal9.Engine.Learning.Statistics;

namespace Hal9.Tests.Support.LearnBench;

/// <summary>
/// Reads a table of outcomes: a CSV with <c>id</c>, <c>task</c>, <c>score:MODEL</c> (0 to 1) and <c>cost_usd:MODEL</c>, blank where there is none. Other columns are ignored.
/// </summary>
internal static class TableReader
{
    private const string Score = "score:";
    private const string Cost = "cost_usd:";

    // The header is read as a row, so that it is checked here and in our words.
    private static readonly CsvReaderOptions Options = new()
    {
        Separator = ',', HasHeader = false, TrimWhitespace = true, SkipEmptyLines = true, TrackLineNumbers = true, MalformedData = CsvMalformedDataHandling.Throw,
    };

    /// <param name="path">The file.</param>
    /// <param name="costsMatter">Whether cost is weighed: then each model needs its cost column, and a score without a cost is no outcome.</param>
    /// <exception cref="TableException">The file is not such a table.</exception>
    public static OutcomeTable Read(string path, bool costsMatter)
    {
        if (!File.Exists(path))
        {
            throw new TableException($"There is no file {path}.");
        }
        using var reader = new StreamReader(path);
        return Read(reader, Path.GetFileName(path), costsMatter);
    }

    public static OutcomeTable Read(TextReader text, string name, bool costsMatter)
    {
        try
        {
            using var csv = CsvReader.Create(text, Options, leaveOpen: true);
            return Read(csv, name, costsMatter);
        }
        catch (CsvFormatException error)
        {
            throw new TableException($"{name}, line {error.LineNumber}: {error.Message}");
        }
    }

    private static OutcomeTable Read(CsvReader csv, string name, bool costsMatter)
    {
        if (!csv.Read())
        {
            throw new TableException($"{name} is empty.");
        }
        string[] header = [.. Enumerable.Range(0, csv.FieldCount).Select(csv.GetString)];
        var columns = Columns(header, name, costsMatter);
        var (items, tasks, taskOf, outcomes, warnings) = (new List<string>(), new List<string>(), new List<int>(), new List<Outcome?[]>(), new List<string>());
        var (seen, repeated, costless, below) = (new HashSet<string>(StringComparer.Ordinal), 0, 0, 0);
        while (csv.Read())
        {
            var where = $"{name}, line {csv.LineNumber}";
            if (csv.FieldCount != header.Length)
            {
                throw new TableException($"{where}: {csv.FieldCount} fields, but the header has {header.Length}.");
            }
            var id = csv.GetString(columns.Id);
            if (string.IsNullOrEmpty(id))
            {
                throw new TableException($"{where}: the id is blank.");
            }
            var task = csv.GetString(columns.Task) is { Length: > 0 } given ? given : "other";
            var key = $"{task}/{id}";
            repeated += seen.Add(key) ? 0 : 1;
            var row = new Outcome?[columns.Models.Count];
            for (var arm = 0; arm < row.Length; arm++)
            {
                var (model, scoreAt, costAt) = columns.Models[arm];
                var score = Number(csv.GetString(scoreAt), $"{where}, score of {model}");
                var cost = costAt < 0 ? null : Number(csv.GetString(costAt), $"{where}, cost of {model}");
                if (score is < -1 or > 1)
                {
                    throw new TableException(string.Create(CultureInfo.InvariantCulture, $"{where}: the score of {model} is {score}; scores are from 0 to 1."));
                }
                below += score < 0 ? 1 : 0;
                if (cost is < 0)
                {
                    throw new TableException(string.Create(CultureInfo.InvariantCulture, $"{where}: the cost of {model} is {cost}; costs are not negative."));
                }
                costless += score is not null && cost is null && costsMatter ? 1 : 0;
                row[arm] = score is { } quality && (cost is not null || !costsMatter) ? new Outcome(quality, cost ?? 0) : null;
            }
            var index = tasks.IndexOf(task);
            if (index < 0)
            {
                index = tasks.Count;
                tasks.Add(task);
            }
            items.Add(key);
            taskOf.Add(index);
            outcomes.Add(row);
        }
        if (items.Count == 0)
        {
            throw new TableException($"{name} has a header but no rows.");
        }
        if (repeated > 0)
        {
            warnings.Add($"{repeated} rows repeat the task and id of another; rows of one id count as one item.");
        }
        if (below > 0)
        {
            warnings.Add($"{below} scores are below 0 and are taken as they are.");
        }
        if (costless > 0)
        {
            warnings.Add($"{costless} scores have no cost and are no outcomes, since cost is weighed.");
        }
        var table = new OutcomeTable(name, false, [.. items], [.. tasks], [.. taskOf], [.. columns.Models.Select(model => model.Name)], [.. outcomes], warnings);
        return table with { Warnings = [.. warnings, .. Constants(table)] };
    }

    private static (int Id, int Task, List<(string Name, int ScoreAt, int CostAt)> Models) Columns(string[] header, string name, bool costsMatter)
    {
        var twice = header.GroupBy(column => column, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1 && group.Key.Length > 0);
        if (twice is not null)
        {
            throw new TableException($"{name} has the column {twice.Key} twice.");
        }
        var (id, task) = (Array.IndexOf(header, "id"), Array.IndexOf(header, "task"));
        if (id < 0 || task < 0)
        {
            throw new TableException($"{name} needs the columns id and task, separated by commas; its header is: {string.Join(" | ", header.Take(8))}.");
        }
        var models = header.Where(column => column.StartsWith(Score, StringComparison.Ordinal)).Select(column => column[Score.Length..])
            .Select(model => (model, Array.IndexOf(header, Score + model), Array.IndexOf(header, Cost + model))).ToList();
        if (models.Count == 0)
        {
            throw new TableException($"{name} has no column score:MODEL.");
        }
        var costless = models.Where(model => model.Item3 < 0).Select(model => model.model).ToList();
        return costless.Count > 0 && costsMatter
            ? throw new TableException($"{name} has no column cost_usd: for {string.Join(", ", costless)}; without costs only --lambda 0 can be judged.")
            : (id, task, models);
    }

    private static double? Number(string? text, string where) => text switch
    {
        null or "" => null,
        _ when text.Equals("nan", StringComparison.OrdinalIgnoreCase) => null,
        _ when bool.TryParse(text, out var truth) => truth ? 1 : 0,
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => number,
        _ => throw new TableException($"{where} is not a number: {text}."),
    };

    private static IEnumerable<string> Constants(OutcomeTable table)
    {
        for (var arm = 0; arm < table.Arms.Length; arm++)
        {
            var known = table.Outcomes.Select(row => row[arm]).OfType<Outcome>().ToList();
            if (known.Count == 0)
            {
                yield return $"{table.Arms[arm]} has no outcomes at all.";
            }
            else if (known.Count > 1 && known.TrueForAll(outcome => outcome.Quality.Equals(known[0].Quality)))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"Every score of {table.Arms[arm]} is {known[0].Quality}.");
            }
        }
    }
}
