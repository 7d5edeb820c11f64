namespace Hal9.Engine.Storage.Sql;

/// <summary>Statements of attachments: written with the message that they belong to.</summary>
internal static class AttachmentStatements
{
    public const string Link = """
        INSERT INTO message_attachments (tenant_id, conversation_id, message_id, attachment_id) VALUES (@tenant, @conversation, @message, @attachment)
        """;

    public const string Sent = "UPDATE attachments SET draft_of = NULL WHERE id = @attachment AND tenant_id = @tenant";
}
