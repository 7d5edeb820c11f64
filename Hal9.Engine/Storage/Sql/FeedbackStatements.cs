namespace Hal9.Engine.Storage.Sql;

/// <summary>Statements of feedback. Whose run it is and whether it has that step is asked in the same transaction.</summary>
internal static class FeedbackStatements
{
    public const string Run = "SELECT user_id, ended_at FROM runs WHERE id = @run AND tenant_id = @tenant";

    public const string HasStep = "SELECT COUNT(*) FROM steps WHERE id = @step AND run_id = @run AND tenant_id = @tenant";

    public const string Put = """
        INSERT INTO feedback (id, tenant_id, user_id, run_id, step_id, kind, number, text, comment, created_at, updated_at, counted)
        VALUES (@id, @tenant, @user, @run, @step, @kind, @number, @text, @comment, @now, @now, @counted)
        ON CONFLICT (tenant_id, run_id, step_id, user_id, kind) DO UPDATE SET number = excluded.number, text = excluded.text, comment = excluded.comment,
            updated_at = excluded.updated_at
        RETURNING id, created_at
        """;

    public const string Delete = "DELETE FROM feedback WHERE id = @id AND tenant_id = @tenant AND user_id = @user RETURNING run_id";

    /// <summary>Lists find runs by what was said about them without reading the feedback itself.</summary>
    public const string CountOnRun = """
        UPDATE runs SET reviews = (SELECT COUNT(*) FROM feedback f WHERE f.tenant_id = @tenant AND f.run_id = @run),
            thumbs_down = (SELECT COUNT(*) FROM feedback f WHERE f.tenant_id = @tenant AND f.run_id = @run AND f.kind = 'Thumb' AND f.number < 0)
        WHERE id = @run AND tenant_id = @tenant RETURNING conversation_id
        """;

    /// <summary>The same for the conversation of a run.</summary>
    public const string CountOnConversation = """
        UPDATE conversations SET
            reviews = (SELECT COALESCE(SUM(r.reviews), 0) FROM runs r WHERE r.tenant_id = @tenant AND r.conversation_id = @conversation),
            thumbs_down = (SELECT COALESCE(SUM(r.thumbs_down), 0) FROM runs r WHERE r.tenant_id = @tenant AND r.conversation_id = @conversation)
        WHERE id = @conversation AND tenant_id = @tenant
        """;
}
