namespace Hal9.Engine.Storage.Sql;

/// <summary>
/// What the end of a temporary chat takes away: every text of it. Runs, steps, calls and the ledger keep who, when and how much; that is how what it cost
/// stays accounted for.
/// </summary>
internal static class TemporaryStatements
{
    public const string AtWork = "SELECT COUNT(*) FROM runs WHERE conversation_id = @conversation AND tenant_id = @tenant AND ended_at IS NULL";

    public const string Calls = """
        UPDATE model_calls SET prompt = NULL, response = NULL, error = NULL
        WHERE tenant_id = @tenant AND run_id IN (SELECT id FROM runs WHERE conversation_id = @conversation AND tenant_id = @tenant)
        """;

    public const string Steps = """
        UPDATE steps SET goal = @removed, result = NULL, error = NULL
        WHERE tenant_id = @tenant AND run_id IN (SELECT id FROM runs WHERE conversation_id = @conversation AND tenant_id = @tenant)
        """;

    public const string Events = """
        DELETE FROM run_events
        WHERE tenant_id = @tenant AND run_id IN (SELECT id FROM runs WHERE conversation_id = @conversation AND tenant_id = @tenant)
        """;

    public const string Feedback = """
        DELETE FROM feedback
        WHERE tenant_id = @tenant AND run_id IN (SELECT id FROM runs WHERE conversation_id = @conversation AND tenant_id = @tenant)
        """;

    public const string Runs = """
        UPDATE runs SET goal = @removed, input = NULL, answer = NULL, partial = NULL, error = NULL, conversation_id = NULL, message_id = NULL
        WHERE conversation_id = @conversation AND tenant_id = @tenant
        """;

    public const string Messages = "DELETE FROM messages WHERE conversation_id = @conversation AND tenant_id = @tenant";

    public const string Files = """
        DELETE FROM attachments
        WHERE tenant_id = @tenant AND (draft_of = @conversation
            OR id IN (SELECT attachment_id FROM message_attachments WHERE conversation_id = @conversation AND tenant_id = @tenant))
        """;

    public const string FileLinks = "DELETE FROM message_attachments WHERE conversation_id = @conversation AND tenant_id = @tenant";

    public const string Tags = "DELETE FROM conversation_tags WHERE conversation_id = @conversation AND tenant_id = @tenant";

    public const string Drafts = "DELETE FROM drafts WHERE conversation_id = @conversation AND tenant_id = @tenant";

    public const string Conversation = "DELETE FROM conversations WHERE id = @conversation AND tenant_id = @tenant AND expires_at IS NOT NULL";
}
