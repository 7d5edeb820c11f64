namespace Hal9.Engine.Storage.Sql;

/// <summary>The ledger's hot path. The same text runs on SQLite and PostgreSQL.</summary>
internal static class LedgerStatements
{
    /// <summary>Makes the head if there is none, and holds its row until the group ends: no other process appends meanwhile.</summary>
    public const string LockHead = """
        INSERT INTO ledger_heads (tenant_id, seq, hash, at, revision) VALUES (@tenant, 0, @origin, 0, 0)
        ON CONFLICT (tenant_id) DO UPDATE SET seq = ledger_heads.seq
        RETURNING seq, hash, revision
        """;

    public const string MoveHead = "UPDATE ledger_heads SET seq = @seq, hash = @hash, at = @at WHERE tenant_id = @tenant";

    public const string BumpRevision = "UPDATE ledger_heads SET revision = revision + 1 WHERE tenant_id = @tenant RETURNING revision";

    public const string TimeZone = "SELECT time_zone FROM tenants WHERE id = @tenant";

    public const string Append = """
        INSERT INTO ledger (
            tenant_id, seq, at, kind, call_id, amount, tokens, user_id, key_id, run_id, step_id, neuron, layer, run_kind, provider, model,
            input_tokens, cached_tokens, cache_write_tokens, output_tokens, reasoning_tokens, price_version, flags, reason, prev_hash, hash)
        VALUES (
            @tenant, @seq, @at, @kind, @call, @amount, @tokens, @user, @key, @run, @step, @neuron, @layer, @runKind, @provider, @model,
            @input, @cached, @cacheWrite, @output, @reasoning, @priceVersion, @flags, @reason, @prevHash, @hash)
        """;

    public const string Open = """
        INSERT INTO open_reservations (call_id, tenant_id, run_id, amount, tokens, user_id, key_id, neuron, provider, model, at)
        VALUES (@call, @tenant, @run, @amount, @tokens, @user, @key, @neuron, @provider, @model, @at)
        """;

    public const string Close = "DELETE FROM open_reservations WHERE tenant_id = @tenant AND call_id = @call RETURNING amount, tokens";

    /// <summary>The reservations of a run that are still open, as the ledger has them.</summary>
    public const string OpenOfRun = """
        SELECT l.call_id, l.amount, l.tokens, l.user_id, l.key_id, l.step_id, l.neuron, l.layer, l.run_kind, l.provider, l.model
        FROM open_reservations o JOIN ledger l ON l.tenant_id = o.tenant_id AND l.run_id = o.run_id AND l.call_id = o.call_id AND l.kind = 'Reserve'
        WHERE o.tenant_id = @tenant AND o.run_id = @run
        ORDER BY l.seq
        """;

    public const string OpenOfTenant = "SELECT CAST(COALESCE(SUM(amount), 0) AS bigint), CAST(COALESCE(SUM(tokens), 0) AS bigint) FROM open_reservations WHERE tenant_id = @tenant";
    public const string OpenOfUser = OpenOfTenant + " AND user_id = @scope";
    public const string OpenOfKey = OpenOfTenant + " AND key_id = @scope";
    public const string OpenOfNeuron = OpenOfTenant + " AND neuron = @scope";
    public const string OpenOfModel = OpenOfTenant + " AND provider = @provider AND model = @scope";

    public const string HoursOfTenant = "SELECT " + Spent + " FROM cost_hours WHERE tenant_id = @tenant AND hour >= @from";
    public const string HoursOfUser = HoursOfTenant + " AND user_id = @scope";
    public const string HoursOfKey = HoursOfTenant + " AND key_id = @scope";
    public const string HoursOfNeuron = HoursOfTenant + " AND neuron = @scope";
    public const string HoursOfModel = HoursOfTenant + " AND provider = @provider AND model = @scope";
    public const string DaysOfTenant = "SELECT " + Spent + " FROM cost_totals WHERE tenant_id = @tenant AND day >= @from AND dimension = 'Tenant'";
    public const string DaysOfUser = "SELECT " + Spent + " FROM cost_totals WHERE tenant_id = @tenant AND day >= @from AND dimension = 'User' AND item = @scope";
    public const string DaysOfKey = "SELECT " + Spent + " FROM cost_totals WHERE tenant_id = @tenant AND day >= @from AND dimension = 'Key' AND item = @scope";
    public const string DaysOfNeuron = "SELECT " + Spent + " FROM cost_totals WHERE tenant_id = @tenant AND day >= @from AND dimension = 'Neuron' AND item = @scope";
    public const string DaysOfModel = "SELECT " + Spent + " FROM cost_totals WHERE tenant_id = @tenant AND day >= @from AND dimension = 'Model' AND item = @provider || '/' || @scope";

    public const string AddToHour = "INSERT INTO cost_hours (hour, " + RollUpColumns + " ON CONFLICT (tenant_id, hour, " + RollUpKey + ") DO UPDATE SET amount = cost_hours.amount + excluded.amount, "
        + "input_tokens = cost_hours.input_tokens + excluded.input_tokens, cached_tokens = cost_hours.cached_tokens + excluded.cached_tokens, "
        + "cache_write_tokens = cost_hours.cache_write_tokens + excluded.cache_write_tokens, output_tokens = cost_hours.output_tokens + excluded.output_tokens, "
        + "reasoning_tokens = cost_hours.reasoning_tokens + excluded.reasoning_tokens, calls = cost_hours.calls + excluded.calls, unpriced = cost_hours.unpriced + excluded.unpriced";

    public const string AddToDay = "INSERT INTO cost_days (day, " + RollUpColumns + " ON CONFLICT (tenant_id, day, " + RollUpKey + ") DO UPDATE SET amount = cost_days.amount + excluded.amount, "
        + "input_tokens = cost_days.input_tokens + excluded.input_tokens, cached_tokens = cost_days.cached_tokens + excluded.cached_tokens, "
        + "cache_write_tokens = cost_days.cache_write_tokens + excluded.cache_write_tokens, output_tokens = cost_days.output_tokens + excluded.output_tokens, "
        + "reasoning_tokens = cost_days.reasoning_tokens + excluded.reasoning_tokens, calls = cost_days.calls + excluded.calls, unpriced = cost_days.unpriced + excluded.unpriced";

    public const string AddToTotal = "INSERT INTO cost_totals (tenant_id, dimension, day, item, amount, input_tokens, cached_tokens, cache_write_tokens, output_tokens, reasoning_tokens, calls, unpriced) "
        + "VALUES (@tenant, @dimension, @day, @item, @amount, @input, @cached, @cacheWrite, @output, @reasoning, @calls, @unpriced) "
        + "ON CONFLICT (tenant_id, dimension, day, item) DO UPDATE SET amount = cost_totals.amount + excluded.amount, "
        + "input_tokens = cost_totals.input_tokens + excluded.input_tokens, cached_tokens = cost_totals.cached_tokens + excluded.cached_tokens, "
        + "cache_write_tokens = cost_totals.cache_write_tokens + excluded.cache_write_tokens, output_tokens = cost_totals.output_tokens + excluded.output_tokens, "
        + "reasoning_tokens = cost_totals.reasoning_tokens + excluded.reasoning_tokens, calls = cost_totals.calls + excluded.calls, unpriced = cost_totals.unpriced + excluded.unpriced";

    public const string TagsOfRun = "SELECT tag FROM cost_tags WHERE tenant_id = @tenant AND run_id = @run";

    public const string TagRun = "INSERT INTO cost_tags (tenant_id, run_id, tag) VALUES (@tenant, @run, @tag) ON CONFLICT DO NOTHING";

    public const string KeyName = "SELECT name FROM api_keys WHERE tenant_id = @tenant AND id = @id";

    private const string Spent = "CAST(COALESCE(SUM(amount), 0) AS bigint), CAST(COALESCE(SUM(input_tokens + output_tokens), 0) AS bigint)";
    private const string RollUpKey = "user_id, key_id, provider, model, neuron, layer, run_kind";
    private const string RollUpColumns = "tenant_id, " + RollUpKey + ", amount, input_tokens, cached_tokens, cache_write_tokens, output_tokens, reasoning_tokens, calls, unpriced) "
        + "VALUES (@bucket, @tenant, @user, @key, @provider, @model, @neuron, @layer, @runKind, @amount, @input, @cached, @cacheWrite, @output, @reasoning, @calls, @unpriced)";
}
