namespace Hal9.Engine.Storage.Sql;

/// <summary>Statements of the full-text index of messages. The two databases have nothing in common here.</summary>
internal static class SearchStatements
{
    /// <summary>Made at start and not by a migration: EF knows no virtual tables.</summary>
    public const string Create = """
        CREATE VIRTUAL TABLE IF NOT EXISTS message_search USING fts5(content, message_id UNINDEXED, conversation_id UNINDEXED, tenant_id UNINDEXED,
            tokenize = "unicode61 remove_diacritics 2")
        """;

    /// <summary>An index that was just made takes in what was written before there was one.</summary>
    public const string Fill = """
        INSERT INTO message_search (content, message_id, conversation_id, tenant_id)
        SELECT content, id, conversation_id, tenant_id FROM messages
        WHERE content <> '' AND status <> 'Streaming' AND NOT EXISTS (SELECT 1 FROM message_search)
        """;

    public const string CreateOnPostgres = "CREATE INDEX IF NOT EXISTS ix_messages_search ON messages USING GIN (to_tsvector('simple', content))";

    public const string Add = "INSERT INTO message_search (content, message_id, conversation_id, tenant_id) VALUES (@content, @message, @conversation, @tenant)";

    public const string Find = """
        SELECT m.id, m.conversation_id, c.title, m.role, m.created_at, c.archived_at, snippet(message_search, 0, char(2), char(3), '…', 24)
        FROM message_search
        JOIN messages m ON m.id = message_search.message_id AND m.tenant_id = @tenant
        JOIN conversations c ON c.id = m.conversation_id AND c.tenant_id = @tenant
        WHERE message_search MATCH @query AND c.expires_at IS NULL AND (c.user_id = @user OR @everybody = 1) AND m.id < @before
        ORDER BY m.id DESC LIMIT @limit
        """;

    public const string FindOnPostgres = """
        SELECT m.id, m.conversation_id, c.title, m.role, m.created_at, c.archived_at,
            ts_headline('simple', m.content, to_tsquery('simple', @query),
                'MaxWords=24, MinWords=12, StartSel="' || chr(2) || '", StopSel="' || chr(3) || '"')
        FROM messages m
        JOIN conversations c ON c.id = m.conversation_id AND c.tenant_id = @tenant
        WHERE m.tenant_id = @tenant AND to_tsvector('simple', m.content) @@ to_tsquery('simple', @query) AND m.status <> 'Streaming'
            AND c.expires_at IS NULL AND (c.user_id = @user OR @everybody = 1) AND m.id < @before
        ORDER BY m.id DESC LIMIT @limit
        """;
}
