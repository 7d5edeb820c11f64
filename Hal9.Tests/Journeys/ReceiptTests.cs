using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hal9.Engine;
using Hal9.Engine.Models;
using Hal9.Tests.Support;

namespace Hal9.Tests.Journeys;

/// <summary>A deep run over real HTTP: its tree, its answer, and a receipt that equals the cost computed by hand, to the nano-dollar.</summary>
public sealed class ReceiptTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ProviderKind.OpenAI)]
    [InlineData(ProviderKind.Anthropic)]
    public async Task A_deep_run_costs_what_its_calls_cost_by_hand(ProviderKind kind)
    {
        await using var provider = await ScriptedProvider.StartAsync(kind);
        await using var host = await Hal9Host.StartAsync(provider);
        await host.Owner.LimitTenantAsync("100", Token);
        provider.Script(request => new ScriptedReply
        {
            Usage = UsageOf(kind, request.Number),
            // The second and the fifth request are lost once and tried again.
            Fault = request.Number is 2 or 5 ? Fault.Unavailable : null,
        });

        var id = await host.Owner.StartRunAsync("Plan a tea shop: rooms, menu, staff.", "deep", Token);
        var run = await host.Owner.EndedRunAsync(id, Token);

        Assert.True(run.GetProperty("status").GetString() == "succeeded", run.GetRawText() + host.Errors);
        Assert.Equal("live", run.GetProperty("provenance").GetString());
        var billed = provider.Exchanges.Where(e => e.Billed).ToList();
        Assert.Equal(2, provider.Exchanges.Count(e => e.Outcome == ExchangeOutcome.Faulted));
        var byHand = HandPrice.NanoFor(billed);
        Assert.Equal(byHand, run.GetProperty("costNanoUsd").GetInt64());
        Assert.Equal((byHand / 1_000_000_000m).ToString("0.#########", CultureInfo.InvariantCulture), run.GetProperty("costUsd").GetString());

        var root = Assert.Single(run.GetProperty("steps").EnumerateArray());
        Assert.Equal("L4", root.GetProperty("layer").GetString());
        Assert.Equal(byHand, root.GetProperty("costNanoUsd").GetInt64());
        var designers = root.GetProperty("steps").EnumerateArray().ToList();
        Assert.Equal(["L3", "L3"], designers.Select(s => s.GetProperty("layer").GetString()));
        Assert.All(designers, designer => Assert.Equal(["L2", "L2"], designer.GetProperty("steps").EnumerateArray().Select(s => s.GetProperty("layer").GetString())));
        var calls = Calls(root).ToList();
        Assert.Equal(
            billed.Select(e => HandPrice.Scripted.Single(p => p.Model == e.Request.Model).NanoFor(e.Usage)).Order(),
            calls.Where(c => c.GetProperty("status").GetString() == "succeeded").Select(c => c.GetProperty("costNanoUsd").GetInt64()).Order());
        Assert.All(calls.Where(c => c.GetProperty("status").GetString() == "failed"), c => Assert.Equal(0, c.GetProperty("costNanoUsd").GetInt64()));
        Assert.Contains(calls, c => c.GetProperty("attempt").GetInt32() == 2);
        Assert.Equal(billed.Sum(e => e.Usage.Cached), calls.Sum(c => c.GetProperty("cachedTokens").GetInt64()));
        Assert.Equal(billed.Sum(e => e.Usage.Reasoning), calls.Sum(c => c.GetProperty("reasoningTokens").GetInt64()));

        await AssertBooksAsync(host.Owner, id, byHand);
    }

    [Theory]
    [InlineData(ProviderKind.OpenAI)]
    [InlineData(ProviderKind.Anthropic)]
    public async Task A_deep_answer_streams_to_a_chat_client_and_ends_with_its_receipt(ProviderKind kind)
    {
        await using var provider = await ScriptedProvider.StartAsync(kind);
        await using var host = await Hal9Host.StartAsync(provider);
        await host.Owner.LimitTenantAsync("100", Token);
        provider.Script(request => new ScriptedReply { Usage = UsageOf(kind, request.Number), Text = request.Schema is null ? "# The tea shop\n\n" + new string('t', 400) : null });

        var (status, body, headers) = await host.Owner.ChatAsync(
            new JsonObject
            {
                ["model"] = "hal9/deep",
                ["stream"] = true,
                ["stream_options"] = new JsonObject { ["include_usage"] = true },
                ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Plan a tea shop." }),
            },
            Token);

        Assert.True(status == System.Net.HttpStatusCode.OK, body + host.Errors);
        var chunks = body.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonDocument.Parse(line[6..]).RootElement).ToList();
        var text = string.Concat(chunks.SelectMany(c => c.GetProperty("choices").EnumerateArray())
            .Select(c => c.GetProperty("delta").TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String ? content.GetString() : ""));
        Assert.Equal(provider.Exchanges[^1].Text, text);
        Assert.True(provider.Exchanges[^1].Request.Stream, "the entry neuron's answer is streamed from the provider on");
        var byHand = HandPrice.NanoFor(provider.Exchanges);
        var receipt = chunks[^1].GetProperty("hal9");
        Assert.Equal(new Usd(byHand).ToString(), receipt.GetProperty("costUsd").GetString());
        await AssertBooksAsync(host.Owner, Guid.Parse(headers.GetValues("x-hal9-run-id").Single()), byHand);
    }

    /// <summary>Run, ledger, budget and cost report agree with the hand.</summary>
    private static async Task AssertBooksAsync(Hal9Client client, Guid run, long byHand)
    {
        Assert.Equal(byHand, (await client.RunAsync(run, Token)).GetProperty("costNanoUsd").GetInt64());
        var entries = await client.LedgerAsync(Token);
        Assert.Equal(byHand, LedgerFacts.Booked(entries, run));
        Assert.Empty(LedgerFacts.Unbalanced(entries));
        var budget = await client.TenantBudgetAsync(Token);
        Assert.Equal(byHand, budget.GetProperty("spentNanoUsd").GetInt64());
        Assert.Equal(0, budget.GetProperty("reservedNanoUsd").GetInt64());
        var line = Assert.Single(await client.AllAsync("/api/v1/costs?groupBy=run", Token), item => item.GetProperty("key").GetString() == run.ToString());
        Assert.Equal(byHand, line.GetProperty("nanoUsd").GetInt64());
        var models = await client.AllAsync("/api/v1/costs?groupBy=model", Token);
        Assert.Equal(byHand, models.Sum(item => item.GetProperty("nanoUsd").GetInt64()));
        Assert.Equal("intact", (await client.VerifyAsync(Token)).GetProperty("verdict").GetString());
    }

    private static IEnumerable<JsonElement> Calls(JsonElement step) =>
        step.GetProperty("modelCalls").EnumerateArray().Concat(step.GetProperty("steps").EnumerateArray().SelectMany(Calls));

    /// <summary>Uneven numbers, with every kind of token that the shape can tell.</summary>
    private static ScriptedUsage UsageOf(ProviderKind kind, int n) => kind == ProviderKind.OpenAI
        ? new ScriptedUsage(1003 + (37 * n), 201 + (13 * n), Cached: 256 * (n % 3), Reasoning: 17 * (n % 4))
        : new ScriptedUsage(1003 + (37 * n), 201 + (13 * n), Cached: 256 * (n % 3), CacheWrite: 65 * (n % 2), CacheWrite1h: 33 * (n % 5));
}
