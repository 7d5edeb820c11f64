namespace Hal9.Engine.Storage.Sql;

/// <summary>Statements of drafts.</summary>
internal static class DraftStatements
{
    public const string Put = """
        INSERT INTO drafts (tenant_id, user_id, conversation_id, text, updated_at) VALUES (@tenant, @user, @conversation, @text, @now)
        ON CONFLICT (tenant_id, user_id, conversation_id) DO UPDATE SET text = excluded.text, updated_at = excluded.updated_at
        """;

    public const string Delete = "DELETE FROM drafts WHERE tenant_id = @tenant AND user_id = @user AND conversation_id = @conversation";
}
