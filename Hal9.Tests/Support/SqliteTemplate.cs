using Hal9.Engine.Storage;
using Microsoft.Data.Sqlite;

namespace Hal9.Tests.Support;

/// <summary>A SQLite file with the schema in it, copied for each test: migrating takes longer than most tests.</summary>
public sealed class SqliteTemplate : IAsyncLifetime
{
    private readonly TempFolder folder = new();

    private string File => folder.Of("template.db");

    public async ValueTask InitializeAsync()
    {
        await LedgerLab.MigrateAsync(Database.Sqlite(File), CancellationToken.None);
        SqliteConnection.ClearAllPools();
    }

    public string CopyTo(string target)
    {
        var copy = Path.Combine(target, $"{Guid.NewGuid():N}.db");
        System.IO.File.Copy(File, copy);
        return copy;
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
