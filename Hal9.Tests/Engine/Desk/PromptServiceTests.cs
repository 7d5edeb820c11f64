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
    public void Pieces_NameTheVariableOfEachPlace_AndJoinToTheText()
    {
        const string Text = "{{a}}Compare {{ first thing }} with {{Second}}; {{FIRST thing}} again, {{}} and { x }.";

        Assert.Equal(["a", "first thing", "Second"], PromptText.VariablesOf(Text));
        var pieces = PromptText.PiecesOf(Text);
        Assert.Equal([("{{a}}", 0), ("{{ first thing }}", 1), ("{{Second}}", 2), ("{{FIRST thing}}", 1)], pieces.Where(p => p.Place is not null).Select(p => (p.Text, p.Place!.Value)));
        Assert.Equal(Text, string.Concat(pieces.Select(p => p.Text)));
        Assert.Equal([new PromptPiece("plain", null)], PromptText.PiecesOf("plain"));
    }
}
