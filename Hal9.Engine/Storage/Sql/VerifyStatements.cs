namespace Hal9.Engine.Storage.Sql;

/// <summary>Examination of the ledger: reads only.</summary>
internal static class VerifyStatements
{
    public const string Columns = """
        seq, at, kind, call_id, amount, tokens, user_id, key_id, run_id, step_id, neuron, layer, run_kind, provider, model,
        input_tokens, cached_tokens, cache_write_tokens, output_tokens, reasoning_tokens, price_version, flags, reason, prev_hash, hash
        """;

    public const string Rows = "SELECT " + Columns + " FROM ledger WHERE tenant_id = @tenant ORDER BY seq";

    public const string RowsAfter = "SELECT " + Columns + " FROM ledger WHERE tenant_id = @tenant AND seq > @after ORDER BY seq";

    public const string Open = "SELECT call_id, amount, tokens FROM open_reservations WHERE tenant_id = @tenant";

    public const string Head = "SELECT seq, hash FROM ledger_heads WHERE tenant_id = @tenant";

    public const string LedgerTotal = """
        SELECT CAST(COALESCE(SUM(amount), 0) AS bigint), CAST(COALESCE(SUM(input_tokens + output_tokens), 0) AS bigint),
            CAST(COALESCE(SUM(CASE WHEN kind = 'Settle' THEN 1 ELSE 0 END), 0) AS bigint)
        FROM ledger WHERE tenant_id = @tenant AND kind IN ('Settle', 'Adjust')
        """;

    public const string HoursTotal = "SELECT " + Totals + " FROM cost_hours WHERE tenant_id = @tenant";
    public const string DaysTotal = "SELECT " + Totals + " FROM cost_days WHERE tenant_id = @tenant";

    private const string Totals = "CAST(COALESCE(SUM(amount), 0) AS bigint), CAST(COALESCE(SUM(input_tokens + output_tokens), 0) AS bigint), CAST(COALESCE(SUM(calls), 0) AS bigint)";
}
