namespace Hal9.Engine.Storage;

/// <summary>How the storage is, for probes.</summary>
/// <param name="FreeBytes">Room left where the data directory is.</param>
/// <param name="WaitingWrites">Work in the writer's queue.</param>
public sealed record StorageState(long FreeBytes, int WaitingWrites);

/// <summary>The door for probes: whether the database can be written and has this version's schema.</summary>
public sealed class StorageHealth(Writer writer, DataDirectory directory, Migrator migrator)
{
    private volatile bool migrated;

    /// <summary>Takes the write lock and commits, through the same queue as all hot writes.</summary>
    /// <exception cref="System.Data.Common.DbException">The database refused.</exception>
    public async Task<StorageState> WriteAsync(CancellationToken cancellationToken)
    {
        await writer.WriteAsync(static _ => { }, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        return new StorageState(new DriveInfo(directory.Path).AvailableFreeSpace, writer.Waiting);
    }

    /// <summary>A migration that is missing, or null. Once there is none it stays so: the data directory's lock lets nobody else change the schema.</summary>
    public async Task<string?> FindMissingMigrationAsync(CancellationToken cancellationToken)
    {
        if (migrated)
        {
            return null;
        }
        var missing = await migrator.PendingAsync(cancellationToken).ConfigureAwait(false);
        migrated = missing.Count == 0;
        return migrated ? null : missing[0];
    }
}
