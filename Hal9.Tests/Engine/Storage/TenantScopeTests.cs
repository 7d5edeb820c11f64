using Hal9.Engine.Desk;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Tests.Engine.Storage;

public sealed class TenantScopeTests : IAsyncLifetime
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;
    private readonly string folder = Directory.CreateTempSubdirectory("hal9-scope-").FullName;
    private readonly Guid[] tenants = [Guid.CreateVersion7(), Guid.CreateVersion7()];
    private TenantScope scope = null!;

    public async ValueTask InitializeAsync()
    {
        scope = new TenantScope(Database.Sqlite(Path.Combine(folder, "hal9.db")));
        await using (var all = scope.System("the test makes tenants"))
        {
            await all.Database.MigrateAsync(Token);
            all.AddRange(tenants.Select(id => new Tenant { Id = id, Name = id.ToString(), CreatedAt = DateTimeOffset.UnixEpoch }));
            await all.SaveChangesAsync(Token);
        }
        foreach (var id in tenants)
        {
            await using var db = scope.Open(id);
            db.Add(new PromptRow { Id = Guid.CreateVersion7(), TenantId = id, UserId = Guid.CreateVersion7(), Name = "mine", Text = id.ToString() });
            await db.SaveChangesAsync(Token);
        }
    }

    public ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Context_OfATenant_SeesItsOwnWhateverWasOpenedBefore()
    {
        foreach (var id in tenants.Concat(tenants))
        {
            await using var db = scope.Open(id);
            Assert.Equal(id.ToString(), (await db.Set<PromptRow>().SingleAsync(Token)).Text);
            Assert.Equal(id, (await db.Set<Tenant>().SingleAsync(Token)).Id);
            await using var all = scope.System("the test looks at all of them");
            Assert.Equal(2, await all.Set<PromptRow>().CountAsync(Token));
            Assert.Equal(2, await all.Set<Tenant>().CountAsync(Token));
        }
    }

    [Fact]
    public void Filter_ByTenant_CanBeLookedUpInAnIndex()
    {
        using var db = scope.Open(tenants[0]);

        var where = db.Set<PromptRow>().ToQueryString().Split("WHERE", 2)[1];

        Assert.DoesNotContain(" OR ", where, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("\"tenant_id\" = @", where, StringComparison.Ordinal);
    }
}
