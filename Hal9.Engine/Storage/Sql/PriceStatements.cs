namespace Hal9.Engine.Storage.Sql;

/// <summary>Imported price lists, which belong to the instance, and bookings at other prices.</summary>
internal static class PriceStatements
{
    public const string Insert = """
        INSERT INTO price_lists (number, at, user_id, note, entries, count, hash)
        SELECT COALESCE(MAX(number), 0) + 1, @now, @user, @note, @entries, @count, @hash FROM price_lists
        RETURNING number
        """;

    /// <summary>Settled calls of a time with what they cost by now and what their bill counted. What was estimated or assumed has no tokens to price anew.</summary>
    public const string Booked = """
        SELECT l.seq, l.at, l.call_id, l.user_id, l.key_id, l.run_id, l.step_id, l.neuron, l.layer, l.run_kind, l.provider, l.model, l.input_tokens, l.cached_tokens,
            l.cache_write_tokens, l.output_tokens, l.reasoning_tokens, l.amount + CAST(COALESCE((SELECT SUM(a.amount) FROM ledger a
                WHERE a.tenant_id = @tenant AND a.run_id = l.run_id AND a.call_id = l.call_id AND a.kind = 'Adjust'), 0) AS bigint),
            c.bill
        FROM ledger l LEFT JOIN model_calls c ON c.tenant_id = @tenant AND c.id = l.call_id
        WHERE l.tenant_id = @tenant AND l.at >= @from AND l.at < @to AND l.kind = 'Settle' AND l.seq > @after AND l.flags NOT LIKE '%estimated%' AND l.flags NOT LIKE '%worstCase%'
        ORDER BY l.seq LIMIT @most
        """;

    public const string Skipped = """
        SELECT COUNT(*) FROM ledger WHERE tenant_id = @tenant AND at >= @from AND at < @to AND kind = 'Settle' AND (flags LIKE '%estimated%' OR flags LIKE '%worstCase%')
        """;
}
