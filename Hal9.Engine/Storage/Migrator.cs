using Hal9.Engine.Storage.Sql;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Storage;

/// <summary>A context whose migrations are applied at start. Each part of the product with tables of its own registers one.</summary>
public sealed record MigratedContext(Func<DbContext> Create);

/// <summary>The database's schema beside this version's, by the names of migrations.</summary>
/// <param name="Missing">What this version needs and the database has not.</param>
/// <param name="Newer">What the database has and this version does not know: a newer version was here.</param>
public sealed record SchemaState(IReadOnlyList<string> Missing, IReadOnlyList<string> Newer);

/// <summary>Brings the database to this version's schema before anything uses it; the data directory's lock makes it the only one that does.</summary>
public sealed class Migrator(Database database, DataDirectory directory, IEnumerable<MigratedContext> contexts, TimeProvider time)
{
    /// <summary>Applies what is pending. An existing database is copied to <c>backups/</c> first.</summary>
    /// <returns>The backup's file, when one was taken.</returns>
    public async Task<string?> MigrateAsync(CancellationToken cancellationToken)
    {
        string? backup = null;
        foreach (var migrated in contexts)
        {
            await using var db = migrated.Create();
            var pending = await db.Database.GetPendingMigrationsAsync(cancellationToken).ConfigureAwait(false);
            if (!pending.Any())
            {
                continue;
            }
            if (backup is null && database.Provider == DataProvider.Sqlite && (await db.Database.GetAppliedMigrationsAsync(cancellationToken).ConfigureAwait(false)).Any())
            {
                backup = Backup();
            }
            await db.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
        }
        MakeIndex();
        return backup;
    }

    /// <summary>The newest migration that this version knows, by its name.</summary>
    public async Task<string> NewestAsync(CancellationToken cancellationToken)
    {
        var newest = "";
        foreach (var migrated in contexts)
        {
            await using var db = migrated.Create();
            newest = db.Database.GetMigrations().Append(newest).Max(StringComparer.Ordinal)!;
        }
        cancellationToken.ThrowIfCancellationRequested();
        return newest;
    }

    /// <summary>The database's schema beside this version's.</summary>
    public async Task<SchemaState> CompareAsync(CancellationToken cancellationToken)
    {
        var (known, applied) = (new List<string>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var migrated in contexts)
        {
            await using var db = migrated.Create();
            known.AddRange(db.Database.GetMigrations());
            applied.UnionWith(await db.Database.GetAppliedMigrationsAsync(cancellationToken).ConfigureAwait(false));
        }
        return new SchemaState([.. known.Where(name => !applied.Contains(name))], [.. applied.Except(known, StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }

    // Beside the migrations, which are made anew from the model until the first release and cannot express it.
    private void MakeIndex()
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction();
        foreach (var sql in database.Provider == DataProvider.Sqlite ? new[] { SearchStatements.Create, SearchStatements.Fill } : [SearchStatements.CreateOnPostgres])
        {
            using var command = connection.CreateCommand();
            (command.Transaction, command.CommandText) = (transaction, sql);
            command.ExecuteNonQuery();
        }
        transaction.Commit();
    }

    private string Backup()
    {
        var folder = directory.Of("backups");
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, $"before-migration-{time.GetUtcNow():yyyyMMdd-HHmmss}.db");
        using var source = (SqliteConnection)database.Open();
        using var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        target.Open();
        source.BackupDatabase(target);
        return file;
    }
}
