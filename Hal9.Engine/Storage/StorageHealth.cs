namespace Hal9.Engine.Storage;

/// <summary>The door for probes: whether the database can be written, has room, and has this version's schema.</summary>
public sealed class StorageHealth(Writer writer, DataDirectory directory, Migrator migrator, Database database)
{
    private const int MostEntries = 50;
    private volatile SchemaState? schema;

    /// <summary>Takes the write lock and commits, through the same queue as all hot writes.</summary>
    /// <returns>Work still waiting in that queue.</returns>
    /// <exception cref="System.Data.Common.DbException">The database refused.</exception>
    public async Task<int> WriteAsync(CancellationToken cancellationToken)
    {
        await writer.WriteAsync(static _ => { }, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        return writer.Waiting;
    }

    /// <summary>The database's kind and version.</summary>
    public string Version
    {
        get
        {
            using var connection = database.Open();
            return $"{(database.Provider == DataProvider.Sqlite ? "SQLite" : "PostgreSQL")} {connection.ServerVersion}";
        }
    }

    /// <summary>The name of the newest migration that this version knows.</summary>
    public Task<string> NewestMigrationAsync(CancellationToken cancellationToken) => migrator.NewestAsync(cancellationToken);

    /// <summary>What stands in the data directory, largest first, folders with all that is in them.</summary>
    public DataFolder Folder()
    {
        var folder = new DirectoryInfo(directory.Path);
        var drive = new DriveInfo(directory.Path);
        return new DataFolder(
            directory.Path,
            [
                .. folder.EnumerateFileSystemInfos().Select(entry => entry is DirectoryInfo inner ? new DataEntry(inner.Name + "/", SizeOf(inner)) : new DataEntry(entry.Name, ((FileInfo)entry).Length))
                    .OrderByDescending(entry => entry.Bytes).ThenBy(entry => entry.Name, StringComparer.Ordinal).Take(MostEntries),
            ],
            drive.AvailableFreeSpace, drive.TotalSize);
    }

    private static long SizeOf(DirectoryInfo folder) => folder.EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).Sum(file => file.Length);

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

/// <summary>What stands in the data directory.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Entries">Files and folders.</param>
/// <param name="FreeBytes">Free on its disk.</param>
/// <param name="DiskBytes">Size of its disk.</param>
public sealed record DataFolder(string Path, IReadOnlyList<DataEntry> Entries, long FreeBytes, long DiskBytes);

/// <summary>A file, or a folder with all that is in it.</summary>
/// <param name="Name">Its name; a folder's ends with a slash.</param>
/// <param name="Bytes">Its size.</param>
public sealed record DataEntry(string Name, long Bytes);
