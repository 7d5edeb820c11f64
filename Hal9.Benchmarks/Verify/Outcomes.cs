using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hal9.Benchmarks.Verify;

/// <summary>What became of one kind of program of one exercise.</summary>
internal sealed record Outcome(string Slug, string Kind)
{
    public int Accepted { get; set; }

    public int Rejected { get; set; }

    public int Inconclusive { get; set; }

    /// <summary>Mutants that do not compile: neither accepted nor noticed.</summary>
    public int Uncompilable { get; set; }

    /// <summary>Wall time of all of them together.</summary>
    public long Milliseconds { get; set; }

    /// <summary>Of examples: time of text, parse, compile, rules and one run of the visible tests, each time.</summary>
    public List<long> LaneMilliseconds { get; init; } = [];

    /// <summary>On which rung it was rejected, how often.</summary>
    public Dictionary<string, int> RejectedAt { get; init; } = [];

    /// <summary>Why, where it is not what one would expect.</summary>
    public List<string> Reasons { get; init; } = [];

    [JsonIgnore]
    public int All => Accepted + Rejected + Inconclusive;
}

/// <summary>Sum of a kind with the bounds that Wilson gives at 95 %.</summary>
internal sealed record Total(string Kind, int N, int Accepted, int Rejected, int Inconclusive, int Uncompilable, double AcceptedShare, double Low, double High)
{
    public static Total Of(string kind, IReadOnlyCollection<Outcome> outcomes)
    {
        var (n, accepted) = (outcomes.Sum(one => one.All), outcomes.Sum(one => one.Accepted));
        var (low, high) = Wilson(accepted, n);
        return new(kind, n, accepted, outcomes.Sum(one => one.Rejected), outcomes.Sum(one => one.Inconclusive), outcomes.Sum(one => one.Uncompilable), n == 0 ? 0 : (double)accepted / n, low, high);
    }

    public static (double Low, double High) Wilson(int hits, int n)
    {
        if (n == 0)
        {
            return (0, 1);
        }
        const double Z = 1.959964;
        var (p, z2) = ((double)hits / n, Z * Z);
        var middle = (p + (z2 / (2 * n))) / (1 + (z2 / n));
        var half = Z * Math.Sqrt((p * (1 - p) / n) + (z2 / (4.0 * n * n))) / (1 + (z2 / n));
        return (Math.Max(0, middle - half), Math.Min(1, middle + half));
    }
}

/// <summary>The result file.</summary>
internal sealed record ResultFile(string Set, IReadOnlyList<string> Malformed, IReadOnlyList<Outcome> Items, IReadOnlyList<Total> Totals)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ResultFile? Read(string path) => File.Exists(path) ? JsonSerializer.Deserialize<ResultFile>(File.ReadAllText(path), Json) : null;

    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Json) + "\n");

    public static ResultFile Of(string set, IReadOnlyList<string> malformed, IReadOnlyList<Outcome> items)
    {
        var totals = items.GroupBy(item => item.Kind).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => Total.Of(group.Key, [.. group])).ToList();
        foreach (var family in new[] { "mutant", "negative" })
        {
            var all = items.Where(item => item.Kind.StartsWith(family + ":", StringComparison.Ordinal)).ToList();
            if (all.Count > 0)
            {
                totals.Add(Total.Of(family + "s together", all));
            }
        }
        return new(set, malformed, items, totals);
    }

    /// <summary>The items of both: a pair of exercise and kind that is in both is the later one.</summary>
    public static IReadOnlyList<Outcome> Merge(IReadOnlyList<Outcome> earlier, IReadOnlyList<Outcome> later)
    {
        var newer = later.Select(item => (item.Slug, item.Kind)).ToHashSet();
        return [.. earlier.Where(item => !newer.Contains((item.Slug, item.Kind))), .. later];
    }
}
