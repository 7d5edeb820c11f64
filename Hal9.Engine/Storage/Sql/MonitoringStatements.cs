namespace Hal9.Engine.Storage.Sql;

/// <summary>Statements of run counts.</summary>
internal static class MonitoringStatements
{
    public const string CountRun = """
        INSERT INTO run_counts (tenant_id, tier, at, status, bucket, runs, cost) VALUES (@tenant, @tier, @at, @status, @bucket, 1, @cost)
        ON CONFLICT (tenant_id, tier, at, status, bucket) DO UPDATE SET runs = run_counts.runs + 1, cost = run_counts.cost + excluded.cost
        """;

    public const string SweepMinutes = "DELETE FROM run_counts WHERE tenant_id = @tenant AND tier = 'm' AND at < @before";
}
