namespace Hal9.Engine.Storage.Sql;

/// <summary>Statements of runs, steps, calls and events. Whatever changes a run is conditional on its epoch.</summary>
internal static class RunStatements
{
    public const string InsertRun = """
        INSERT INTO runs (id, tenant_id, user_id, key_id, kind, mode, status, goal, input, conversation_id, message_id, is_temporary, tags,
            envelope_nano, envelope_tokens, envelope_steps, envelope_seconds, error, refusal, provenance, cost, last_event, owner, epoch,
            heartbeat_at, cancelled, started_at, ended_at, waited_ms, thumbs_down, reviews)
        VALUES (@id, @tenant, @user, @key, @kind, @mode, @status, @goal, @input, @conversation, @message, @temporary, @tags,
            @nano, @tokens, @steps, @seconds, @error, @refusal, @provenance, 0, 0, @owner, @epoch,
            @now, '[]', @now, NULL, 0, 0, 0)
        """;

    public const string TakeNumbers = """
        UPDATE runs SET last_event = last_event + @count WHERE id = @run AND tenant_id = @tenant AND epoch = @epoch RETURNING last_event
        """;

    public const string TakeNumbersAndCost = """
        UPDATE runs SET last_event = last_event + @count, cost = cost + @cost WHERE id = @run AND tenant_id = @tenant AND epoch = @epoch RETURNING last_event
        """;

    public const string InsertEvent = """
        INSERT INTO run_events (tenant_id, run_id, number, at, type, data) VALUES (@tenant, @run, @number, @at, @type, @data)
        """;

    public const string InsertStep = """
        INSERT INTO steps (id, tenant_id, run_id, parent_id, path, layer, neuron, status, goal, cost, started_at, plan_nano)
        VALUES (@id, @tenant, @run, @parent, @path, @layer, @neuron, @status, @goal, 0, @now, @plan)
        """;

    public const string EndStep = """
        UPDATE steps SET status = @status, result = @result, error = @error, cost = @cost, ended_at = @now
        WHERE id = @id AND tenant_id = @tenant AND ended_at IS NULL
        """;

    public const string EndOpenSteps = """
        UPDATE steps SET status = @status, ended_at = @now WHERE run_id = @run AND tenant_id = @tenant AND ended_at IS NULL
        """;

    public const string InsertCall = """
        INSERT INTO model_calls (id, tenant_id, run_id, step_id, leaf, attempt, provider, model, status, provenance, input_tokens, cached_tokens,
            cache_write_tokens, output_tokens, reasoning_tokens, reserved, cost, usage_estimated, milliseconds, started_at, prompt, on_limit)
        VALUES (@id, @tenant, @run, @step, @leaf, @attempt, @provider, @model, @status, @provenance, 0, 0, 0, 0, 0, @reserved, 0, @estimated, 0, @at, @prompt, @onLimit)
        """;

    public const string EndCall = """
        UPDATE model_calls SET status = @status, provenance = @provenance, input_tokens = @input, cached_tokens = @cached, cache_write_tokens = @write,
            output_tokens = @output, reasoning_tokens = @reasoning, cost = @cost, bill = @bill, price_version = @price, usage_estimated = @estimated, raw_usage = @raw,
            milliseconds = @ms, first_token_milliseconds = @first, error = @error, response = @response
        WHERE id = @id AND tenant_id = @tenant
        """;

    public const string InterruptCall = """
        UPDATE model_calls SET status = 'Interrupted', cost = @cost, usage_estimated = @estimated, error = @error
        WHERE id = @id AND tenant_id = @tenant
        """;

    public const string AddCost = """
        UPDATE runs SET cost = cost + @cost WHERE id = @run AND tenant_id = @tenant AND epoch = @epoch
        """;

    /// <summary>For a run that has ended: its epoch does not matter any more.</summary>
    public const string AddLateCost = """
        UPDATE runs SET cost = cost + @cost WHERE id = @run AND tenant_id = @tenant
        """;

    public const string SavePartial = """
        UPDATE runs SET partial = @text WHERE id = @run AND tenant_id = @tenant AND epoch = @epoch
        """;

    public const string SaveProvenance = """
        UPDATE runs SET provenance = @provenance WHERE id = @run AND tenant_id = @tenant AND epoch = @epoch
        """;

    public const string SaveQuote = """
        UPDATE runs SET quote = @quote WHERE id = @run AND tenant_id = @tenant AND epoch = @epoch
        """;

    public const string Begin = """
        UPDATE runs SET status = 'Running', last_event = last_event + @count, cost = cost + @cost WHERE id = @run AND tenant_id = @tenant AND epoch = @epoch RETURNING last_event
        """;

    /// <summary>The run waits: nobody owns it until somebody takes it over.</summary>
    public const string Wait = """
        UPDATE runs SET status = 'Waiting', waiting_since = @now, refusal = @refusal, owner = NULL, partial = NULL, last_event = last_event + @count, cost = cost + @cost
        WHERE id = @run AND tenant_id = @tenant AND epoch = @epoch RETURNING last_event
        """;

    public const string VoidPartial = """
        UPDATE runs SET partial = NULL WHERE id = @run AND tenant_id = @tenant AND epoch = @epoch
        """;

    public const string RunningCalls = """
        SELECT id, step_id, attempt, provider, model FROM model_calls WHERE run_id = @run AND tenant_id = @tenant AND status = 'Running'
        """;

    public const string SaveCancelled = """
        UPDATE runs SET cancelled = @paths WHERE id = @run AND tenant_id = @tenant AND epoch = @epoch
        """;

    public const string EndRun = """
        UPDATE runs SET status = @status, answer = @answer, partial = NULL, error = @error, refusal = @refusal, provenance = @provenance,
            ended_at = @now, owner = NULL, last_event = last_event + @count, cost = cost + @cost
        WHERE id = @run AND tenant_id = @tenant AND epoch = @epoch RETURNING last_event
        """;

    public const string TakeOver = """
        UPDATE runs SET epoch = epoch + 1, owner = @owner, heartbeat_at = @now,
            status = CASE WHEN status = 'Waiting' THEN 'Running' ELSE status END, refusal = CASE WHEN status = 'Waiting' THEN NULL ELSE refusal END,
            waited_ms = waited_ms + CASE WHEN waiting_since IS NULL THEN 0 ELSE @now - waiting_since END, waiting_since = NULL
        WHERE id = @run AND tenant_id = @tenant AND epoch = @epoch AND ended_at IS NULL
        """;

    /// <summary>Over all tenants: a host keeps all its own runs alive in one statement.</summary>
    public const string Heartbeat = "UPDATE runs SET heartbeat_at = @now WHERE owner = @owner AND ended_at IS NULL";
}
