using System.Data;
using System.Data.Common;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;

namespace Hal9.Engine.Budgets;

/// <summary>What an examination of a tenant's ledger found.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Entries">Entries looked at.</param>
/// <param name="Head">The hash of the last entry; 64 zeros when there is none.</param>
/// <param name="FirstBad">The number of the first entry that is wrong, missing or unproven.</param>
public sealed record LedgerCheck(LedgerVerdict Verdict, long Entries, string Head, long? FirstBad);

/// <summary>Reads a ledger from its first entry to its last, one row in memory at a time, and compares it with its own hashes, its head and the anchors.</summary>
internal sealed class LedgerVerifier(Database database, AnchorLog anchors, TimeProvider time)
{
    // Entries get their anchor within a second of their commit; five leave room for a slow disk.
    private static readonly TimeSpan MostUnanchored = TimeSpan.FromSeconds(5);

    public async Task<LedgerCheck> VerifyAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        // Anchors first, rows after: what is appended meanwhile is then only more than the anchors know.
        await anchors.FlushAsync(cancellationToken).ConfigureAwait(false);
        var (points, foreign) = await anchors.ReadAsync(tenantId, cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => Walk(tenantId, points, foreign, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether both roll-ups add up to the settled and adjusted entries, in money, tokens and calls.</summary>
    public async Task<bool> RollUpsAgreeAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        await using var connection = database.Open();
        await using var snapshot = await connection.BeginTransactionAsync(Snapshot, cancellationToken).ConfigureAwait(false);
        var ledger = Total(connection, snapshot, VerifyStatements.LedgerTotal, tenantId);
        return ledger == Total(connection, snapshot, VerifyStatements.HoursTotal, tenantId) && ledger == Total(connection, snapshot, VerifyStatements.DaysTotal, tenantId);
    }

    private IsolationLevel Snapshot => database.Provider == DataProvider.Sqlite ? IsolationLevel.Unspecified : IsolationLevel.RepeatableRead;

    private LedgerCheck Walk(Guid tenantId, List<Anchor> points, bool foreign, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        using var snapshot = connection is Microsoft.Data.Sqlite.SqliteConnection sqlite ? sqlite.BeginTransaction(deferred: true) : connection.BeginTransaction(Snapshot);
        var head = ReadHead(connection, snapshot, tenantId);
        var chain = new LedgerChain();
        var (seq, hash, at) = (0L, LedgerChain.Origin, DateTimeOffset.MinValue);
        DateTimeOffset? firstUnanchoredAt = null;
        var lastAnchor = points.Count > 0 ? points[^1].Seq : 0;
        long? rewritten = null;
        var next = 0;
        using var command = Command(connection, snapshot, VerifyStatements.Rows, tenantId);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!TryRead(reader, tenantId, out var row) || row!.Seq != seq + 1 || row.PrevHash != hash || row.Hash != chain.Hash(row, hash))
            {
                return new LedgerCheck(LedgerVerdict.Altered, seq, hash, seq + 1);
            }
            (seq, hash, at) = (row.Seq, row.Hash, row.At);
            for (; next < points.Count && points[next].Seq <= seq; next++)
            {
                if (points[next].Seq < seq || points[next].Hash != hash)
                {
                    rewritten ??= points[next].Seq;
                }
            }
            if (seq == lastAnchor + 1)
            {
                firstUnanchoredAt = at;
            }
        }
        return Judge(new LedgerCheck(LedgerVerdict.Intact, seq, hash, null), head, rewritten, points, foreign, firstUnanchoredAt);
    }

    private LedgerCheck Judge(LedgerCheck walked, (long Seq, string Hash) head, long? rewritten, List<Anchor> points, bool foreign, DateTimeOffset? firstUnanchoredAt)
    {
        var seq = walked.Entries;
        if (rewritten is { } at)
        {
            return walked with { Verdict = LedgerVerdict.Rewritten, FirstBad = at };
        }
        if (head.Seq > seq || points.Exists(point => point.Seq > seq))
        {
            return walked with { Verdict = LedgerVerdict.TailMissing, FirstBad = seq + 1 };
        }
        if (head.Seq < seq)
        {
            return walked with { Verdict = LedgerVerdict.Altered, FirstBad = head.Seq + 1 };
        }
        if (head.Hash != walked.Head)
        {
            return walked with { Verdict = LedgerVerdict.Rewritten, FirstBad = seq };
        }
        if (seq > 0 && points.Count == 0)
        {
            return walked with { Verdict = LedgerVerdict.Unanchored, FirstBad = 1 };
        }
        if (foreign || (firstUnanchoredAt is { } unanchored && time.GetUtcNow() - unanchored > MostUnanchored))
        {
            return walked with { Verdict = LedgerVerdict.Unanchored, FirstBad = firstUnanchoredAt is null ? null : points[^1].Seq + 1 };
        }
        return walked;
    }

    private static (long Seq, string Hash) ReadHead(DbConnection connection, DbTransaction snapshot, Guid tenantId)
    {
        using var command = Command(connection, snapshot, VerifyStatements.Head, tenantId);
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetString(1)) : (0, LedgerChain.Origin);
    }

    private static (long, long, long) Total(DbConnection connection, DbTransaction snapshot, string sql, Guid tenantId)
    {
        using var command = Command(connection, snapshot, sql, tenantId);
        using var reader = command.ExecuteReader();
        reader.Read();
        return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    private static DbCommand Command(DbConnection connection, DbTransaction snapshot, string sql, Guid tenantId)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = snapshot;
        var tenant = command.CreateParameter();
        tenant.ParameterName = "@tenant";
        tenant.Value = tenantId;
        command.Parameters.Add(tenant);
        return command;
    }

    /// <summary>A row that somebody made unreadable is an altered row, not a fault of ours.</summary>
    private static bool TryRead(DbDataReader reader, Guid tenantId, out LedgerRow? row)
    {
        try
        {
            row = LedgerRows.Read(reader, tenantId);
            return true;
        }
        catch (Exception e) when (e is FormatException or InvalidCastException or ArgumentException or OverflowException or InvalidOperationException)
        {
            row = null;
            return false;
        }
    }
}

/// <summary>Reads a row in the order of <see cref="VerifyStatements.Columns"/>.</summary>
internal static class LedgerRows
{
    public static LedgerRow Read(DbDataReader reader, Guid tenantId) => new()
    {
        TenantId = tenantId,
        Seq = reader.GetInt64(0),
        At = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)),
        Kind = Enum.Parse<LedgerKind>(reader.GetString(2)),
        CallId = reader.GetGuid(3),
        Amount = new Usd(reader.GetInt64(4)),
        Tokens = reader.GetInt64(5),
        UserId = reader.IsDBNull(6) ? null : reader.GetGuid(6),
        KeyId = reader.IsDBNull(7) ? null : reader.GetGuid(7),
        RunId = reader.GetGuid(8),
        StepId = reader.GetGuid(9),
        Neuron = reader.GetString(10),
        Layer = reader.GetString(11),
        RunKind = reader.GetString(12),
        Provider = reader.GetString(13),
        Model = reader.GetString(14),
        InputTokens = reader.GetInt64(15),
        CachedTokens = reader.GetInt64(16),
        CacheWriteTokens = reader.GetInt64(17),
        OutputTokens = reader.GetInt64(18),
        ReasoningTokens = reader.GetInt64(19),
        PriceVersion = reader.IsDBNull(20) ? null : reader.GetString(20),
        Flags = reader.GetString(21),
        Reason = reader.IsDBNull(22) ? null : reader.GetString(22),
        PrevHash = reader.GetString(23),
        Hash = reader.GetString(24),
    };
}
