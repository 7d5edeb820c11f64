using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Engine.Storage;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly TempFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        folder.Dispose();
    }

    [Fact]
    public void Hold_OfWhatIsAFile_SaysWhichSettingToChange()
    {
        var file = Path.Combine(folder.Path, "taken");
        File.WriteAllText(file, "");

        var fault = Assert.Throws<InvalidOperationException>(() => DataDirectory.Hold(file));

        Assert.StartsWith($"The data directory {file} cannot be used:", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Hal9:Data:Directory", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hold_SecondHolder_IsRefusedByName()
    {
        using var first = DataDirectory.Hold(folder.Path);

        var refused = Assert.Throws<InvalidOperationException>(() => DataDirectory.Hold(folder.Path));

        Assert.Contains("Hal9:Data:Directory", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hold_AfterTheFirstIsGone_IsGranted()
    {
        DataDirectory.Hold(folder.Path).Dispose();

        using var second = DataDirectory.Hold(folder.Path);

        Assert.Equal(folder.Path, second.Path);
    }

    [Fact]
    public void Directory_ThatIsRelative_BeginsAtTheContentRoot()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = folder.Path });
        builder.Services.AddStorage(new ConfigurationBuilder().AddInMemoryCollection([new("Data:Directory", "below/it")]).Build());
        using var host = builder.Build();

        Assert.Equal(Path.Combine(folder.Path, "below", "it"), host.Services.GetRequiredService<DataDirectory>().Path);
    }

    [Fact]
    public async Task MigrateAsync_OldDatabase_IsCopiedFirst()
    {
        using var directory = DataDirectory.Hold(folder.Path);
        var database = Database.Sqlite(directory.DatabaseFile);
        var migrator = new Migrator(database, directory, [new MigratedContext(() => database.CreateContext(null))], new FakeTimeProvider());
        Assert.Null(await migrator.MigrateAsync(Cancel));
        // A database of an older version is one that lacks the newest migration's history row; here the first one's, with its tables put aside.
        await using (var db = database.CreateContext(null))
        {
            await db.Database.ExecuteSqlRawAsync("INSERT INTO __EFMigrationsHistory VALUES ('00000000000000_Older', '1')", Cancel);
            await db.Database.ExecuteSqlRawAsync("DELETE FROM __EFMigrationsHistory WHERE MigrationId LIKE '%_Initial'", Cancel);
        }

        await Assert.ThrowsAnyAsync<Exception>(() => migrator.MigrateAsync(Cancel));

        Assert.Single(Directory.GetFiles(directory.Of("backups")));
    }

    [Fact]
    public async Task Open_OneTenant_SeesAndWritesItsOwnOnly()
    {
        using var directory = DataDirectory.Hold(folder.Path);
        var database = Database.Sqlite(directory.DatabaseFile);
        await new Migrator(database, directory, [new MigratedContext(() => database.CreateContext(null))], TimeProvider.System).MigrateAsync(Cancel);
        var scope = new TenantScope(database);
        var (mine, theirs) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await using (var db = scope.Open(theirs))
        {
            db.Add(new Membership { TenantId = theirs, UserId = Guid.CreateVersion7(), Role = Role.Admin });
            await db.SaveChangesAsync(Cancel);
        }

        await using var own = scope.Open(mine);
        own.Add(new Membership { TenantId = theirs, UserId = Guid.CreateVersion7(), Role = Role.Admin });

        Assert.Empty(await own.Set<Membership>().ToListAsync(Cancel));
        await Assert.ThrowsAsync<InvalidOperationException>(() => own.SaveChangesAsync(Cancel));
        Assert.Throws<ArgumentException>(() => scope.Open(Guid.Empty));
    }
}
