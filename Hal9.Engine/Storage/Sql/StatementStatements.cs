namespace Hal9.Engine.Storage.Sql;

/// <summary>A tenant's month from its ledger: reads only.</summary>
internal static class StatementStatements
{
    public const string Lines = """
        SELECT provider, model, price_version, CAST(SUM(CASE WHEN kind = 'Settle' THEN 1 ELSE 0 END) AS bigint), CAST(SUM(input_tokens) AS bigint), CAST(SUM(cached_tokens) AS bigint), CAST(SUM(cache_write_tokens) AS bigint),
            CAST(SUM(output_tokens) AS bigint), CAST(SUM(reasoning_tokens) AS bigint), CAST(SUM(amount) AS bigint)
        FROM ledger WHERE tenant_id = @tenant AND at >= @from AND at < @to AND kind IN ('Settle', 'Adjust') GROUP BY provider, model, price_version
        """;

    /// <summary>Adjusted money, and calls out of the ordinary.</summary>
    public const string Marks = """
        SELECT CAST(COALESCE(SUM(CASE WHEN kind = 'Adjust' THEN amount ELSE 0 END), 0) AS bigint),
            CAST(COALESCE(SUM(CASE WHEN flags LIKE '%estimated%' OR flags LIKE '%worstCase%' THEN 1 ELSE 0 END), 0) AS bigint),
            CAST(COALESCE(SUM(CASE WHEN flags LIKE '%overrun%' THEN 1 ELSE 0 END), 0) AS bigint),
            CAST(COALESCE(SUM(CASE WHEN price_version = 'ceiling' THEN 1 ELSE 0 END), 0) AS bigint)
        FROM ledger WHERE tenant_id = @tenant AND at >= @from AND at < @to AND kind IN ('Settle', 'Adjust')
        """;

    public const string LastBefore = "SELECT seq, hash FROM ledger WHERE tenant_id = @tenant AND at < @before ORDER BY seq DESC LIMIT 1";
}
