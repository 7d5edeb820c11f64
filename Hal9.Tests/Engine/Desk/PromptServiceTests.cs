using Hal9.Engine.Desk;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Engine.Desk;

[Collection(EngineCollection.Name)]
public sealed class PromptServiceTests(EngineHost engine)
{
    private PromptService Prompts => engine.Services.GetRequiredService<PromptService>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ListAsync_IsOnesOwnAndWhatOthersShare()
    {
        var actor = await engine.NewTenantAsync();
        var colleague = actor with { UserId = Guid.CreateVersion7(), Role = Role.Member };
        await Prompts.SaveAsync(actor, null, "Review", "Review {{what}}", true, Cancel);
        await Prompts.SaveAsync(actor, null, "Diary", "mine", false, Cancel);
        await Prompts.SaveAsync(colleague, null, "Review", "theirs", false, Cancel);

        Assert.Equal(["Diary", "Review"], (await Prompts.ListAsync(actor, Cancel)).Select(p => p.Name));
        Assert.Equal([("Review", false), ("Review", true)], (await Prompts.ListAsync(colleague, Cancel)).Select(p => (p.Name, p.IsMine)).Order());
        Assert.Empty(await Prompts.ListAsync(await engine.NewTenantAsync(), Cancel));
    }

    [Fact]
    public async Task SaveAsync_ChangesOnesOwnOnly_AndAName_IsTakenOnce()
    {
        var actor = await engine.NewTenantAsync();
        var colleague = actor with { UserId = Guid.CreateVersion7(), Role = Role.Member };
        var id = await Prompts.SaveAsync(actor, null, "One", "1", true, Cancel);
        await Prompts.SaveAsync(actor, id, "Uno", "uno", true, Cancel);

        await Assert.ThrowsAsync<ArgumentException>(() => Prompts.SaveAsync(actor, null, "UNO", "x", false, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => Prompts.SaveAsync(actor, null, " ", "x", false, Cancel));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Prompts.SaveAsync(colleague, id, "Mine now", "x", false, Cancel));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Prompts.RemoveAsync(colleague, id, Cancel));
        Assert.Equal("uno", (await Prompts.ListAsync(actor, Cancel)).Single().Text);
        await Prompts.RemoveAsync(actor, id, Cancel);
        Assert.Empty(await Prompts.ListAsync(actor, Cancel));
    }

    [Fact]
    public void Fill_PutsWordsIn_Once_AndLeavesWhatHasNone()
    {
        const string Text = "Compare {{ first thing }} with {{Second}} for {{reader}}; {{first thing}} again, {{}} and { x }.";

        Assert.Equal(["first thing", "Second", "reader"], PromptText.VariablesOf(Text));
        Assert.Equal(
            "Compare {{Second}} with tea for {{reader}}; {{Second}} again, {{}} and { x }.",
            PromptText.Fill(Text, new Dictionary<string, string> { ["FIRST THING"] = "{{Second}}", ["second"] = "tea", ["reader"] = "" }));
    }
}
