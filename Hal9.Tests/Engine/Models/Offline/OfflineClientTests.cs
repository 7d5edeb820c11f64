using Hal9.Engine.Models.Offline;
using Hal9.Engine.Neurons;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Engine.Models.Offline;

public sealed class OfflineClientTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Goals => OfflineGoals.All;

    [Theory]
    [MemberData(nameof(Goals))]
    public async Task Stream_JoinedAgain_IsTheWholeAnswerEachTime(string goal)
    {
        ChatMessage[] messages = [new(ChatRole.User, goal)];
        var whole = await OfflineGoals.Client().GetResponseAsync(messages, null, Token);

        var updates = await OfflineGoals.Client().GetStreamingResponseAsync(messages, null, Token).ToListAsync(Token);

        var streamed = updates.ToChatResponse();
        Assert.Equal(whole.Text, streamed.Text);
        Assert.Equal(whole.ResponseId, streamed.ResponseId);
        Assert.Equal("hal9", streamed.ModelId);
        Assert.Equal(ChatFinishReason.Stop, streamed.FinishReason);
        Assert.Equal(whole.Usage!.OutputTokenCount, streamed.Usage!.OutputTokenCount);
        Assert.True(whole.Usage.OutputTokenCount > 0);
        Assert.Equal(whole.Usage.InputTokenCount + whole.Usage.OutputTokenCount, whole.Usage.TotalTokenCount);
        Assert.StartsWith("> *" + OfflineNote.Text, whole.Text, StringComparison.Ordinal);
        Assert.All(updates, update => Assert.False(update.Text.Length > 0 && (char.IsLowSurrogate(update.Text[0]) || char.IsHighSurrogate(update.Text[^1]))));
        Assert.InRange(updates.Count, 3, 140);
    }

    [Fact]
    public async Task Answer_OfOtherInput_IsAnother()
    {
        var answers = new List<string>();
        foreach (var goal in OfflineGoals.All)
        {
            answers.Add(await OfflineGoals.AskAsync(goal));
        }

        // Three goals without a single word share the answer that says so.
        Assert.Equal(answers.Count - 3, answers.Distinct().Count());
    }

    [Fact]
    public async Task Answer_OverTheTokenLimit_IsCutAndSaysLength()
    {
        var options = new ChatOptions { MaxOutputTokens = 40 };

        var answer = await OfflineGoals.Client().GetResponseAsync([new(ChatRole.User, "Plan the release of 배포 시스템 🙂🙂🙂")], options, Token);

        Assert.Equal(ChatFinishReason.Length, answer.FinishReason);
        Assert.Equal(40, answer.Usage!.OutputTokenCount);
        Assert.Contains(OfflineNote.Text, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_Cancelled_EndsAtOnce()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var time = new FakeTimeProvider();
        using var client = new OfflineChatClient(time);
        await using var stream = client.GetStreamingResponseAsync([new(ChatRole.User, "Plan the release")], null, stop.Token).GetAsyncEnumerator(stop.Token);
        var first = stream.MoveNextAsync();
        time.Advance(OfflineChatClient.DefaultChunkDelay);
        Assert.True(await first);
        var second = stream.MoveNextAsync();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await second);
    }

    [Fact]
    public async Task Answer_AlreadyCancelled_Throws()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => OfflineGoals.Client().GetResponseAsync([new(ChatRole.User, "x")], null, stop.Token));
    }

    [Fact]
    public async Task Stream_Paced_WaitsBetweenChunksOfText()
    {
        var time = new FakeTimeProvider();
        using var client = new OfflineChatClient(time);
        await using var stream = client.GetStreamingResponseAsync([new(ChatRole.User, "Plan the release")], null, Token).GetAsyncEnumerator(Token);

        var first = stream.MoveNextAsync();
        var before = first.IsCompleted;
        time.Advance(OfflineChatClient.DefaultChunkDelay);

        Assert.False(before);
        Assert.True(await first);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("Summarise this:\n\n", "The tram line {0} costs more than the council wanted. ")]
    [InlineData("", "- point {0} of the list\n")]
    [InlineData("", "word{0} ")]
    [InlineData("", "발표 자료 {0}를 정리해 주세요. ")]
    [InlineData("Compare A and B in terms of cost:\n\n", "A is {0} cheaper than B. ")]
    [InlineData("", "## Goal {0}\n### {0}. x (by y)\nResult:\n")]
    [InlineData("Make a table:\n", "key {0}: \"value, | {0}\n")]
    [InlineData("", "((((((((({0}+")]
    public async Task Answer_OfAHundredThousandCharacters_Comes(string head, string repeated)
    {
        var text = head + string.Concat(Enumerable.Range(0, 100_000 / repeated.Length).Select(i => string.Format(System.Globalization.CultureInfo.InvariantCulture, repeated, i)));

        await OfflineGoals.AskAsync(OfflineGoals.PlanPrompt(text), OfflineGoals.PlanOptions(4096));
        await OfflineGoals.AskAsync(OfflineGoals.WorkPrompt(text), OfflineGoals.WorkOptions(4096));
        await OfflineGoals.AskAsync(OfflineGoals.ReviewPrompt("x", new FinishedWork(1, "writer", "x", ["covers: a, b, c"], text)), OfflineGoals.ReviewOptions(4096));
        var answer = await OfflineGoals.AskAsync(text);

        // Linear work takes some tens of milliseconds; quadratic work takes minutes and runs into the time limit, which no busy machine reaches.
        Assert.NotEmpty(answer);
    }

    [Fact]
    public void Client_NamesItself()
    {
        using var client = OfflineGoals.Client();

        var metadata = client.GetService<ChatClientMetadata>();

        Assert.Equal(("offline", "hal9"), (metadata!.ProviderName, metadata.DefaultModelId));
        Assert.Same(client, client.GetService<OfflineChatClient>());
    }
}
