using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;

namespace Hal9.Engine.Storage;

/// <summary>The one database of the instance: opens connections with their settings asserted, and contexts on top of them.</summary>
public sealed class Database
{
    private readonly string connectionString;
    private readonly PragmaInterceptor pragmas = new();
    private readonly TenantGuard guard = new();

    /// <summary>Describes a database; nothing is opened yet.</summary>
    /// <param name="provider">Its kind.</param>
    /// <param name="connectionString">A complete connection string of that kind.</param>
    public Database(DataProvider provider, string connectionString)
    {
        Provider = provider;
        this.connectionString = connectionString;
    }

    /// <summary>Its kind.</summary>
    public DataProvider Provider { get; }

    /// <summary>Held while something writes: the writer's batches and EF's SaveChanges never meet at SQLite's own lock.</summary>
    internal SemaphoreSlim WriteGate { get; } = new(1, 1);

    /// <summary>The SQLite database file of a data directory.</summary>
    public static Database Sqlite(string file) => new(
        DataProvider.Sqlite,
        new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = true, DefaultTimeout = 30 }.ToString());

    /// <summary>Opens a connection with its pragmas set and read back.</summary>
    /// <exception cref="InvalidOperationException">A pragma did not take.</exception>
    public DbConnection Open()
    {
        DbConnection connection = Provider == DataProvider.Sqlite ? new SqliteConnection(connectionString) : new NpgsqlConnection(connectionString);
        try
        {
            connection.Open();
            if (Provider == DataProvider.Sqlite)
            {
                PragmaInterceptor.Apply(connection);
            }
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Reads rows with one of the statements in <c>Storage/Sql</c>, on a connection of its own.</summary>
    internal List<T> Read<T>(string sql, Func<DbDataReader, T> map, (string Name, object Value)[] parameters, CancellationToken cancellationToken)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
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
            cancellationToken.ThrowIfCancellationRequested();
            rows.Add(map(reader));
        }
        return rows;
    }

    /// <summary>Sets up a context of this database: provider, pragmas and the write gate. Used for every context, Identity's too.</summary>
    public void Configure(DbContextOptionsBuilder options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (Provider == DataProvider.Sqlite)
        {
            options.UseSqlite(connectionString).AddInterceptors(pragmas);
        }
        else
        {
            options.UseNpgsql(connectionString);
        }
        options.AddInterceptors(guard, new WriteGateInterceptor(WriteGate));
    }

    internal EngineDb CreateContext(Guid? tenantId)
    {
        if (Provider == DataProvider.Sqlite)
        {
            var options = new DbContextOptionsBuilder<EngineDb>().ReplaceService<IModelCacheKeyFactory, EngineDb.ModelKeys>();
            Configure(options);
            return new EngineDb(options.Options) { TenantId = tenantId };
        }
        var postgres = new DbContextOptionsBuilder<PostgresEngineDb>().ReplaceService<IModelCacheKeyFactory, EngineDb.ModelKeys>();
        Configure(postgres);
        return new PostgresEngineDb(postgres.Options) { TenantId = tenantId };
    }
}
