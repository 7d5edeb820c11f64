using System.Data.Common;
using SQLitePCL;

namespace Hal9.Engine.Storage;

/// <summary>The row that a statement stands on. Valid only while it is mapped.</summary>
public abstract class SqlRow
{
    /// <summary>Whether a column holds nothing.</summary>
    public abstract bool IsDBNull(int column);

    /// <summary>A column as a whole number.</summary>
    public abstract long GetInt64(int column);

    /// <summary>A column as a text.</summary>
    public abstract string GetString(int column);

    /// <summary>A column as an id.</summary>
    public abstract Guid GetGuid(int column);

    /// <summary>A column as a number with a fraction.</summary>
    public abstract double GetDouble(int column);

    /// <summary>A column as a small whole number.</summary>
    public int GetInt32(int column) => checked((int)GetInt64(column));
}

/// <summary>A row of a prepared SQLite statement, read without a library in between.</summary>
internal sealed class SqliteRow(sqlite3_stmt statement) : SqlRow
{
    public override bool IsDBNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    public override long GetInt64(int column) => raw.sqlite3_column_int64(statement, column);

    public override string GetString(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string();

    public override Guid GetGuid(int column) => Guid.Parse(GetString(column));

    public override double GetDouble(int column) => raw.sqlite3_column_double(statement, column);
}

/// <summary>A row of any other database.</summary>
internal sealed class ReaderRow(DbDataReader reader) : SqlRow
{
    public override bool IsDBNull(int column) => reader.IsDBNull(column);

    public override long GetInt64(int column) => reader.GetFieldType(column) == typeof(int) ? reader.GetInt32(column) : reader.GetInt64(column);

    public override string GetString(int column) => reader.GetString(column);

    public override Guid GetGuid(int column) => reader.GetGuid(column);

    public override double GetDouble(int column) => reader.GetDouble(column);
}
