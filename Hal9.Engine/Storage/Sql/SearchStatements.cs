namespace Hal9.Engine.Storage.Sql;

/// <summary>Statements of the full-text index of messages. The two databases have nothing in common here.</summary>
internal static class SearchStatements
{
    /// <summary>Made at start and not by a migration: EF knows no virtual tables.</summary>
    public const string Create = """
        CREATE VIRTUAL TABLE IF NOT EXISTS message_search USING fts5(content, owner, message_id UNINDEXED, conversation_id UNINDEXED, tenant_id UNINDEXED,
            tokenize = "unicode61 remove_diacritics 2")
        """;

    /// <summary>An index that was just made takes in what was written before there was one.</summary>
    public const string Fill = """
        INSERT INTO message_search (content, owner, message_id, conversation_id, tenant_id)
        SELECT m.content, 't' || lower(replace(m.tenant_id, '-', '')) || ' u' || lower(replace(c.user_id, '-', '')), m.id, m.conversation_id, m.tenant_id
        FROM messages m JOIN conversations c ON c.id = m.conversation_id
        WHERE m.content <> '' AND m.status <> 'Streaming' AND c.expires_at IS NULL AND NOT EXISTS (SELECT 1 FROM message_search)
        ORDER BY m.id
        """;

    public const string CreateOnPostgres = "CREATE INDEX IF NOT EXISTS ix_messages_search ON messages USING GIN (to_tsvector('simple', content))";

    /// <summary>Whose it is stands among the words, so that the words of a tenant are found without looking at those of others.</summary>
    public const string Add = """
        INSERT INTO message_search (content, owner, message_id, conversation_id, tenant_id) VALUES (@content, @owner, @message, @conversation, @tenant)
        """;

    /// <summary>
    /// Newest first, which is the order of the index itself: it is read from its end until there are enough, however many messages have the words. The joins
    /// are crossed so that nothing else leads.
    /// </summary>
    public const string Find = """
        SELECT m.id, m.conversation_id, c.title, m.role, m.created_at, c.archived_at, snippet(message_search, 0, char(2), char(3), '…', 24), message_search.rowid
        FROM message_search
        CROSS JOIN messages m ON m.id = message_search.message_id AND m.tenant_id = @tenant
        CROSS JOIN conversations c ON c.id = m.conversation_id AND c.tenant_id = @tenant
        WHERE message_search MATCH @query AND message_search.rowid < @before AND c.expires_at IS NULL
        ORDER BY message_search.rowid DESC LIMIT @limit
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
