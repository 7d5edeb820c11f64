using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Hal9.Engine.Storage;

/// <summary>
/// A statement that is prepared once on the writer's connection and bound by position. Microsoft.Data.Sqlite looks every parameter up by its name and
/// makes a text and a box of every value, which costs more than SQLite itself. Ids are written as it writes them, in upper case, because EF reads them.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private const int IdLength = 36;
    private readonly sqlite3 database;
    private readonly sqlite3_stmt statement;
    private readonly SqliteRow row;
    private readonly int[] places;

    public SqliteStatement(sqlite3 database, string sql, ReadOnlySpan<SqlParameter> parameters)
    {
        this.database = database;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out statement), database);
        row = new SqliteRow(statement);
        places = new int[parameters.Length];
        for (var i = 0; i < places.Length; i++)
        {
            // A parameter that the statement does not name has the place 0 and is left out.
            places[i] = raw.sqlite3_bind_parameter_index(statement, parameters[i].Name);
        }
    }

    /// <summary>Runs it; returns the number of rows changed.</summary>
    public int Execute(ReadOnlySpan<SqlParameter> parameters)
    {
        Bind(parameters);
        try
        {
            while (Step())
            {
                // What it returns is not wanted.
            }
            return raw.sqlite3_changes(database);
        }
        finally
        {
            raw.sqlite3_reset(statement);
        }
    }

    /// <summary>All rows.</summary>
    public List<T> Query<T>(Func<SqlRow, T> map, ReadOnlySpan<SqlParameter> parameters)
    {
        Bind(parameters);
        var rows = new List<T>();
        try
        {
            while (Step())
            {
                rows.Add(map(row));
            }
            return rows;
        }
        finally
        {
            raw.sqlite3_reset(statement);
        }
    }

    /// <summary>The first row; the statement is carried out to its end all the same.</summary>
    public bool First<T>(Func<SqlRow, T> map, ReadOnlySpan<SqlParameter> parameters, out T? first)
    {
        Bind(parameters);
        try
        {
            var found = Step();
            first = found ? map(row) : default;
            while (found && Step())
            {
                // RETURNING hands rows out before the statement is done.
            }
            return found;
        }
        finally
        {
            raw.sqlite3_reset(statement);
        }
    }

    public void Dispose() => statement.Dispose();

    private bool Step()
    {
        var code = raw.sqlite3_step(statement);
        if (code is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            SqliteException.ThrowExceptionForRC(code, database);
        }
        return code == raw.SQLITE_ROW;
    }

    private void Bind(ReadOnlySpan<SqlParameter> parameters)
    {
        for (var i = 0; i < parameters.Length; i++)
        {
            if (places[i] is > 0 and var place)
            {
                Bind(place, in parameters[i]);
            }
        }
    }

    private void Bind(int place, in SqlParameter parameter)
    {
        switch (parameter.Kind)
        {
            case SqlKind.Number or SqlKind.Truth:
                raw.sqlite3_bind_int64(statement, place, parameter.Number);
                break;
            case SqlKind.Fraction:
                raw.sqlite3_bind_double(statement, place, BitConverter.Int64BitsToDouble(parameter.Number));
                break;
            case SqlKind.Id:
                Span<byte> id = stackalloc byte[IdLength];
                Span<char> letters = stackalloc char[IdLength];
                parameter.Id.TryFormat(letters, out _);
                for (var i = 0; i < IdLength; i++)
                {
                    id[i] = (byte)(letters[i] is >= 'a' and <= 'f' ? letters[i] - ('a' - 'A') : letters[i]);
                }
                raw.sqlite3_bind_text(statement, place, id);
                break;
            case SqlKind.Text:
                BindText(place, parameter.Text!);
                break;
            default:
                raw.sqlite3_bind_null(statement, place);
                break;
        }
    }

    private void BindText(int place, string text)
    {
        const int Small = 512;
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (most <= Small)
        {
            Span<byte> bytes = stackalloc byte[Small];
            raw.sqlite3_bind_text(statement, place, bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
            return;
        }
        var rented = ArrayPool<byte>.Shared.Rent(most);
        raw.sqlite3_bind_text(statement, place, rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented)));
        ArrayPool<byte>.Shared.Return(rented);
    }
}
