namespace Hal9.Engine.Storage.Sql;

/// <summary>
/// Costs by dimension from the roll-ups, and by run from the ledger itself: reads only. The columns are key, bucket, and the sums. A star means that a
/// dimension is not narrowed.
/// </summary>
internal static class CostStatements
{
    public const string HoursByTenant = "SELECT ''" + OfHours + " GROUP BY hour";
    public const string HoursByUser = "SELECT user_id" + OfHours + " GROUP BY user_id, hour";
    public const string HoursByKey = "SELECT key_id" + OfHours + " GROUP BY key_id, hour";
    public const string HoursByModel = "SELECT provider || '/' || model" + OfHours + " GROUP BY provider, model, hour";
    public const string HoursByProvider = "SELECT provider" + OfHours + " GROUP BY provider, hour";
    public const string HoursByNeuron = "SELECT neuron" + OfHours + " GROUP BY neuron, hour";
    public const string HoursByLayer = "SELECT layer" + OfHours + " GROUP BY layer, hour";
    public const string HoursByKind = "SELECT run_kind" + OfHours + " GROUP BY run_kind, hour";

    public const string DaysByTenant = "SELECT ''" + OfDays + " GROUP BY day";
    public const string DaysByUser = "SELECT user_id" + OfDays + " GROUP BY user_id, day";
    public const string DaysByKey = "SELECT key_id" + OfDays + " GROUP BY key_id, day";
    public const string DaysByModel = "SELECT provider || '/' || model" + OfDays + " GROUP BY provider, model, day";
    public const string DaysByProvider = "SELECT provider" + OfDays + " GROUP BY provider, day";
    public const string DaysByNeuron = "SELECT neuron" + OfDays + " GROUP BY neuron, day";
    public const string DaysByLayer = "SELECT layer" + OfDays + " GROUP BY layer, day";
    public const string DaysByKind = "SELECT run_kind" + OfDays + " GROUP BY run_kind, day";

    /// <summary>By one dimension and day as they are kept: nothing is left to add up.</summary>
    public const string Totals = """
        SELECT item, day, amount, input_tokens, cached_tokens, cache_write_tokens, output_tokens, reasoning_tokens, calls, unpriced
        FROM cost_totals WHERE tenant_id = @tenant AND dimension = @dimension AND day >= @from AND day < @to AND (@item = '*' OR item = @item)
        """;

    /// <summary>The same of all days in one.</summary>
    public const string TotalsOfAllDays = "SELECT item, CAST(0 AS bigint), " + Sums + " FROM cost_totals WHERE tenant_id = @tenant AND dimension = @dimension AND day >= @from AND day < @to AND (@item = '*' OR item = @item) GROUP BY item";

    /// <summary>Each settled entry of the time, newest runs last; the bucket is the entry's own time.</summary>
    public const string EntriesByRun = """
        SELECT run_id, at, amount, input_tokens, cached_tokens, cache_write_tokens, output_tokens, reasoning_tokens, CASE WHEN kind = 'Settle' THEN 1 ELSE 0 END, CASE WHEN price_version = 'ceiling' THEN 1 ELSE 0 END
        FROM ledger WHERE tenant_id = @tenant AND at >= @from AND at < @to AND kind IN ('Settle', 'Adjust')
        """;

    /// <summary>Sums of each step of a chart: from the hours where steps are whole hours, else from the settled entries themselves.</summary>
    public const string StepsOfHours = HourSteps + StepsGroup;
    public const string StepsOfHoursOfUser = HourSteps + " AND user_id = @user" + StepsGroup;
    public const string StepsOfEntries = EntrySteps + StepsGroup;
    public const string StepsOfEntriesOfUser = EntrySteps + " AND user_id = @user" + StepsGroup;

    private const string StepsGroup = " GROUP BY 1";

    private const string HourSteps = "SELECT hour - hour % @step, " + Sums + " FROM cost_hours WHERE tenant_id = @tenant AND hour >= @from AND hour < @to";

    private const string EntrySteps = """
        SELECT at - at % @step, CAST(SUM(amount) AS bigint), CAST(SUM(input_tokens) AS bigint), CAST(SUM(cached_tokens) AS bigint), CAST(SUM(cache_write_tokens) AS bigint),
            CAST(SUM(output_tokens) AS bigint), CAST(SUM(reasoning_tokens) AS bigint), CAST(SUM(CASE WHEN kind = 'Settle' THEN 1 ELSE 0 END) AS bigint), CAST(SUM(CASE WHEN price_version = 'ceiling' THEN 1 ELSE 0 END) AS bigint)
        FROM ledger WHERE tenant_id = @tenant AND at >= @from AND at < @to AND kind IN ('Settle', 'Adjust')
        """;

    private const string Sums = "CAST(SUM(amount) AS bigint), CAST(SUM(input_tokens) AS bigint), CAST(SUM(cached_tokens) AS bigint), CAST(SUM(cache_write_tokens) AS bigint), "
        + "CAST(SUM(output_tokens) AS bigint), CAST(SUM(reasoning_tokens) AS bigint), CAST(SUM(calls) AS bigint), CAST(SUM(unpriced) AS bigint)";

    private const string Narrowed = " AND (@user = '*' OR user_id = @user) AND (@key = '*' OR key_id = @key) AND (@model = '*' OR provider || '/' || model = @model)"
        + " AND (@provider = '*' OR provider = @provider) AND (@neuron = '*' OR neuron = @neuron) AND (@layer = '*' OR layer = @layer) AND (@kind = '*' OR run_kind = @kind)";

    private const string OfHours = ", hour, " + Sums + " FROM cost_hours WHERE tenant_id = @tenant AND hour >= @from AND hour < @to" + Narrowed;
    private const string OfDays = ", day, " + Sums + " FROM cost_days WHERE tenant_id = @tenant AND day >= @from AND day < @to" + Narrowed;
}
