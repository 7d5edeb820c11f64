using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Engine.Models;

/// <summary>What happens at a limit, step by step, over a real ledger and a scripted provider whose models have three prices.</summary>
public sealed class LadderTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clamp_ShortensTheAnswerToWhatIsLeft_AndSaysSo()
    {
        await using var bench = await ModelBench.StartAsync();
        await LimitAsync(bench, 10_000_000, LadderStep.Clamp);

        await bench.AskAsync(options: new ChatOptions { MaxOutputTokens = 1000 });

        var (_, attempt, _) = Assert.Single(bench.Journal.Calls);
        var step = Assert.Single(attempt.OnLimit);
        var asked = bench.Provider.Exchanges.Single().Request.MaxTokens!.Value;
        Assert.Equal(LadderStep.Clamp, step.Step);
        Assert.InRange(asked, 128, 999);
        Assert.StartsWith($"The answer is limited to {asked} instead of 1000 tokens. The tenant budget allows 0.01 USD", step.Reason, StringComparison.Ordinal);
        // As long as fits, and not a token longer: one costs 17,500 nano-USD at most.
        Assert.InRange(attempt.Reserved.Nano, 10_000_000 - 17_500, 10_000_000);
        Assert.Equal(0, bench.OpenReservations());
        Assert.True(bench.EnvelopeIsSettled(100_000_000));
    }

    [Fact]
    public async Task Clamp_OfAnAnswerInJson_IsPassedOver()
    {
        await using var bench = await ModelBench.StartAsync();
        await LimitAsync(bench, 10_000_000, LadderStep.Clamp);

        var refused = await Assert.ThrowsAsync<BudgetRefused>(() =>
            bench.Open(ChatResponseFormat.ForJsonSchema<int[]>()).GetResponseAsync([new(ChatRole.User, "Count.")], new ChatOptions { MaxOutputTokens = 1000 }, Now));

        Assert.Null(refused.Refusal.Next);
        Assert.Empty(bench.Provider.Exchanges);
    }

    [Fact]
    public async Task Clamp_ToLessThanAnAnswer_GoesOnWithTheNextStep()
    {
        await using var bench = await ModelBench.StartAsync();
        await LimitAsync(bench, 1_000_000, LadderStep.Clamp, LadderStep.Cheaper);

        await bench.AskAsync(options: new ChatOptions { MaxOutputTokens = 1000 });

        Assert.Equal("balanced", bench.Provider.Exchanges.Single().Request.Model);
        Assert.Equal([LadderStep.Cheaper, LadderStep.Clamp], bench.Journal.Calls.Single().Attempt.OnLimit.Select(step => step.Step));
    }

    [Theory]
    [InlineData(20_000_000, "balanced")]
    [InlineData(1_000_000, "fast")]
    public async Task Cheaper_AsksTheDearestModelThatFits(long limit, string model)
    {
        await using var bench = await ModelBench.StartAsync();
        await LimitAsync(bench, limit, LadderStep.Cheaper);

        await bench.AskAsync(options: new ChatOptions { MaxOutputTokens = 4000 });

        var (_, attempt, _) = Assert.Single(bench.Journal.Calls);
        Assert.Equal((bench.Model(model), model), (attempt.Model, bench.Provider.Exchanges.Single().Request.Model));
        Assert.StartsWith($"scripted/{model} was asked instead of scripted/strong. The tenant budget allows", Assert.Single(attempt.OnLimit).Reason, StringComparison.Ordinal);
        Assert.Equal(HandPrice.NanoFor(bench.Provider.Exchanges), bench.Envelope.Spent.Nano);
    }

    [Theory]
    [InlineData("writer")]
    [InlineData("direct")]
    public async Task Offline_AnswersForNothing_AndIsLabelledSo(string neuron)
    {
        await using var bench = await ModelBench.StartAsync();
        await LimitAsync(bench, 1, LadderStep.Cheaper, LadderStep.Offline, LadderStep.Pause);

        var answer = await bench.Models.Open(bench.Context(neuron: neuron), bench.Model()).GetResponseAsync([new(ChatRole.User, "What is 2 + 3?")], cancellationToken: Now);

        var (_, attempt, outcome) = Assert.Single(bench.Journal.Calls);
        Assert.Equal((new ModelRef("offline", "hal9"), Provenance.Offline, Usd.Zero), (attempt.Model, outcome.Provenance, outcome.Cost));
        Assert.NotEmpty(answer.Text);
        Assert.Equal(LadderStep.Offline, Assert.Single(attempt.OnLimit).Step);
        Assert.Empty(bench.Provider.Exchanges);
    }

    [Fact]
    public async Task Pause_ComesWhenNothingElseHelps_AndIsForTheCallerToDo()
    {
        await using var bench = await ModelBench.StartAsync();
        await LimitAsync(bench, 1, LadderStep.Clamp, LadderStep.Cheaper, LadderStep.Pause, LadderStep.Refuse);

        var refused = await Assert.ThrowsAsync<BudgetRefused>(() => bench.AskAsync());

        Assert.Equal(LadderStep.Pause, refused.Refusal.Next);
        Assert.Empty(bench.Provider.Exchanges);
        Assert.True(bench.EnvelopeIsSettled(100_000_000));
    }

    [Fact]
    public async Task Ladders_OfTwoBudgets_AreBothWalked()
    {
        await using var bench = await ModelBench.StartAsync();
        await LimitAsync(bench, 20_000_000, LadderStep.Cheaper);
        await PutAsync(bench, new PutBudget { ScopeKind = BudgetScopeKind.Model, ScopeId = "scripted/balanced", Period = BudgetPeriod.Day, Limit = new Usd(2_000_000), Ladder = [LadderStep.Clamp] });

        await bench.AskAsync(options: new ChatOptions { MaxOutputTokens = 4000 });

        var taken = bench.Journal.Calls.Single().Attempt.OnLimit;
        Assert.Equal([(LadderStep.Cheaper, "tenant"), (LadderStep.Clamp, "model scripted/balanced")], taken.Select(step => (step.Step, step.Scope)));
        Assert.InRange(bench.Journal.Calls.Single().Attempt.Reserved.Nano, 1_990_000, 2_000_000);
    }

    private static Task<BudgetView> LimitAsync(ModelBench bench, long nano, params LadderStep[] ladder) =>
        PutAsync(bench, new PutBudget { ScopeKind = BudgetScopeKind.Tenant, Period = BudgetPeriod.Total, Limit = new Usd(nano), Ladder = ladder });

    private static Task<BudgetView> PutAsync(ModelBench bench, PutBudget order) =>
        bench.Services.GetRequiredService<BudgetService>().PutAsync(new Actor(bench.Tenant, Guid.CreateVersion7(), Role.Admin), order, Now);
}
