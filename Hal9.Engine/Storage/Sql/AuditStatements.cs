namespace Hal9.Engine.Storage.Sql;

/// <summary>The audit log, written with what it tells of.</summary>
internal static class AuditStatements
{
    /// <summary>Makes the head if there is none, and holds its row until the group ends.</summary>
    public const string LockHead = """
        INSERT INTO audit_heads (tenant_id, seq, hash) VALUES (@tenant, 0, @origin)
        ON CONFLICT (tenant_id) DO UPDATE SET seq = audit_heads.seq
        RETURNING seq, hash
        """;

    public const string MoveHead = "UPDATE audit_heads SET seq = @seq, hash = @hash WHERE tenant_id = @tenant";

    public const string Append = """
        INSERT INTO audit_log (tenant_id, seq, at, user_id, key_id, action, target, detail, prev_hash, hash)
        VALUES (@tenant, @seq, @at, @user, @key, @action, @target, @detail, @prevHash, @hash)
        """;
}
