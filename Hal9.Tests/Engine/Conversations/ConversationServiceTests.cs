using Hal9.Engine.Conversations;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Engine.Conversations;

[Collection(EngineCollection.Name)]
public sealed class ConversationServiceTests(EngineHost engine) : IDisposable
{
    private ConversationService Conversations => engine.Services.GetRequiredService<ConversationService>();

    private ShelfService Shelf => engine.Services.GetRequiredService<ShelfService>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => engine.Provider.Reset();

    [Fact]
    public async Task SendAsync_Message_IsAnsweredWithItsReceipt()
    {
        var actor = await engine.NewTenantAsync();
        engine.Provider.Script(_ => ScriptedReply.Of("Hello!"));

        var sent = await SendAsync(actor, null, null, "Hi\nthere");

        var conversation = await Conversations.FindAsync(actor, sent.ConversationId, null, Cancel);
        Assert.Equal("Hi", conversation!.Title);
        Assert.Equal([(MessageRole.User, "Hi\nthere"), (MessageRole.Assistant, "Hello!")], conversation.Branch.Select(m => (m.Role, m.Content)));
        var answer = conversation.Branch[1];
        Assert.Equal((MessageStatus.Complete, Provenance.Live, sent.RunId), (answer.Status, answer.Provenance, answer.RunId));
        Assert.True(answer.Tokens is { Input: > 0, Output: > 0 });
        var run = await engine.Runs.FindAsync(actor, sent.RunId, Cancel);
        Assert.Equal(run!.Cost, answer.Cost);
        Assert.Equal(run.Cost, (await Shelf.ListAsync(actor, ConversationFilter.All, null, 10, Cancel)).Items.Single().Cost);
    }

    [Fact]
    public async Task SendAsync_NextMessage_CarriesTheBranchAsHistory()
    {
        var actor = await engine.NewTenantAsync();
        engine.Provider.Script(request => ScriptedReply.Of($"answer {request.Messages.Count}"));
        var first = await SendAsync(actor, null, null, "one");

        await SendAsync(actor, first.ConversationId, first.AnswerId, "two");

        var request = engine.Provider.Exchanges[^1].Request;
        Assert.Equal(["system", "user", "assistant", "user"], request.Messages.Select(m => m.Role));
        Assert.Equal(["one", "answer 2"], request.Messages.Skip(1).Take(2).Select(m => m.Text));
    }

    [Fact]
    public async Task SendAsync_Edit_MakesABranchAndTheOldOneStays()
    {
        var actor = await engine.NewTenantAsync();
        var first = await SendAsync(actor, null, null, "one");

        var edited = await SendAsync(actor, first.ConversationId, null, "uno");

        var shown = await Conversations.FindAsync(actor, first.ConversationId, null, Cancel);
        Assert.Equal("uno", shown!.Branch[0].Content);
        Assert.Equal([first.QuestionId, edited.QuestionId], shown.Branch[0].Siblings);
        var old = await Conversations.FindAsync(actor, first.ConversationId, first.QuestionId, Cancel);
        Assert.Equal(first.AnswerId, old!.Branch[^1].Id);
        Assert.DoesNotContain(engine.Provider.Exchanges[^1].Request.Messages, m => m.Text == "one");
    }

    [Fact]
    public async Task RegenerateAsync_Answer_GetsASibling()
    {
        var actor = await engine.NewTenantAsync();
        var first = await SendAsync(actor, null, null, "one");

        var again = await Conversations.RegenerateAsync(actor, first.AnswerId, RunMode.Quick, null, Cancel);
        await engine.Runs.WaitAsync(actor, again.RunId, Cancel);

        var shown = await Conversations.FindAsync(actor, first.ConversationId, null, Cancel);
        Assert.Equal([first.QuestionId, again.AnswerId], shown!.Branch.Select(m => m.Id));
        Assert.Equal([first.AnswerId, again.AnswerId], shown.Branch[1].Siblings);
    }

    [Fact]
    public async Task NamedModel_AnswersByItself_WithWhatWasSaidBefore_AndIsToldWithTheAnswer()
    {
        var actor = await engine.NewTenantAsync();
        var first = await SendAsync(actor, null, null, "one");

        var sent = await Conversations.SendAsync(actor, new NewMessage(first.ConversationId, first.AnswerId, "two", RunMode.Deep) { Model = new ModelRef("test", "other") }, Cancel);
        var run = await engine.Runs.WaitAsync(actor, sent.RunId, Cancel);
        var again = await Conversations.RegenerateAsync(actor, sent.AnswerId, RunMode.Quick, null, Cancel);
        await engine.Runs.WaitAsync(actor, again.RunId, Cancel);

        Assert.Equal((RunStatus.Succeeded, RunMode.Direct), (run.Status, run.Mode));
        var asked = Assert.Single(engine.Provider.Exchanges, exchange => exchange.Request.Model == "other").Request;
        Assert.Equal(["one", "two"], asked.Messages.Where(m => m.Role == "user").Select(m => m.Text));
        Assert.Equal("assistant", asked.Messages[1].Role);
        var shown = await Conversations.FindAsync(actor, first.ConversationId, sent.AnswerId, Cancel);
        Assert.Equal([null, null, null, new ModelRef("test", "other")], shown!.Branch.Select(m => m.Model));
        var parts = (await engine.Runs.FindCallAsync(actor, run.Id, (await engine.Runs.FindAsync(actor, run.Id, Cancel))!.Root!.ModelCalls[0].Id, Cancel))!.Prompt;
        Assert.Equal([PromptSource.History, PromptSource.History, PromptSource.Goal], parts.Select(part => part.Source));
        Assert.Null((await Conversations.FindAsync(actor, first.ConversationId, again.AnswerId, Cancel))!.Branch[^1].Model);
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => Conversations.RegenerateAsync(actor, sent.AnswerId, RunMode.Quick, new ModelRef("nobody", "x"), Cancel));
        Assert.Contains("nobody/x", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CancelledRun_LeavesWhatHadComeInTheMessage()
    {
        var actor = await engine.NewTenantAsync();
        engine.Provider.Script(_ => ScriptedReply.Of("half and rest") with { ChunkSize = 5, HoldWithin = new ScriptedGate() });
        var sent = await Conversations.SendAsync(actor, null, null, "Hi", RunMode.Quick, Cancel);
        await using (var answer = engine.Runs.WatchAnswerAsync(actor, sent.RunId, Cancel).GetAsyncEnumerator(Cancel))
        {
            Assert.True(await answer.MoveNextAsync());
        }

        await engine.Runs.CancelAsync(actor, sent.RunId, null, null, Cancel);

        var message = (await Conversations.FindAsync(actor, sent.ConversationId, null, Cancel))!.Branch[^1];
        Assert.Equal((MessageStatus.Stopped, "half "), (message.Status, message.Content));
    }

    [Fact]
    public async Task FailedRun_KeepsThePromptAndSaysWhy()
    {
        var actor = await engine.NewTenantAsync();
        engine.Provider.Script(_ => ScriptedReply.Fail(Fault.Unauthorized));

        var sent = await SendAsync(actor, null, null, "Hi");

        var branch = (await Conversations.FindAsync(actor, sent.ConversationId, null, Cancel))!.Branch;
        Assert.Equal("Hi", branch[0].Content);
        Assert.Equal(MessageStatus.Failed, branch[1].Status);
        Assert.NotNull(branch[1].Error);
    }

    [Fact]
    public async Task Conversations_AreTheirOwners()
    {
        var owner = await engine.NewTenantAsync();
        var sent = await SendAsync(owner, null, null, "secret");
        var colleague = owner with { UserId = Guid.CreateVersion7(), Role = Role.Member };
        var stranger = await engine.NewTenantAsync();

        Assert.Null(await Conversations.FindAsync(colleague, sent.ConversationId, null, Cancel));
        Assert.Null(await Conversations.FindAsync(stranger, sent.ConversationId, null, Cancel));
        Assert.Empty((await Shelf.ListAsync(stranger, ConversationFilter.All, null, 10, Cancel)).Items);
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Conversations.SendAsync(colleague, sent.ConversationId, sent.AnswerId, "me too", RunMode.Quick, Cancel));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Shelf.RenameAsync(colleague, sent.ConversationId, "mine", Cancel));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Conversations.RegenerateAsync(stranger, sent.AnswerId, RunMode.Quick, null, Cancel));
    }

    private async Task<SentMessage> SendAsync(Actor actor, Guid? conversation, Guid? parent, string text)
    {
        var sent = await Conversations.SendAsync(actor, conversation, parent, text, RunMode.Quick, Cancel);
        await engine.Runs.WaitAsync(actor, sent.RunId, Cancel);
        return sent;
    }
}
