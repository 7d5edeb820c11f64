using System.Data;
using System.Data.Common;

namespace Hal9.Engine.Storage;

/// <summary>One group's transaction on the writer's connection, with its statements prepared once. Used on the writer's thread only.</summary>
public sealed class WriteBatch : IDisposable
{
    private readonly DbConnection connection;
    private readonly Dictionary<string, DbCommand> commands = [];
    private readonly List<(Guid TenantId, Action Action)> committing = [];
    private readonly List<Action> committed = [];
    private readonly List<Action> rolledBack = [];
    private DbTransaction? transaction;

    internal WriteBatch(DbConnection connection, DataProvider provider)
    {
        this.connection = connection;
        Provider = provider;
    }

    /// <summary>The database kind, where a statement differs.</summary>
    public DataProvider Provider { get; }

    /// <summary>Whose work runs now; empty: no tenant's.</summary>
    public Guid TenantId { get; internal set; }

    /// <summary>A number that grows with each group: what was read in an earlier group may have been changed by another process.</summary>
    public long Group { get; private set; }

    /// <summary>Runs a statement; returns the number of rows changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) => Bind(sql, parameters).ExecuteNonQuery();

    /// <summary>The first column of the first row, or null.</summary>
    public object? Scalar(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Bind(sql, parameters).ExecuteScalar() is var value and not DBNull ? value : null;

    /// <summary>All rows.</summary>
    public List<T> Query<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var reader = Bind(sql, parameters).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(map(reader));
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
        // IsolationLevel.Serializable is SQLite's BEGIN IMMEDIATE; on PostgreSQL row locks are taken by the statements themselves.
        transaction = connection.BeginTransaction(Provider == DataProvider.Sqlite ? IsolationLevel.Serializable : IsolationLevel.ReadCommitted);
        foreach (var command in commands.Values)
        {
            command.Transaction = transaction;
        }
    }

    internal void Commit()
    {
        transaction!.Commit();
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
        if (transaction is not null)
        {
            Rollback();
        }
        foreach (var command in commands.Values)
        {
            command.Dispose();
        }
        connection.Dispose();
    }

    private void End()
    {
        transaction?.Dispose();
        transaction = null;
    }

    private DbCommand Bind(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            command.Transaction = transaction;
            foreach (var (name, _) in parameters)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = name;
                command.Parameters.Add(parameter);
            }
            commands[sql] = command;
        }
        for (var i = 0; i < parameters.Length; i++)
        {
            command.Parameters[i].Value = parameters[i].Value ?? DBNull.Value;
        }
        return command;
    }
}
