namespace Hal9.Engine.Storage.Sql;

/// <summary>Budgets as they are set: written in the ledger's group, so that no call is checked against half a change.</summary>
internal static class BudgetStatements
{
    public const string Put = """
        INSERT INTO budgets (id, tenant_id, scope_kind, scope_id, period, limit_nano, limit_tokens, marks, ladder, fiscal_start, created_at, updated_at)
        VALUES (@id, @tenant, @kind, @scope, @period, @limitNano, @limitTokens, @marks, @ladder, @fiscalStart, @now, @now)
        ON CONFLICT (tenant_id, scope_kind, scope_id, period) DO UPDATE SET limit_nano = excluded.limit_nano, limit_tokens = excluded.limit_tokens,
            marks = excluded.marks, ladder = excluded.ladder, fiscal_start = excluded.fiscal_start, updated_at = excluded.updated_at
        """;

    public const string List = "SELECT " + Terms + ", scope_kind, scope_id FROM budgets WHERE tenant_id = @tenant ORDER BY id";

    /// <summary>The budgets of a scope: its own, and for periods without an own one those that stand for each of its kind.</summary>
    public const string OfScope = "SELECT " + Terms + """
         FROM budgets WHERE tenant_id = @tenant AND scope_kind = @kind AND (scope_id = @scope OR (scope_id = '*' AND period NOT IN (
            SELECT period FROM budgets WHERE tenant_id = @tenant AND scope_kind = @kind AND scope_id = @scope)))
        ORDER BY period
        """;

    public const string Terms = "id, period, limit_nano, limit_tokens, fiscal_start, marks, ladder";

    public const string Find = "SELECT " + Terms + ", scope_kind, scope_id FROM budgets WHERE tenant_id = @tenant AND id = @id";

    public const string Count = "SELECT COUNT(*) FROM budgets WHERE tenant_id = @tenant";

    public const string CountOfScope = "SELECT COUNT(*) FROM budgets WHERE tenant_id = @tenant AND scope_kind = @kind AND scope_id = @scope";

    public const string Delete = "DELETE FROM budgets WHERE tenant_id = @tenant AND id = @id";

    public const string KeyOwner = "SELECT user_id FROM api_keys WHERE tenant_id = @tenant AND id = @id";

    public const string Member = "SELECT COUNT(*) FROM memberships WHERE tenant_id = @tenant AND user_id = @id";

    public const string Neuron = "SELECT COUNT(*) FROM neurons WHERE tenant_id = @tenant AND name = @name";

    /// <summary>What is added to a limit now, and until when that holds.</summary>
    public const string RaisesNow = """
        SELECT CAST(COALESCE(SUM(amount_nano), 0) AS bigint), CAST(COALESCE(SUM(amount_tokens), 0) AS bigint), MIN(expires_at) FROM budget_raises
        WHERE tenant_id = @tenant AND budget_id = @budget AND scope_id = @scope AND state = 'Approved' AND expires_at > @now
        """;

    public const string InsertRaise = """
        INSERT INTO budget_raises (id, tenant_id, budget_id, scope_kind, scope_id, state, amount_nano, amount_tokens, reason, run_id, asked_by, asked_at, expires_at)
        VALUES (@id, @tenant, @budget, @kind, @scope, 'Asked', @nano, @tokens, @reason, @run, @by, @now, @expires)
        """;

    public const string DecideRaise = """
        UPDATE budget_raises SET state = @state, amount_nano = @nano, amount_tokens = @tokens, decided_by = @by, decided_at = @now, decision = @reason, expires_at = @expires
        WHERE tenant_id = @tenant AND id = @id AND state = 'Asked'
        """;

    /// <summary>Ends an approved raise before its time.</summary>
    public const string EndRaise = """
        UPDATE budget_raises SET expires_at = @now, decided_by = @by, decision = @reason
        WHERE tenant_id = @tenant AND id = @id AND state = 'Approved' AND expires_at > @now
        """;

    public const string CountAsked = "SELECT COUNT(*) FROM budget_raises WHERE tenant_id = @tenant AND budget_id = @budget AND asked_by = @by AND state = 'Asked'";

    public const string FindRaise = """
        SELECT id, budget_id, scope_kind, scope_id, state, amount_nano, amount_tokens, reason, run_id, asked_by, asked_at, expires_at, decided_by, decided_at, decision
        FROM budget_raises WHERE tenant_id = @tenant AND id = @id
        """;

    /// <summary>Marks of a budget's period that were told of.</summary>
    public const string Latched = "SELECT mark FROM budget_alerts WHERE tenant_id = @tenant AND budget_id = @budget AND scope_id = @scope AND period_start = @start";

    /// <summary>One row per mark and period, whoever comes first.</summary>
    public const string Latch = """
        INSERT INTO budget_alerts (id, tenant_id, budget_id, scope_kind, scope_id, period, period_start, mark, at, spent_nano, spent_tokens, limit_nano, limit_tokens)
        VALUES (@id, @tenant, @budget, @kind, @scope, @period, @start, @mark, @now, @spentNano, @spentTokens, @limitNano, @limitTokens)
        ON CONFLICT (tenant_id, budget_id, scope_id, period_start, mark) DO NOTHING
        """;
}
