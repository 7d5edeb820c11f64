namespace Hal9.Engine.Storage.Sql;

/// <summary>Statements of feedback. Whose run it is and whether it has that step is asked in the same transaction.</summary>
internal static class FeedbackStatements
{
    public const string Run = "SELECT user_id, ended_at FROM runs WHERE id = @run AND tenant_id = @tenant";

    public const string HasStep = "SELECT COUNT(*) FROM steps WHERE id = @step AND run_id = @run AND tenant_id = @tenant";

    public const string Put = """
        INSERT INTO feedback (id, tenant_id, user_id, run_id, step_id, kind, number, text, comment, created_at, updated_at)
        VALUES (@id, @tenant, @user, @run, @step, @kind, @number, @text, @comment, @now, @now)
        ON CONFLICT (tenant_id, run_id, step_id, user_id, kind) DO UPDATE SET number = excluded.number, text = excluded.text, comment = excluded.comment,
            updated_at = excluded.updated_at
        RETURNING id, created_at
        """;

    public const string Delete = "DELETE FROM feedback WHERE id = @id AND tenant_id = @tenant AND user_id = @user";
}
