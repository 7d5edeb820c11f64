using Hal9.Engine.Desk;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Engine.Desk;

[Collection(EngineCollection.Name)]
public sealed class SavedViewServiceTests(EngineHost engine)
{
    private readonly SavedViewService views = engine.Services.GetRequiredService<SavedViewService>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Views_OfOthers_AreSeenWhenShared_AndOnlyInTheTenant()
    {
        var owner = await engine.NewTenantAsync();
        var colleague = owner with { UserId = Guid.CreateVersion7(), Role = Role.Member };
        var stranger = await engine.NewTenantAsync();
        await views.SaveAsync(owner, "runs", "Failed", "?status=failed", isShared: true, Cancel);
        await views.SaveAsync(owner, "runs", "Mine", "?q=tea", isShared: false, Cancel);

        Assert.Equal(["Failed", "Mine"], (await views.ListAsync(owner, "runs", Cancel)).Select(view => view.Name));
        Assert.Equal([("Failed", "?status=failed", false)], (await views.ListAsync(colleague, "runs", Cancel)).Select(view => (view.Name, view.Query, view.IsMine)));
        Assert.Empty(await views.ListAsync(stranger, "runs", Cancel));
        Assert.Empty(await views.ListAsync(owner, "costs", Cancel));
    }

    [Fact]
    public async Task Save_OfTheSameName_ReplacesOnesOwn()
    {
        var owner = await engine.NewTenantAsync();
        await views.SaveAsync(owner, "runs", "Costly", "?sort=cost", isShared: false, Cancel);

        await views.SaveAsync(owner, "runs", " Costly ", "?sort=cost&status=failed", isShared: true, Cancel);

        var view = Assert.Single(await views.ListAsync(owner, "runs", Cancel));
        Assert.Equal(("?sort=cost&status=failed", true), (view.Query, view.IsShared));
    }

    [Theory]
    [InlineData("", "?a=b")]
    [InlineData("   ", "?a=b")]
    [InlineData("A name that goes on and on and on, until it is longer than sixty", "?a=b")]
    [InlineData("Elsewhere", "//evil.example")]
    [InlineData("Elsewhere", "/account/login")]
    public async Task Save_OfNonsense_IsRefused(string name, string query)
    {
        var owner = await engine.NewTenantAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => views.SaveAsync(owner, "runs", name, query, isShared: false, Cancel));
    }

    [Fact]
    public async Task Save_OfTheFiftyFirst_IsRefused()
    {
        var owner = await engine.NewTenantAsync();
        for (var i = 0; i < 50; i++)
        {
            await views.SaveAsync(owner, "runs", $"View {i}", "", isShared: false, Cancel);
        }

        await Assert.ThrowsAsync<ArgumentException>(() => views.SaveAsync(owner, "runs", "One more", "", isShared: false, Cancel));
        await views.SaveAsync(owner, "runs", "View 7", "?status=failed", isShared: false, Cancel);
    }

    [Fact]
    public async Task Remove_IsForItsOwner_AndForWhoManagesPeopleWhenShared()
    {
        var owner = (await engine.NewTenantAsync()) with { Role = Role.Member };
        var member = owner with { UserId = Guid.CreateVersion7() };
        var admin = member with { Role = Role.Admin };
        await views.SaveAsync(owner, "runs", "Private", "", isShared: false, Cancel);
        await views.SaveAsync(owner, "runs", "Shared", "", isShared: true, Cancel);
        var (kept, shared) = ((await views.ListAsync(owner, "runs", Cancel))[0], (await views.ListAsync(owner, "runs", Cancel))[1]);

        await Assert.ThrowsAsync<KeyNotFoundException>(() => views.RemoveAsync(member, shared.Id, Cancel));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => views.RemoveAsync(admin, kept.Id, Cancel));
        await views.RemoveAsync(admin, shared.Id, Cancel);
        await views.RemoveAsync(owner, kept.Id, Cancel);

        Assert.Empty(await views.ListAsync(owner, "runs", Cancel));
    }
}
