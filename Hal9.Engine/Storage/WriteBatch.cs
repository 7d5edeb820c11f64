using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Hal9.Engine.Storage;

/// <summary>One group's transaction on the writer's connection, with its statements prepared once. Used on the writer's thread only.</summary>
public sealed class WriteBatch : IDisposable
{
    private readonly DbConnection connection;
    private readonly Dictionary<string, DbCommand> commands = [];
    private readonly List<(Guid TenantId, Action Action)> committing = [];
    private readonly List<Action> committed = [];
    private readonly List<Action> rolledBack = [];
    private readonly sqlite3? sqlite;
    private readonly Dictionary<string, SqliteStatement> statements = [];
    private DbTransaction? transaction;
    private bool open;

    internal WriteBatch(DbConnection connection, DataProvider provider)
    {
        this.connection = connection;
        Provider = provider;
        sqlite = (connection as SqliteConnection)?.Handle;
    }

    /// <summary>The database kind, where a statement differs.</summary>
    public DataProvider Provider { get; }

    /// <summary>Whose work runs now; empty: no tenant's.</summary>
    public Guid TenantId { get; internal set; }

    /// <summary>A number that grows with each group: what was read in an earlier group may have been changed by another process.</summary>
    public long Group { get; private set; }

    /// <summary>Runs a statement; returns the number of rows changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<SqlParameter> parameters) =>
        sqlite is null ? Bind(sql, parameters).ExecuteNonQuery() : Prepare(sql, parameters).Execute(parameters);

    /// <summary>The first column of the first row as a whole number, or null.</summary>
    public long? Number(string sql, params ReadOnlySpan<SqlParameter> parameters) =>
        First(sql, static row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0), out var number, parameters) ? number : null;

    /// <summary>The first column of the first row as a text, or null.</summary>
    public string? Text(string sql, params ReadOnlySpan<SqlParameter> parameters) =>
        First(sql, static row => row.IsDBNull(0) ? null : row.GetString(0), out var text, parameters) ? text : null;

    /// <summary>The first row, if there is one.</summary>
    public bool First<T>(string sql, Func<SqlRow, T> map, out T? first, params ReadOnlySpan<SqlParameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(map);
        if (sqlite is not null)
        {
            return Prepare(sql, parameters).First(map, parameters, out first);
        }
        using var reader = Bind(sql, parameters).ExecuteReader();
        var found = reader.Read();
        first = found ? map(new ReaderRow(reader)) : default;
        return found;
    }

    /// <summary>All rows.</summary>
    public List<T> Query<T>(string sql, Func<SqlRow, T> map, params ReadOnlySpan<SqlParameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(map);
        if (sqlite is not null)
        {
            return Prepare(sql, parameters).Query(map, parameters);
        }
        using var reader = Bind(sql, parameters).ExecuteReader();
        var row = new ReaderRow(reader);
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(map(row));
        }
        return rows;
    }

    /// <summary>Called right before this group's commit, inside its transaction: for what is written once per group. An exception fails this tenant's work of the group.</summary>
    public void OnCommitting(Action action) => committing.Add((TenantId, action));

    /// <summary>Called after this group's commit, on the writer's thread: keep it short, never throw.</summary>
    public void OnCommitted(Action action) => committed.Add(action);

    /// <summary>Called when this group is rolled back (its items may run again): forget what was cached.</summary>
    public void OnRollback(Action action) => rolledBack.Add(action);

    /// <summary>What is written before the commit, and whose it is.</summary>
    internal IReadOnlyList<(Guid TenantId, Action Action)> Committing => committing;

    internal void Begin()
    {
        Group++;
        if (sqlite is not null)
        {
            Prepare("BEGIN IMMEDIATE", []).Execute([]);
            open = true;
            return;
        }
        // Row locks are taken by the statements themselves.
        transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
        foreach (var command in commands.Values)
        {
            command.Transaction = transaction;
        }
    }

    internal void Commit()
    {
        if (sqlite is not null)
        {
            Prepare("COMMIT", []).Execute([]);
        }
        else
        {
            transaction!.Commit();
        }
        End();
        committing.Clear();
        rolledBack.Clear();
    }

    /// <summary>What is told now that the group is on disk, once.</summary>
    internal IReadOnlyList<Action> TakeCommitted()
    {
        Action[] taken = [.. committed];
        committed.Clear();
        return taken;
    }

    internal void Rollback()
    {
        try
        {
            if (open)
            {
                Prepare("ROLLBACK", []).Execute([]);
            }
            transaction?.Rollback();
        }
        catch (DbException)
        {
            // The connection is gone and the transaction with it.
        }
        End();
        committing.Clear();
        committed.Clear();
        foreach (var action in rolledBack)
        {
            action();
        }
        rolledBack.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (open || transaction is not null)
        {
            Rollback();
        }
        foreach (var command in commands.Values)
        {
            command.Dispose();
        }
        foreach (var statement in statements.Values)
        {
            statement.Dispose();
        }
        connection.Dispose();
    }

    private void End()
    {
        open = false;
        transaction?.Dispose();
        transaction = null;
    }

    private SqliteStatement Prepare(string sql, ReadOnlySpan<SqlParameter> parameters)
    {
        if (!statements.TryGetValue(sql, out var statement))
        {
            statements[sql] = statement = new SqliteStatement(sqlite!, sql, parameters);
        }
        return statement;
    }

    private DbCommand Bind(string sql, ReadOnlySpan<SqlParameter> parameters)
    {
        if (!commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            command.Transaction = transaction;
            foreach (var named in parameters)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = named.Name;
                command.Parameters.Add(parameter);
            }
            commands[sql] = command;
        }
        for (var i = 0; i < parameters.Length; i++)
        {
            command.Parameters[i].Value = parameters[i].Boxed;
        }
        return command;
    }
}
