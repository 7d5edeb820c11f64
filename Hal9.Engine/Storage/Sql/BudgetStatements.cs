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

    public const string List = "SELECT id, scope_kind, scope_id, period, marks, ladder, fiscal_start FROM budgets WHERE tenant_id = @tenant ORDER BY id";

    public const string Count = "SELECT COUNT(*) FROM budgets WHERE tenant_id = @tenant";

    public const string CountOfScope = "SELECT COUNT(*) FROM budgets WHERE tenant_id = @tenant AND scope_kind = @kind AND scope_id = @scope";

    public const string Delete = "DELETE FROM budgets WHERE tenant_id = @tenant AND id = @id";

    public const string KeyOwner = "SELECT user_id FROM api_keys WHERE tenant_id = @tenant AND id = @id";

    public const string Member = "SELECT COUNT(*) FROM memberships WHERE tenant_id = @tenant AND user_id = @id";
}
