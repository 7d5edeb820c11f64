using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using Hal9.Engine;
using Hal9.Tests.Support;
using OpenAI;
using OpenAI.Chat;

namespace Hal9.Tests.Journeys;

/// <summary>Clients that are not ours, with nothing but a base URL and a key.</summary>
[Collection(Hal9HostCollection.Name)]
public sealed class IndependentClientsTests
{
    private const string Model = "scripted/strong";
    private readonly Hal9Host host;

    public IndependentClientsTests(Hal9Host host)
    {
        this.host = host;
        host.Provider.Reset();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Dictionary<string, string> Environment => new() { ["HAL9_BASE_URL"] = host.Url + "/v1", ["HAL9_API_KEY"] = host.Owner.Key };

    [Fact]
    public async Task A_program_with_the_npm_client_chats_streams_lists_models_and_reads_errors()
    {
        NodeClients.Require("openai");
        host.Provider.Default = new ScriptedReply { Text = "Tea is a drink made from leaves, and a reason to sit down.", Usage = new ScriptedUsage(1200, 345, Cached: 1000, Reasoning: 45) };
        var nano = HandPrice.Scripted[0].NanoFor(host.Provider.Default.Usage!);

        var report = await NodeClients.RunAsync(
            "openai.mjs", new Dictionary<string, string>(Environment) { ["HAL9_SCENARIOS"] = "models,chat,stream,helper,unknownModel,wrongKey,badRequest,streamError" }, [Model, "scripted-not/there"], Token);

        var models = report.GetProperty("models").EnumerateArray().Select(id => id.GetString()).ToList();
        Assert.Superset(new HashSet<string?> { "hal9/auto", "hal9/quick", "hal9/standard", "hal9/deep" }, models.ToHashSet());
        Assert.Contains(Model, models);

        var chat = report.GetProperty("chat");
        Assert.Equal(host.Provider.Default.Text, chat.GetProperty("content").GetString());
        Assert.Equal("chat.completion", chat.GetProperty("object").GetString());
        Assert.Equal("stop", chat.GetProperty("finish").GetString());
        Assert.Equal("live", chat.GetProperty("provenance").GetString());
        AssertUsage(chat.GetProperty("usage"));
        Assert.Equal(new Usd(nano).ToString(), chat.GetProperty("cost").GetString());
        var run = await host.Owner.RunAsync(chat.GetProperty("run").GetGuid(), Token);
        Assert.Equal(nano, run.GetProperty("costNanoUsd").GetInt64());

        var stream = report.GetProperty("stream");
        Assert.Equal(host.Provider.Default.Text, stream.GetProperty("content").GetString());
        Assert.Equal(1, stream.GetProperty("ids").GetArrayLength());
        Assert.Equal(1, stream.GetProperty("roles").GetInt32());
        Assert.True(stream.GetProperty("chunks").GetInt32() > 3, "the stream came in one piece");
        Assert.Equal(["stop"], stream.GetProperty("finish").EnumerateArray().Select(f => f.GetString()));
        Assert.True(stream.GetProperty("usageOnLastOnly").GetBoolean());
        AssertUsage(stream.GetProperty("usage"));
        Assert.Equal(JsonValueKind.Object, stream.GetProperty("hal9").ValueKind);

        Assert.Equal(host.Provider.Default.Text, report.GetProperty("helper").GetString());
        AssertError(report.GetProperty("unknownModel"), "NotFoundError", 404, "model_not_found");
        AssertError(report.GetProperty("streamError"), "NotFoundError", 404, "model_not_found");
        AssertError(report.GetProperty("wrongKey"), "AuthenticationError", 401, "invalid_api_key");
        Assert.Equal("BadRequestError", report.GetProperty("badRequest").GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_program_with_the_dotnet_client_chats_streams_lists_models_and_reads_errors()
    {
        host.Provider.Default = new ScriptedReply { Text = "Tea is a drink made from leaves, and a reason to sit down.", Usage = new ScriptedUsage(1200, 345, Cached: 1000, Reasoning: 45) };
        var client = Client(host.Owner.Key);
        var chat = client.GetChatClient(Model);

        var completion = (await chat.CompleteChatAsync([new UserChatMessage("Say something about tea.")], cancellationToken: Token)).Value;
        Assert.Equal(host.Provider.Default.Text, completion.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, completion.FinishReason);
        Assert.Equal((1200, 345, 1000, 45), Usage(completion.Usage));

        var text = "";
        var updates = 0;
        ChatTokenUsage? usage = null;
        await foreach (var update in chat.CompleteChatStreamingAsync([new UserChatMessage("Say something about tea.")], cancellationToken: Token))
        {
            updates++;
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            usage = update.Usage ?? usage;
        }
        Assert.Equal(host.Provider.Default.Text, text);
        Assert.True(updates > 3, "the stream came in one piece");
        Assert.NotNull(usage);
        Assert.Equal((1200, 345, 1000, 45), Usage(usage));

        var models = (await client.GetOpenAIModelClient().GetModelsAsync(Token)).Value.Select(m => m.Id).ToList();
        Assert.Contains("hal9/deep", models);
        Assert.Contains(Model, models);

        var unknown = await Assert.ThrowsAsync<ClientResultException>(() => client.GetChatClient("scripted-not/there").CompleteChatAsync([new UserChatMessage("x")], cancellationToken: Token));
        Assert.Equal(404, unknown.Status);
        Assert.Contains("model_not_found", unknown.Message, StringComparison.Ordinal);
        var wrongKey = await Assert.ThrowsAsync<ClientResultException>(() => Client("hal9_wrong").GetChatClient(Model).CompleteChatAsync([new UserChatMessage("x")], cancellationToken: Token));
        Assert.Equal(401, wrongKey.Status);
    }

    [Fact]
    public async Task A_program_without_money_is_told_so_in_its_clients_own_words()
    {
        NodeClients.Require("openai");
        await using var poor = await Hal9Host.StartAsync(host.Provider);
        await poor.Owner.LimitTenantAsync("0.000001", Token);

        var report = await NodeClients.RunAsync(
            "openai.mjs", new Dictionary<string, string> { ["HAL9_BASE_URL"] = poor.Url + "/v1", ["HAL9_API_KEY"] = poor.Owner.Key, ["HAL9_SCENARIOS"] = "budget" }, [Model, ""], Token);

        var error = report.GetProperty("budget");
        AssertError(error, "RateLimitError", 429, "insufficient_quota");
        Assert.Contains("budget", error.GetProperty("message").GetString(), StringComparison.OrdinalIgnoreCase);
        var thrown = await Assert.ThrowsAsync<ClientResultException>(() => Client(poor.Owner.Key, poor.Url).GetChatClient(Model).CompleteChatAsync([new UserChatMessage("x")], cancellationToken: Token));
        Assert.Equal(429, thrown.Status);
        Assert.Empty(host.Provider.Exchanges);
    }

    private static (int, int, int, int) Usage(ChatTokenUsage usage) =>
        (usage.InputTokenCount, usage.OutputTokenCount, usage.InputTokenDetails.CachedTokenCount, usage.OutputTokenDetails.ReasoningTokenCount);

    private static void AssertUsage(JsonElement usage)
    {
        Assert.Equal(1200, usage.GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(345, usage.GetProperty("completion_tokens").GetInt32());
        Assert.Equal(1545, usage.GetProperty("total_tokens").GetInt32());
        Assert.Equal(1000, usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32());
        Assert.Equal(45, usage.GetProperty("completion_tokens_details").GetProperty("reasoning_tokens").GetInt32());
    }

    private static void AssertError(JsonElement error, string kind, int status, string code)
    {
        Assert.Equal(kind, error.GetProperty("kind").GetString());
        Assert.Equal(status, error.GetProperty("status").GetInt32());
        Assert.Equal(code, error.GetProperty("code").GetString());
    }

    private OpenAIClient Client(string key, string? url = null) =>
        new(new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = new Uri((url ?? host.Url) + "/v1"), RetryPolicy = new ClientRetryPolicy(0) });
}
