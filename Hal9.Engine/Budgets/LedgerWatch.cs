using System.Data;
using System.Data.Common;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;

namespace Hal9.Engine.Budgets;

/// <summary>Money, tokens and calls that were booked.</summary>
internal readonly record struct Booked(Int128 Nano, Int128 Tokens, Int128 Calls)
{
    public static Booked operator +(Booked a, Booked b) => new(a.Nano + b.Nano, a.Tokens + b.Tokens, a.Calls + b.Calls);
}

/// <summary>One consistent look at a tenant's ledger, beside those who write it.</summary>
internal sealed class LedgerReading : IDisposable
{
    private readonly DbConnection connection;
    private readonly DbTransaction snapshot;

    public LedgerReading(Database database, Guid tenantId)
    {
        TenantId = tenantId;
        connection = database.Open();
        snapshot = connection is Microsoft.Data.Sqlite.SqliteConnection sqlite ? sqlite.BeginTransaction(deferred: true) : connection.BeginTransaction(IsolationLevel.RepeatableRead);
    }

    public Guid TenantId { get; }

    public (long Seq, string Hash) Head() => First(VerifyStatements.Head, row => (row.GetInt64(0), row.GetString(1)), (0, LedgerChain.Origin));

    public Booked Hours() => First(VerifyStatements.HoursTotal, Total, default);

    public Booked Days() => First(VerifyStatements.DaysTotal, Total, default);

    /// <summary>The open reservations, as the table has them.</summary>
    public Dictionary<Guid, (long Nano, long Tokens)> Open() =>
        Rows(VerifyStatements.Open, row => (Id: row.GetGuid(0), Nano: row.GetInt64(1), Tokens: row.GetInt64(2))).ToDictionary(open => open.Id, open => (open.Nano, open.Tokens));

    /// <summary>Entries with a number above.</summary>
    public IEnumerable<LedgerRow> After(long seq) => Rows(VerifyStatements.RowsAfter, row => LedgerRows.Read(row, TenantId), ("@after", seq));

    public void Dispose()
    {
        snapshot.Dispose();
        connection.Dispose();
    }

    private T First<T>(string sql, Func<DbDataReader, T> map, T none)
    {
        foreach (var row in Rows(sql, map))
        {
            return row;
        }
        return none;
    }

    private IEnumerable<T> Rows<T>(string sql, Func<DbDataReader, T> map, params (string Name, object Value)[] parameters)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = snapshot;
        foreach (var (name, value) in parameters.Prepend(("@tenant", TenantId)))
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return map(reader);
        }
    }

    private static Booked Total(DbDataReader row) => new(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
}

/// <summary>The rules of one ledger, held against each entry as it is appended.</summary>
internal sealed class LedgerWatch
{
    private readonly LedgerChain chain = new();
    private Dictionary<Guid, (long Nano, long Tokens)> open = [];
    private long seq;
    private string hash = LedgerChain.Origin;
    private Booked booked;

    /// <summary>A watch from the ledger's first entry on, for a ledger that has none yet.</summary>
    public static LedgerWatch New() => new();

    /// <summary>A watch that takes the ledger as it stands.</summary>
    public static LedgerWatch From(LedgerReading reading)
    {
        var (seq, hash) = reading.Head();
        return new LedgerWatch { seq = seq, hash = hash, open = reading.Open(), booked = reading.Hours() };
    }

    /// <summary>Reads what came since and returns the first rule that does not hold.</summary>
    public LedgerFault? Read(LedgerReading reading, CancellationToken cancellationToken)
    {
        foreach (var row in reading.After(seq))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Take(row) is { } rule)
            {
                return new LedgerFault(reading.TenantId, row.Seq, rule);
            }
        }
        return Whole(reading) is { } broken ? new LedgerFault(reading.TenantId, null, broken) : null;
    }

    private string? Take(LedgerRow row)
    {
        if (row.Seq != seq + 1 || row.PrevHash != hash || row.Hash != chain.Hash(row, hash))
        {
            return "An entry does not continue the chain.";
        }
        (seq, hash) = (row.Seq, row.Hash);
        if (row.Tokens < 0 || (row.Amount.Nano < 0 && row.Kind != LedgerKind.Adjust))
        {
            return "An amount is negative.";
        }
        switch (row.Kind)
        {
            case LedgerKind.Reserve:
                return open.TryAdd(row.CallId, (row.Amount.Nano, row.Tokens)) ? null : "A call has two open reservations.";
            case LedgerKind.Release:
                return open.Remove(row.CallId, out var freed) && freed == (row.Amount.Nano, row.Tokens) ? null : "A release frees what was not set aside.";
            case LedgerKind.Settle:
                booked += new Booked(row.Amount.Nano, row.InputTokens + row.OutputTokens, 1);
                return !open.Remove(row.CallId, out var held) ? "A call was settled that has no open reservation."
                    : (row.Amount.Nano > held.Nano || row.Tokens > held.Tokens) != row.Flags.Split(' ').Contains("overrun") ? "More than was set aside is not marked, or less is."
                    : null;
            default:
                booked += new Booked(row.Amount.Nano, row.InputTokens + row.OutputTokens, 0);
                return null;
        }
    }

    private string? Whole(LedgerReading reading)
    {
        if (reading.Head() != (seq, hash))
        {
            return "The head is not the last entry.";
        }
        var table = reading.Open();
        if (table.Count != open.Count || table.Any(row => !open.TryGetValue(row.Key, out var held) || held != row.Value))
        {
            return "The open reservations are not those of the ledger.";
        }
        return reading.Hours() != booked || reading.Days() != booked ? "The roll-ups are not the sum of the ledger." : null;
    }
}
