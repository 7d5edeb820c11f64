using System.Data.Common;
using System.Globalization;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;

namespace Hal9.Engine.Budgets;

/// <summary>Where a ledger's chain stood.</summary>
/// <param name="Seq">The number of the last entry; 0: there was none.</param>
/// <param name="Hash">Its hash; 64 zeros when there was none.</param>
public sealed record ChainPoint(long Seq, string Hash);

/// <summary>What a model cost in a month, at one version of its price.</summary>
public sealed record StatementLine(
    string Provider, string Model, string? PriceVersion, long Calls, long InputTokens, long CachedTokens, long CacheWriteTokens, long OutputTokens, long ReasoningTokens, Usd Amount);

/// <summary>A tenant's month.</summary>
/// <param name="Month">Its first day.</param>
/// <param name="From">When it began (UTC), in the tenant's time zone.</param>
/// <param name="To">When it ended or will end (UTC).</param>
/// <param name="IsClosed">It has ended: nothing will be added but adjustments, which belong to the month in which they are made.</param>
/// <param name="Opening">Where the chain stood before its first entry.</param>
/// <param name="Closing">Where it stood after its last entry, or stands now.</param>
/// <param name="Lines">What was booked, by model and price, dearest first.</param>
/// <param name="Total">Their sum.</param>
/// <param name="Adjusted">Of it, corrections of earlier bookings.</param>
/// <param name="Estimated">Calls whose tokens were counted or assumed here.</param>
/// <param name="Overruns">Calls that cost more than was set aside.</param>
/// <param name="Unpriced">Calls at the ceiling price.</param>
public sealed record Statement(
    DateOnly Month, DateTimeOffset From, DateTimeOffset To, bool IsClosed, ChainPoint Opening, ChainPoint Closing, IReadOnlyList<StatementLine> Lines, Usd Total, Usd Adjusted,
    long Estimated, long Overruns, long Unpriced);

/// <summary>Draws statements up from the ledger itself, not from its roll-ups.</summary>
internal sealed class StatementReader(Database database, TimeProvider time)
{
    public Statement Read(Guid tenantId, DateOnly month)
    {
        using var connection = database.Open();
        using var snapshot = connection is Microsoft.Data.Sqlite.SqliteConnection sqlite
            ? sqlite.BeginTransaction(deferred: true)
            : connection.BeginTransaction(System.Data.IsolationLevel.RepeatableRead);
        var zone = Query(connection, snapshot, LedgerStatements.TimeZone, row => row.GetString(0), ("@tenant", tenantId)).FirstOrDefault();
        var calendar = TenantCalendar.Of(zone);
        var from = calendar.StartOf(month);
        var to = calendar.StartOf(month.AddMonths(1));
        (string, object)[] span = [("@tenant", tenantId), ("@from", from.ToUnixTimeMilliseconds()), ("@to", to.ToUnixTimeMilliseconds())];
        var lines = Query(connection, snapshot, StatementStatements.Lines, Line, span).OrderByDescending(line => line.Amount).ThenBy(line => line.Model, StringComparer.Ordinal).ToList();
        var (adjusted, estimated, overruns, unpriced) = Query(connection, snapshot, StatementStatements.Marks, row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)), span).First();
        return new Statement(
            month, from, to, time.GetUtcNow() >= to, PointBefore(from), PointBefore(to), lines, new Usd(checked(lines.Sum(line => line.Amount.Nano))), new Usd(adjusted), estimated, overruns, unpriced);

        ChainPoint PointBefore(DateTimeOffset at) =>
            Query(connection, snapshot, StatementStatements.LastBefore, row => new ChainPoint(row.GetInt64(0), row.GetString(1)), ("@tenant", tenantId), ("@before", at.ToUnixTimeMilliseconds()))
                .FirstOrDefault() ?? new ChainPoint(0, LedgerChain.Origin);
    }

    /// <summary>Reads <c>2026-11</c>.</summary>
    public static bool TryReadMonth(string? text, out DateOnly month) =>
        DateOnly.TryParseExact(text + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out month) && month.Year is > 2000 and < 9999;

    private static StatementLine Line(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), row.GetInt64(8),
        new Usd(row.GetInt64(9)));

    private static List<T> Query<T>(DbConnection connection, DbTransaction snapshot, string sql, Func<DbDataReader, T> map, params (string Name, object Value)[] parameters)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = snapshot;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(map(reader));
        }
        return rows;
    }
}
