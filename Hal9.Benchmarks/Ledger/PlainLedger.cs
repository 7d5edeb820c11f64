using System.Diagnostics;
using Hal9.Engine.Storage;
using Microsoft.Data.Sqlite;

namespace Hal9.Benchmarks.Ledger;

/// <summary>
/// What the ledger is measured against: the same number of entries with the same durability, each committed by itself through prepared statements, and
/// nothing else, no check of a budget, no hash, no sums. It is the least that a ledger without group commit could cost.
/// </summary>
internal sealed class PlainLedger : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly SqliteCommand reserve;
    private readonly SqliteCommand settle;
    private long number;

    public PlainLedger(string file)
    {
        connection = (SqliteConnection)Database.Sqlite(file).Open();
        using var table = connection.CreateCommand();
        table.CommandText = "CREATE TABLE entries (id INTEGER PRIMARY KEY, kind TEXT, call TEXT, amount INTEGER)";
        table.ExecuteNonQuery();
        reserve = Prepare("Reserve");
        settle = Prepare("Settle");
    }

    public Task<long> RunAsync(TimeSpan time) => Task.Run(() =>
    {
        var begun = Stopwatch.GetTimestamp();
        var pairs = 0L;
        while (Stopwatch.GetElapsedTime(begun) < time)
        {
            var call = Guid.CreateVersion7().ToString();
            Write(reserve, call, 2000);
            Write(settle, call, 1000);
            pairs++;
        }
        return pairs;
    });

    public void Dispose()
    {
        reserve.Dispose();
        settle.Dispose();
        connection.Dispose();
    }

    private void Write(SqliteCommand command, string call, long amount)
    {
        command.Parameters[0].Value = ++number;
        command.Parameters[1].Value = call;
        command.Parameters[2].Value = amount;
        command.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string kind)
    {
        var command = connection.CreateCommand();
        command.CommandText = $"INSERT INTO entries (id, kind, call, amount) VALUES (@id, '{kind}', @call, @amount)";
        command.Parameters.Add(new SqliteParameter("@id", SqliteType.Integer));
        command.Parameters.Add(new SqliteParameter("@call", SqliteType.Text));
        command.Parameters.Add(new SqliteParameter("@amount", SqliteType.Integer));
        command.Prepare();
        return command;
    }
}
