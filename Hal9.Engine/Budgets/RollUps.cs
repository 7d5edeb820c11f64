using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;

namespace Hal9.Engine.Budgets;

/// <summary>
/// What a group of the writer settled, for the tables that costs are read from: by hour and by day with all dimensions, and by day with one dimension each,
/// so that a question for ninety days by person reads ninety rows a person and not one for each way in which they spent.
/// </summary>
internal sealed class RollUps(Guid tenantId)
{
    private readonly Dictionary<Whole, Sum> whole = [];
    private readonly Dictionary<(Guid RunId, DateTimeOffset Day), Sum> runs = [];

    public void Count(LedgerRow row, TenantCalendar calendar, bool unpriced)
    {
        var day = calendar.DayOf(row.At);
        var key = new Whole(
            calendar.HourOf(row.At), day, row.UserId ?? Guid.Empty, row.KeyId ?? Guid.Empty, row.Provider, row.Model, row.Neuron, row.Layer, row.RunKind);
        Of(whole, key).Add(row, unpriced);
        Of(runs, (row.RunId, day)).Add(row, unpriced);
    }

    public void Clear()
    {
        whole.Clear();
        runs.Clear();
    }

    public void Write(WriteBatch batch)
    {
        var totals = new Dictionary<(CostGroup Dimension, DateTimeOffset Day, string Item), Sum>();
        foreach (var (key, sum) in whole)
        {
            Add(batch, LedgerStatements.AddToHour, key.Hour, key, sum);
            Add(batch, LedgerStatements.AddToDay, key.Day, key, sum);
            Of(totals, (CostGroup.Tenant, key.Day, "")).Add(sum);
            Of(totals, (CostGroup.User, key.Day, TextOf(key.UserId))).Add(sum);
            Of(totals, (CostGroup.Key, key.Day, TextOf(key.KeyId))).Add(sum);
            Of(totals, (CostGroup.Model, key.Day, $"{key.Provider}/{key.Model}")).Add(sum);
            Of(totals, (CostGroup.Provider, key.Day, key.Provider)).Add(sum);
            Of(totals, (CostGroup.Neuron, key.Day, key.Neuron)).Add(sum);
            Of(totals, (CostGroup.Layer, key.Day, key.Layer)).Add(sum);
            Of(totals, (CostGroup.Kind, key.Day, key.RunKind)).Add(sum);
        }
        foreach (var (key, sum) in runs)
        {
            foreach (var tag in batch.Query(LedgerStatements.TagsOfRun, static row => row.GetString(0), ("@tenant", tenantId), ("@run", key.RunId)))
            {
                Of(totals, (CostGroup.Tag, key.Day, tag)).Add(sum);
            }
        }
        foreach (var (key, sum) in totals)
        {
            batch.Execute(
                LedgerStatements.AddToTotal,
                ("@tenant", tenantId), ("@dimension", key.Dimension.ToString()), ("@day", key.Day.ToUnixTimeMilliseconds()), ("@item", key.Item), ("@amount", sum.Nano),
                ("@input", sum.Input), ("@cached", sum.Cached), ("@cacheWrite", sum.CacheWrite), ("@output", sum.Output), ("@reasoning", sum.Reasoning), ("@calls", sum.Calls),
                ("@unpriced", sum.Unpriced));
        }
        Clear();
    }

    private void Add(WriteBatch batch, string sql, DateTimeOffset bucket, Whole key, Sum sum) => batch.Execute(
        sql,
        ("@bucket", bucket.ToUnixTimeMilliseconds()), ("@tenant", tenantId), ("@user", TextOf(key.UserId)), ("@key", TextOf(key.KeyId)), ("@provider", key.Provider),
        ("@model", key.Model), ("@neuron", key.Neuron), ("@layer", key.Layer), ("@runKind", key.RunKind), ("@amount", sum.Nano), ("@input", sum.Input),
        ("@cached", sum.Cached), ("@cacheWrite", sum.CacheWrite), ("@output", sum.Output), ("@reasoning", sum.Reasoning), ("@calls", sum.Calls), ("@unpriced", sum.Unpriced));

    private static Sum Of<TKey>(Dictionary<TKey, Sum> sums, TKey key)
        where TKey : notnull
    {
        if (!sums.TryGetValue(key, out var sum))
        {
            sums[key] = sum = new Sum();
        }
        return sum;
    }

    private static string TextOf(Guid id) => id == Guid.Empty ? "" : id.ToString("D");

    private readonly record struct Whole(
        DateTimeOffset Hour, DateTimeOffset Day, Guid UserId, Guid KeyId, string Provider, string Model, string Neuron, string Layer, string RunKind);

    private sealed class Sum
    {
        public long Nano { get; private set; }
        public long Input { get; private set; }
        public long Cached { get; private set; }
        public long CacheWrite { get; private set; }
        public long Output { get; private set; }
        public long Reasoning { get; private set; }
        public long Calls { get; private set; }
        public long Unpriced { get; private set; }

        public void Add(LedgerRow row, bool unpriced)
        {
            Nano += row.Amount.Nano;
            Input += row.InputTokens;
            Cached += row.CachedTokens;
            CacheWrite += row.CacheWriteTokens;
            Output += row.OutputTokens;
            Reasoning += row.ReasoningTokens;
            Calls += row.Kind == LedgerKind.Settle ? 1 : 0;
            Unpriced += unpriced ? 1 : 0;
        }

        public void Add(Sum other)
        {
            Nano += other.Nano;
            Input += other.Input;
            Cached += other.Cached;
            CacheWrite += other.CacheWrite;
            Output += other.Output;
            Reasoning += other.Reasoning;
            Calls += other.Calls;
            Unpriced += other.Unpriced;
        }
    }
}
