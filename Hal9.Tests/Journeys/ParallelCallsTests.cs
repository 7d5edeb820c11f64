using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hal9.Tests.Support;

namespace Hal9.Tests.Journeys;

/// <summary>Many programs at once against one small budget.</summary>
public sealed class ParallelCallsTests
{
    private const int Calls = 200;
    private const long LimitNano = 30_000_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_hundred_parallel_calls_spend_a_small_budget_to_its_end_and_not_beyond()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        await using var host = await Hal9Host.StartAsync(provider);
        await host.Owner.LimitTenantAsync("0.03", Token);
        provider.Default = new ScriptedReply { Usage = new ScriptedUsage(25, 40) };

        var answers = await Task.WhenAll(Enumerable.Range(0, Calls).Select(n => host.Owner.ChatAsync(
            new JsonObject
            {
                ["model"] = "scripted/strong",
                ["max_tokens"] = 100,
                ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = $"Name tea number {n}." }),
            },
            Token)));

        Assert.All(answers, a => Assert.True(a.Status is HttpStatusCode.OK or HttpStatusCode.TooManyRequests, $"{a.Status}: {a.Body}"));
        var refused = answers.Where(a => a.Status == HttpStatusCode.TooManyRequests).ToList();
        Assert.NotEmpty(refused);
        Assert.All(refused, a => Assert.Equal("insufficient_quota", JsonDocument.Parse(a.Body).RootElement.GetProperty("error").GetProperty("code").GetString()));
        var entries = await host.Owner.LedgerAsync(Token);
        var booked = LedgerFacts.Booked(entries);
        var worst = entries.Where(e => LedgerFacts.Kind(e) == "reserve").Max(LedgerFacts.Nano);
        Assert.Equal(answers.Count(a => a.Status == HttpStatusCode.OK) * HandPrice.Scripted[0].NanoFor(new ScriptedUsage(25, 40)), booked);
        Assert.True(booked <= LimitNano, $"{booked} were settled above the limit of {LimitNano}");
        // A call may be refused only when what is settled plus its own worst case is above the limit; what is settled never falls.
        Assert.True(booked + worst > LimitNano, $"calls were refused although {booked} settled and a worst case of {worst} fit into {LimitNano}");
        Assert.Empty(LedgerFacts.Unbalanced(entries));
        var budget = await host.Owner.TenantBudgetAsync(Token);
        Assert.Equal(booked, budget.GetProperty("spentNanoUsd").GetInt64());
        Assert.Equal(0, budget.GetProperty("reservedNanoUsd").GetInt64());
    }
}
