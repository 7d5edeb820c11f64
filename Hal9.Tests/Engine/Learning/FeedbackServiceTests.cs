using Hal9.Engine.Conversations;
using Hal9.Engine.Events;
using Hal9.Engine.Learning;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Engine.Learning;

[Collection(EngineCollection.Name)]
public sealed class FeedbackServiceTests(EngineHost engine) : IDisposable
{
    private FeedbackService Feedback => engine.Services.GetRequiredService<FeedbackService>();

    private ConversationService Conversations => engine.Services.GetRequiredService<ConversationService>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => engine.Provider.Reset();

    [Fact]
    public async Task GiveAsync_Again_ChangesTheVote_AndKeepsItsId()
    {
        var actor = await engine.NewTenantAsync();
        var sent = await SendAsync(actor);
        var first = await Feedback.GiveAsync(actor, new GiveFeedback(sent.RunId, null, FeedbackKind.Thumb, 1), Cancel);

        var second = await Feedback.GiveAsync(actor, new GiveFeedback(sent.RunId, null, FeedbackKind.Thumb, -1, Comment: " wrong "), Cancel);

        var stored = Assert.Single(await Feedback.ListAsync(actor, sent.RunId, Cancel));
        Assert.Equal((first.Id, -1d, "wrong", first.CreatedAt), (stored.Id, stored.Number, stored.Comment, stored.CreatedAt));
        Assert.Equal(second, stored);
        var shown = await Conversations.FindAsync(actor, sent.ConversationId, null, Cancel);
        Assert.Equal((null, -1d), (shown!.Branch[0].Vote, shown.Branch[1].Vote!.Number));
    }

    [Fact]
    public async Task GiveAsync_OtherKindStepOrPerson_IsAVoteOfItsOwn()
    {
        var actor = await engine.NewTenantAsync();
        var colleague = actor with { UserId = Guid.CreateVersion7() };
        var sent = await SendAsync(actor);
        var step = (await engine.Runs.FindAsync(actor, sent.RunId, Cancel))!.Root!.Id;

        await Feedback.GiveAsync(actor, new GiveFeedback(sent.RunId, null, FeedbackKind.Thumb, 1), Cancel);
        await Feedback.GiveAsync(actor, new GiveFeedback(sent.RunId, null, FeedbackKind.Rating, 0.5), Cancel);
        await Feedback.GiveAsync(actor, new GiveFeedback(sent.RunId, step, FeedbackKind.Thumb, -1), Cancel);
        await Feedback.GiveAsync(actor, new GiveFeedback(sent.RunId, null, FeedbackKind.Edit, Text: "better"), Cancel);
        await Feedback.GiveAsync(colleague, new GiveFeedback(sent.RunId, null, FeedbackKind.Thumb, -1), Cancel);

        Assert.Equal(5, (await Feedback.ListAsync(actor, sent.RunId, Cancel)).Count);
        Assert.Equal(1, (await Feedback.OwnThumbsAsync(actor, [sent.RunId], Cancel))[sent.RunId].Number);
    }

    [Theory]
    [InlineData(FeedbackKind.Thumb, 0d, null)]
    [InlineData(FeedbackKind.Thumb, null, null)]
    [InlineData(FeedbackKind.Rating, 1.01, null)]
    [InlineData(FeedbackKind.Rating, double.NaN, null)]
    [InlineData(FeedbackKind.Test, 0.5, null)]
    [InlineData(FeedbackKind.Test, 1d, "passed")]
    [InlineData(FeedbackKind.Edit, null, "")]
    [InlineData(FeedbackKind.Edit, 1d, null)]
    public async Task GiveAsync_ValueOutsideItsKind_IsRefusedNamingTheField(FeedbackKind kind, double? number, string? text)
    {
        var actor = await engine.NewTenantAsync();

        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => Feedback.GiveAsync(actor, new GiveFeedback(Guid.CreateVersion7(), null, kind, number, text), Cancel));

        Assert.StartsWith("value: ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GiveAsync_RunThatTheActorMayNotSee_IsAsIfThereWereNone()
    {
        var owner = await engine.NewTenantAsync();
        var sent = await SendAsync(owner);
        var member = owner with { UserId = Guid.CreateVersion7(), Role = Role.Member };
        var thumb = new GiveFeedback(sent.RunId, null, FeedbackKind.Thumb, 1);

        await Assert.ThrowsAsync<KeyNotFoundException>(() => Feedback.GiveAsync(member, thumb, Cancel));
        var stranger = await engine.NewTenantAsync();
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Feedback.GiveAsync(stranger, thumb, Cancel));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Feedback.GiveAsync(owner, thumb with { StepId = Guid.CreateVersion7() }, Cancel));

        Assert.Empty(await Feedback.ListAsync(owner, sent.RunId, Cancel));
    }

    [Fact]
    public async Task GiveAsync_RunStillAtWork_IsRefused()
    {
        var actor = await engine.NewTenantAsync();
        var gate = new ScriptedGate();
        engine.Provider.Script(_ => ScriptedReply.Of("slow") with { Hold = gate });
        var sent = await Conversations.SendAsync(actor, null, null, "Hi", RunMode.Quick, Cancel);

        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => Feedback.GiveAsync(actor, new GiveFeedback(sent.RunId, null, FeedbackKind.Thumb, 1), Cancel));

        Assert.StartsWith("runId: ", refusal.Message, StringComparison.Ordinal);
        gate.Open();
        await engine.Runs.WaitAsync(actor, sent.RunId, Cancel);
    }

    [Fact]
    public async Task WithdrawAsync_TakesBackOnesOwnOnly()
    {
        var actor = await engine.NewTenantAsync();
        var sent = await SendAsync(actor);
        var given = await Feedback.GiveAsync(actor, new GiveFeedback(sent.RunId, null, FeedbackKind.Thumb, 1), Cancel);

        Assert.False(await Feedback.WithdrawAsync(actor with { UserId = Guid.CreateVersion7() }, given.Id, Cancel));
        Assert.True(await Feedback.WithdrawAsync(actor, given.Id, Cancel));

        Assert.Empty(await Feedback.ListAsync(actor, sent.RunId, Cancel));
    }

    private async Task<SentMessage> SendAsync(Actor actor)
    {
        var sent = await Conversations.SendAsync(actor, null, null, "Hi", RunMode.Quick, Cancel);
        await engine.Runs.WaitAsync(actor, sent.RunId, Cancel);
        return sent;
    }
}
