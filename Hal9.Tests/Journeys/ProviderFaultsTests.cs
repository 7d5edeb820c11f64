using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hal9.Tests.Support;

namespace Hal9.Tests.Journeys;

/// <summary>A product whose calls give up quickly, so that faults can be waited for.</summary>
public sealed class ImpatientHost : IAsyncLifetime
{
    public ScriptedProvider Provider { get; private set; } = null!;

    public Hal9Host Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Provider = await ScriptedProvider.StartAsync();
        Host = await Hal9Host.StartAsync(Provider, settings =>
        {
            settings["Hal9:Models:Timeouts:FirstTokenSeconds"] = "1";
            settings["Hal9:Models:Timeouts:IdleSeconds"] = "1";
            settings["Hal9:Models:Timeouts:TotalSeconds"] = "6";
            settings["Hal9:Models:Retry:FirstDelaySeconds"] = "0.01";
            settings["Hal9:Models:Retry:MostDelaySeconds"] = "0.05";
            settings["Hal9:Models:Retry:MostRetryAfterSeconds"] = "2";
            settings["Hal9:Models:Breaker:MinimumThroughput"] = "10000";
        });
        await Host.Owner.LimitTenantAsync("1000", CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Provider.DisposeAsync();
    }
}

/// <summary>Whatever a provider does, a program gets an answer or a typed, readable error in time, and the books are closed.</summary>
public sealed class ProviderFaultsTests : IClassFixture<ImpatientHost>
{
    private static readonly Dictionary<string, Fault> Faults = new()
    {
        ["429 after 1 s"] = Fault.RateLimited(1),
        ["429 without Retry-After"] = Fault.RateLimited(),
        ["429 for three years"] = Fault.RateLimited(99_999_999),
        ["429 for ever"] = Fault.RateLimitedWith("99999999999999999999999"),
        ["429 before now"] = Fault.RateLimitedWith("-5"),
        ["429 soon"] = Fault.RateLimitedWith("soon"),
        ["429 until 2001"] = Fault.RateLimitedUntil(new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero)),
        ["500"] = Fault.ServerError,
        ["503"] = Fault.Unavailable,
        ["401"] = Fault.Unauthorized,
        ["404"] = Fault.ModelNotFound,
        ["silent"] = Fault.Silent,
        ["stall"] = Fault.Stall(),
        ["reset"] = Fault.Reset(),
        ["reset at once"] = Fault.Reset(0),
        ["truncated"] = Fault.Truncate(),
        ["malformed"] = Fault.MalformedJson(),
        ["html"] = Fault.Html,
        ["empty choices"] = Fault.EmptyChoices,
        ["error in stream"] = Fault.ErrorInStream(),
    };

    private static readonly Dictionary<string, ScriptedUsage> Usages = new()
    {
        ["missing"] = ScriptedUsage.Missing,
        ["zero"] = ScriptedUsage.Zero,
        ["negative"] = new ScriptedUsage(-500, -3),
        ["huge"] = new ScriptedUsage(4_000_000_000_000_000_000, 4_000_000_000_000_000_000),
        ["more cached than input"] = new ScriptedUsage(10, 10, Cached: 5000),
    };

    private readonly ImpatientHost host;

    public ProviderFaultsTests(ImpatientHost host)
    {
        this.host = host;
        host.Provider.Reset();
    }

    public static TheoryData<string, string, bool> Cases => [.. from fault in Faults.Keys from provider in new[] { "scripted", "claude" } from stream in new[] { false, true } select (fault, provider, stream)];

    public static TheoryData<string, string, bool> UsageCases => [.. from usage in Usages.Keys from provider in new[] { "scripted", "claude" } from stream in new[] { false, true } select (usage, provider, stream)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_provider_that_fails_for_good_becomes_a_readable_error(string fault, string provider, bool stream)
    {
        host.Provider.Script(_ => ScriptedReply.Of(new string('a', 200)) with { Fault = Faults[fault] });

        var (status, error, run) = await AskAsync(provider, stream);

        Assert.NotNull(error);
        Assert.True((int)status is 200 or >= 400, $"{status}");
        var message = error.Value.GetProperty("message").GetString()!;
        Assert.True(message.Length is > 10 and < 600, message);
        Assert.DoesNotContain("SECRET", message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", message, StringComparison.Ordinal);
        Assert.DoesNotContain("<html", message, StringComparison.OrdinalIgnoreCase);
        Assert.False(string.IsNullOrEmpty(error.Value.GetProperty("type").GetString()));
        Assert.Equal("failed", run.GetProperty("status").GetString());
        Assert.False(string.IsNullOrEmpty(run.GetProperty("error").GetString()));
        await AssertBooksAsync(run);
    }

    [Theory]
    [InlineData("429 after 1 s")]
    [InlineData("429 without Retry-After")]
    [InlineData("429 until 2001")]
    [InlineData("500")]
    [InlineData("503")]
    [InlineData("silent")]
    [InlineData("reset at once")]
    public async Task A_provider_that_fails_once_before_its_first_word_is_asked_again(string fault)
    {
        foreach (var provider in new[] { "scripted", "claude" })
        {
            foreach (var stream in new[] { false, true })
            {
                host.Provider.Reset();
                host.Provider.Enqueue(ScriptedReply.Fail(Faults[fault]));

                var (status, error, run) = await AskAsync(provider, stream);

                Assert.True(error is null && status == HttpStatusCode.OK, $"{provider} stream {stream}: {status} {error}");
                Assert.True(run.GetProperty("status").GetString() == "succeeded", run.GetRawText() + host.Host.Errors);
                Assert.Equal(2, host.Provider.Exchanges.Count);
                await AssertBooksAsync(run);
            }
        }
    }

    [Theory]
    [MemberData(nameof(UsageCases))]
    public async Task A_usage_that_makes_no_sense_is_booked_as_an_estimate_and_never_below_zero(string usage, string provider, bool stream)
    {
        host.Provider.Default = ScriptedReply.Of("An answer of some length, so that it has tokens.") with { Usage = Usages[usage] };

        var (status, error, run) = await AskAsync(provider, stream);

        Assert.True(error is null && status == HttpStatusCode.OK, $"{status} {error}");
        var call = run.GetProperty("steps")[0].GetProperty("modelCalls")[0];
        Assert.InRange(call.GetProperty("costNanoUsd").GetInt64(), 0, long.MaxValue);
        Assert.InRange(call.GetProperty("inputTokens").GetInt64(), 0, long.MaxValue);
        Assert.InRange(call.GetProperty("outputTokens").GetInt64(), 0, long.MaxValue);
        if (usage is "missing" or "negative")
        {
            Assert.True(call.GetProperty("usageEstimated").GetBoolean());
            Assert.InRange(call.GetProperty("costNanoUsd").GetInt64(), 1, call.GetProperty("reservedNanoUsd").GetInt64());
        }
        await AssertBooksAsync(run);
    }

    [Fact]
    public async Task Structured_output_that_stays_broken_ends_the_run_with_its_reason()
    {
        host.Provider.Script(request => request.Schema is null ? null : new ScriptedReply { Fault = Fault.BadToolArguments });
        var id = await host.Host.Owner.StartRunAsync("Plan a tea shop.", "standard", Token);

        var run = await host.Host.Owner.EndedRunAsync(id, Token);

        Assert.Equal("failed", run.GetProperty("status").GetString());
        Assert.False(string.IsNullOrEmpty(run.GetProperty("error").GetString()));
        await AssertBooksAsync(run);
    }

    [Fact]
    public async Task Structured_output_that_is_broken_once_is_repaired()
    {
        host.Provider.Enqueue(ScriptedReply.Fail(Fault.BadToolArguments));
        var id = await host.Host.Owner.StartRunAsync("Plan a tea shop.", "standard", Token);

        var run = await host.Host.Owner.EndedRunAsync(id, Token);

        Assert.True(run.GetProperty("status").GetString() == "succeeded", run.GetRawText() + host.Host.Errors);
        await AssertBooksAsync(run);
    }

    [Theory]
    [InlineData("scripted", false)]
    [InlineData("scripted", true)]
    [InlineData("claude", false)]
    [InlineData("claude", true)]
    public async Task A_tool_call_with_broken_arguments_reaches_its_caller_or_becomes_an_error(string provider, bool stream)
    {
        host.Provider.Default = new ScriptedReply { ToolCalls = [new ScriptedToolCall("brew", "{\"tea\": \"ass")] };
        var tool = JsonNode.Parse("""{ "type": "function", "function": { "name": "brew", "parameters": { "type": "object", "properties": { "tea": { "type": "string" } } } } }""");

        var (status, error, run) = await AskAsync(provider, stream, tool);

        Assert.True(error is not null || status == HttpStatusCode.OK, $"{status}");
        Assert.Contains(run.GetProperty("status").GetString(), new[] { "succeeded", "failed" });
        Assert.Equal(error is not null, run.GetProperty("status").GetString() == "failed");
        await AssertBooksAsync(run);
    }

    private async Task<(HttpStatusCode Status, JsonElement? Error, JsonElement Run)> AskAsync(string provider, bool stream, JsonNode? tool = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        var request = new JsonObject
        {
            ["model"] = provider + "/strong",
            ["stream"] = stream,
            ["max_tokens"] = 300,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Name a tea." }),
        };
        if (tool is not null)
        {
            request["tools"] = new JsonArray(tool);
        }
        var (status, body, headers) = await host.Host.Owner.ChatAsync(request, patience.Token);
        var run = await host.Host.Owner.EndedRunAsync(Guid.Parse(headers.GetValues("x-hal9-run-id").Single()), patience.Token);
        return (status, ErrorOf(body), run);
    }

    private static JsonElement? ErrorOf(string body)
    {
        var documents = body.StartsWith('{') ? [body] : body.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => line[6..]);
        foreach (var document in documents)
        {
            if (JsonDocument.Parse(document).RootElement.TryGetProperty("error", out var error))
            {
                return error;
            }
        }
        return null;
    }

    /// <summary>Nothing of the run stays reserved, each attempt is closed once, and the run says what was booked.</summary>
    private async Task AssertBooksAsync(JsonElement run)
    {
        var id = run.GetProperty("id").GetGuid();
        var entries = (await host.Host.Owner.LedgerAsync(Token)).Where(e => LedgerFacts.Run(e) == id).ToList();
        Assert.NotEmpty(entries);
        Assert.Empty(LedgerFacts.Unbalanced(entries));
        Assert.Equal(run.GetProperty("costNanoUsd").GetInt64(), LedgerFacts.Booked(entries));
        var budget = await host.Host.Owner.TenantBudgetAsync(Token);
        Assert.True(budget.GetProperty("reservedNanoUsd").GetInt64() == 0, string.Create(CultureInfo.InvariantCulture, $"{budget.GetProperty("reservedNanoUsd")} stay reserved"));
    }
}
