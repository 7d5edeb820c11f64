using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Hal9.Engine.Budgets;

/// <summary>
/// Hashes ledger entries into a chain. The canonical form of an entry is, in this order and without gaps: the byte 1 (version of the form),
/// the 32 bytes of the previous entry's hash, then TenantId, Seq, At (unix milliseconds), Kind, CallId, Amount (nano-USD), Tokens, UserId,
/// KeyId, RunId, StepId, Neuron, Layer, RunKind, Provider, Model, InputTokens, CachedTokens, CacheWriteTokens, OutputTokens, ReasoningTokens,
/// PriceVersion, Flags, Reason. Integers are 8 bytes big-endian; ids 16 bytes in RFC 9562 order; texts (Kind, Layer and RunKind by name) a
/// 4-byte big-endian length and UTF-8; what may be missing is preceded by a byte, 1 for there and 0 for missing. The hash is SHA-256 of it,
/// written as lower-case hex. Before the first entry the hash is 64 zeros. Not thread-safe.
/// </summary>
internal sealed class LedgerChain
{
    public static readonly string Origin = new('0', 64);
    private readonly ArrayBufferWriter<byte> form = new(1024);

    /// <summary>The hash of an entry after <see cref="LedgerRow.PrevHash"/>.</summary>
    /// <exception cref="FormatException">The previous hash is not one.</exception>
    public string Hash(LedgerRow row, string prevHash)
    {
        form.ResetWrittenCount();
        Byte(1);
        var previous = form.GetSpan(32)[..32];
        if (Convert.FromHexString(prevHash, previous, out _, out var written) != OperationStatus.Done || written != 32)
        {
            throw new FormatException("A hash has 64 hexadecimal digits.");
        }
        form.Advance(32);
        Id(row.TenantId);
        Number(row.Seq);
        Number(row.At.ToUnixTimeMilliseconds());
        Text(Names.Of(row.Kind));
        Id(row.CallId);
        Number(row.Amount.Nano);
        Number(row.Tokens);
        Id(row.UserId);
        Id(row.KeyId);
        Id(row.RunId);
        Id(row.StepId);
        Text(row.Neuron);
        Text(row.Layer);
        Text(row.RunKind);
        Text(row.Provider);
        Text(row.Model);
        Number(row.InputTokens);
        Number(row.CachedTokens);
        Number(row.CacheWriteTokens);
        Number(row.OutputTokens);
        Number(row.ReasoningTokens);
        OptionalText(row.PriceVersion);
        Text(row.Flags);
        OptionalText(row.Reason);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(form.WrittenSpan, hash);
        return Convert.ToHexStringLower(hash);
    }

    private void Byte(byte value)
    {
        form.GetSpan(1)[0] = value;
        form.Advance(1);
    }

    private void Number(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(form.GetSpan(8), value);
        form.Advance(8);
    }

    private void Id(Guid value)
    {
        value.TryWriteBytes(form.GetSpan(16), bigEndian: true, out _);
        form.Advance(16);
    }

    private void Id(Guid? value)
    {
        Byte(value is null ? (byte)0 : (byte)1);
        if (value is { } id)
        {
            Id(id);
        }
    }

    private void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        var span = form.GetSpan(4 + length);
        BinaryPrimitives.WriteInt32BigEndian(span, length);
        Encoding.UTF8.GetBytes(value, span[4..]);
        form.Advance(4 + length);
    }

    private void OptionalText(string? value)
    {
        Byte(value is null ? (byte)0 : (byte)1);
        if (value is not null)
        {
            Text(value);
        }
    }
}

/// <summary>Names of the ledger's words without a lookup per entry.</summary>
internal static class Names
{
    public static string Of(LedgerKind kind) => kind switch
    {
        LedgerKind.Reserve => nameof(LedgerKind.Reserve),
        LedgerKind.Settle => nameof(LedgerKind.Settle),
        LedgerKind.Release => nameof(LedgerKind.Release),
        _ => nameof(LedgerKind.Adjust),
    };

    public static string Of(Events.Layer layer) => layer switch
    {
        Events.Layer.L2 => nameof(Events.Layer.L2),
        Events.Layer.L3 => nameof(Events.Layer.L3),
        _ => nameof(Events.Layer.L4),
    };

    public static string Of(Events.RunKind kind) => kind switch
    {
        Events.RunKind.Chat => nameof(Events.RunKind.Chat),
        Events.RunKind.Codegen => nameof(Events.RunKind.Codegen),
        Events.RunKind.Api => nameof(Events.RunKind.Api),
        _ => nameof(Events.RunKind.Evaluation),
    };
}
