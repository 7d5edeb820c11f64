using Hal9.Engine.Events;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;

namespace Hal9.Engine.Budgets;

/// <summary>Writing of single entries, inside a group that holds the tenant's head.</summary>
internal static class LedgerEntries
{
    private const int MostReason = 500;

    /// <summary>Takes a reservation away, here and from the balances; null when it is not open.</summary>
    public static (long Nano, long Tokens)? Close(WriteBatch batch, TenantBook book, ScopeKey[] scopes, Guid callId)
    {
        if (!batch.First(LedgerStatements.Close, static row => (row.GetInt64(0), row.GetInt64(1)), out var closed, ("@tenant", book.TenantId), ("@call", callId)))
        {
            return null;
        }
        var (nano, tokens) = closed;
        foreach (var scope in scopes)
        {
            foreach (var balance in book.KnownOf(scope) ?? [])
            {
                balance.Free(nano, tokens);
            }
        }
        return (nano, tokens);
    }

    /// <summary>Adds an entry to the chain.</summary>
    public static LedgerRow Append(
        TenantBook book, LedgerKind kind, LedgerDimensions dimensions, Usd amount, long tokens, TokenUsage usage, string? priceVersion, string flags, string? reason, DateTimeOffset now)
    {
        var row = new LedgerRow
        {
            TenantId = dimensions.TenantId,
            Seq = book.Seq + 1,
            At = now,
            Kind = kind,
            CallId = dimensions.CallId,
            Amount = amount,
            Tokens = tokens,
            UserId = dimensions.UserId,
            KeyId = dimensions.KeyId,
            RunId = dimensions.RunId,
            StepId = dimensions.StepId,
            Neuron = dimensions.Neuron,
            Layer = Names.Of(dimensions.Layer),
            RunKind = Names.Of(dimensions.Kind),
            Provider = dimensions.Provider,
            Model = dimensions.Model,
            InputTokens = usage.Input,
            CachedTokens = usage.Cached,
            CacheWriteTokens = usage.CacheWrite + usage.CacheWrite1h,
            OutputTokens = usage.Output,
            ReasoningTokens = usage.Reasoning,
            PriceVersion = priceVersion,
            Flags = flags,
            Reason = reason is { Length: > MostReason } ? reason[..MostReason] : reason,
            PrevHash = book.Hash,
            Hash = "",
        };
        row.Hash = book.NextHash(row);
        book.Append(row);
        return row;
    }
}

/// <summary>A reservation whose process is gone, with the dimensions that its ledger entry has.</summary>
internal sealed record Orphan(LedgerDimensions Dimensions, Usd Amount, long Tokens)
{
    public static Orphan Read(SqlRow reader, Guid tenantId, Guid runId) => new(
        new LedgerDimensions(
            tenantId, reader.IsDBNull(3) ? null : reader.GetGuid(3), reader.IsDBNull(4) ? null : reader.GetGuid(4), runId, reader.GetGuid(5), reader.GetGuid(0),
            reader.GetString(6), Enum.Parse<Layer>(reader.GetString(7)), Enum.Parse<RunKind>(reader.GetString(8)), reader.GetString(9), reader.GetString(10)),
        new Usd(reader.GetInt64(1)), reader.GetInt64(2));
}
