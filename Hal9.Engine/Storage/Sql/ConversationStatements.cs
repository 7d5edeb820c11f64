namespace Hal9.Engine.Storage.Sql;

/// <summary>Statements of conversations and messages.</summary>
internal static class ConversationStatements
{
    public const string EndMessage = """
        UPDATE messages SET content = @content, status = @status, provenance = @provenance, cost = @cost, error = @error
        WHERE id = @id AND tenant_id = @tenant
        """;

    /// <summary>An answer of a conversation has ended.</summary>
    public const string CountAnswer = """
        UPDATE conversations SET cost = cost + @cost, answers = answers + 1, failures = failures + @failed, last_status = @status, last_mode = @mode
        WHERE id = @id AND tenant_id = @tenant
        """;

    public const string InsertConversation = """
        INSERT INTO conversations (id, tenant_id, user_id, title, created_at, updated_at, current_id, expires_at, cost, answers, failures, thumbs_down, reviews)
        VALUES (@id, @tenant, @user, @title, @now, @now, @current, @expires, 0, 0, 0, 0, 0)
        """;

    public const string InsertMessage = """
        INSERT INTO messages (id, tenant_id, conversation_id, parent_id, role, status, content, run_id, cost, created_at)
        VALUES (@id, @tenant, @conversation, @parent, @role, @status, @content, @run, 0, @now)
        """;

    /// <summary>A temporary chat lives on from its last message.</summary>
    public const string SetCurrent = """
        UPDATE conversations SET current_id = @current, updated_at = @now, expires_at = CASE WHEN expires_at IS NULL THEN expires_at ELSE @expires END
        WHERE id = @id AND tenant_id = @tenant
        """;
}
