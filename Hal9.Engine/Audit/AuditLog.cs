using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;

namespace Hal9.Engine.Audit;

/// <summary>
/// Writes who did what, in the transaction that does it. Each row's hash covers all before it: SHA-256 of the 32 bytes of the previous hash (zeros before the first), then
/// sequence, time (unix milliseconds), user, key (zeros: none), action, target and detail; numbers 8 bytes big-endian, ids 16 bytes, texts with a 4-byte length before them.
/// </summary>
internal static class AuditLog
{
    public static readonly string Origin = new('0', 64);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static void Write(WriteBatch batch, Actor actor, DateTimeOffset now, string action, string target, object detail)
    {
        batch.First(
            AuditStatements.LockHead, static row => (row.GetInt64(0), row.GetString(1)), out var head, ("@tenant", actor.TenantId), ("@origin", Origin));
        var text = JsonSerializer.Serialize(detail, Json);
        var (seq, at) = (head.Item1 + 1, now.ToUnixTimeMilliseconds());
        var hash = Hash(head.Item2, seq, at, actor.UserId, actor.KeyId, action, target, text);
        batch.Execute(
            AuditStatements.Append,
            ("@tenant", actor.TenantId), ("@seq", seq), ("@at", at), ("@user", actor.UserId), ("@key", actor.KeyId), ("@action", action), ("@target", target), ("@detail", text),
            ("@prevHash", head.Item2), ("@hash", hash));
        batch.Execute(AuditStatements.MoveHead, ("@tenant", actor.TenantId), ("@seq", seq), ("@hash", hash));
    }

    public static string Hash(string prevHash, long seq, long at, Guid userId, Guid? keyId, string action, string target, string detail)
    {
        using var form = new MemoryStream();
        form.Write(Convert.FromHexString(prevHash));
        Number(seq);
        Number(at);
        form.Write(userId.ToByteArray(bigEndian: true));
        form.Write((keyId ?? Guid.Empty).ToByteArray(bigEndian: true));
        Text(action);
        Text(target);
        Text(detail);
        return Convert.ToHexStringLower(SHA256.HashData(form.GetBuffer().AsSpan(0, (int)form.Length)));

        void Text(string value)
        {
            var bytes = Encoding.UTF8.GetBytes(value);
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            form.Write(length);
            form.Write(bytes);
        }

        void Number(long value)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteInt64BigEndian(bytes, value);
            form.Write(bytes);
        }
    }
}
