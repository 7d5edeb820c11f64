namespace Hal9.Engine.Storage;

/// <summary>The door for probes: whether the database can be written, has room, and has this version's schema.</summary>
public sealed class StorageHealth(Writer writer, DataDirectory directory, Migrator migrator)
{
    private volatile SchemaState? schema;

    /// <summary>Takes the write lock and commits, through the same queue as all hot writes.</summary>
    /// <returns>Work still waiting in that queue.</returns>
    /// <exception cref="System.Data.Common.DbException">The database refused.</exception>
    public async Task<int> WriteAsync(CancellationToken cancellationToken)
    {
        await writer.WriteAsync(static _ => { }, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        return writer.Waiting;
    }

    /// <summary>Bytes free where the data directory is.</summary>
    public long FreeBytes() => new DriveInfo(directory.Path).AvailableFreeSpace;

    /// <summary>The schema's state. Once nothing is missing it stays so: the data directory's lock lets nobody else change the schema.</summary>
    public async Task<SchemaState> SchemaAsync(CancellationToken cancellationToken)
    {
        if (schema is { Missing.Count: 0 } settled)
        {
            return settled;
        }
        var now = await migrator.CompareAsync(cancellationToken).ConfigureAwait(false);
        schema = now;
        return now;
    }
}
