namespace Hal9.Engine.Storage.Sql;

/// <summary>Statements of run counts.</summary>
internal static class MonitoringStatements
{
    public const string CountRun = """
        INSERT INTO run_counts (tenant_id, tier, at, user_id, status, bucket, runs, cost) VALUES (@tenant, @tier, @at, @user, @status, @bucket, 1, @cost)
        ON CONFLICT (tenant_id, tier, at, user_id, status, bucket) DO UPDATE SET runs = run_counts.runs + 1, cost = run_counts.cost + excluded.cost
        """;

    public const string CountRunCost = """
        INSERT INTO run_costs (tenant_id, tier, at, mode, bucket, runs, cost) VALUES (@tenant, @tier, @at, @mode, @bucket, 1, @cost)
        ON CONFLICT (tenant_id, tier, mode, at, bucket) DO UPDATE SET runs = run_costs.runs + 1, cost = run_costs.cost + excluded.cost
        """;

    public const string RunCosts = """
        SELECT mode, bucket, CAST(SUM(runs) AS bigint), CAST(SUM(cost) AS bigint)
        FROM run_costs WHERE tenant_id = @tenant AND tier = @tier AND at >= @from AND at < @to GROUP BY mode, bucket ORDER BY mode, bucket
        """;

    public const string SweepMinutes = "DELETE FROM run_counts WHERE tenant_id = @tenant AND tier = 'm' AND at < @before";

    public const string Counts = CountsSelect + CountsGroup;
    public const string CountsOfUser = CountsSelect + " AND user_id = @user" + CountsGroup;

    /// <summary>How the calls to each provider ended; an id begins with the instant at which it was made, so the ids bound what is read.</summary>
    public const string Calls = """
        SELECT provider, COUNT(*), CAST(SUM(CASE WHEN status = 'Failed' THEN 1 ELSE 0 END) AS bigint), MAX(started_at), CAST(SUM(cost) AS bigint)
        FROM model_calls WHERE tenant_id = @tenant AND id >= @first AND started_at >= @from AND status <> 'Running' GROUP BY provider
        """;

    /// <summary>The newest calls to each provider that succeeded, and the newest that failed.</summary>
    public const string NewestCalls = """
        SELECT provider, status, milliseconds, first_token_milliseconds, error, started_at, run_id FROM (
            SELECT provider, status, milliseconds, first_token_milliseconds, error, started_at, run_id, ROW_NUMBER() OVER (PARTITION BY provider, status ORDER BY id DESC) AS place
            FROM model_calls WHERE tenant_id = @tenant AND id >= @first AND started_at >= @from AND status IN ('Succeeded', 'Failed')) newest
        WHERE place <= CASE WHEN status = 'Failed' THEN 1 ELSE 200 END
        """;

    private const string CountsSelect = """
        SELECT at - at % @step, status, bucket, CAST(SUM(runs) AS bigint), CAST(SUM(cost) AS bigint)
        FROM run_counts WHERE tenant_id = @tenant AND tier = @tier AND at >= @from AND at < @to
        """;

    private const string CountsGroup = " GROUP BY 1, 2, 3";
}
