using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hal9.Tests.Support;

/// <summary>An event of a run as a program sees it.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Type">Its type.</param>
/// <param name="Data">Its JSON, byte for byte.</param>
public sealed record SeenEvent(long Number, string Type, string Data);

/// <summary>A program that talks to the product over HTTP and knows only the published contract: paths and JSON, no types of ours.</summary>
public sealed class Hal9Client : IDisposable
{
    private readonly HttpClient http;

    private Hal9Client(string url)
    {
        Url = url;
        http = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromMinutes(5) };
    }

    /// <summary>The product's address.</summary>
    public string Url { get; }

    /// <summary>The API key in use, once there is one.</summary>
    public string Key { get; private set; } = "";

    /// <summary>The plain client, signed in.</summary>
    public HttpClient Http => http;

    /// <summary>Signs in with a password for an access token.</summary>
    public static async Task<Hal9Client> SignInAsync(string url, string email, string password, CancellationToken cancellationToken)
    {
        var client = new Hal9Client(url);
        var token = await client.PostAsync("/api/v1/auth/token", new JsonObject { ["email"] = email, ["password"] = password }, cancellationToken);
        client.http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.GetProperty("accessToken").GetString());
        return client;
    }

    /// <summary>A client with an API key.</summary>
    public static Hal9Client WithKey(string url, string key)
    {
        var client = new Hal9Client(url) { Key = key };
        client.http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>Makes an API key and uses it from now on.</summary>
    public async Task UseNewKeyAsync(string name, CancellationToken cancellationToken)
    {
        Key = (await PostAsync("/api/v1/keys", new JsonObject { ["name"] = name }, cancellationToken)).GetProperty("key").GetString()!;
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
    }

    /// <summary>Starts a run; returns its id.</summary>
    public async Task<Guid> StartRunAsync(string goal, string mode, CancellationToken cancellationToken, JsonObject? envelope = null)
    {
        var order = new JsonObject { ["goal"] = goal, ["mode"] = mode };
        if (envelope is not null)
        {
            order["envelope"] = envelope.DeepClone();
        }
        return (await PostAsync("/api/v1/runs", order, cancellationToken)).GetProperty("id").GetGuid();
    }

    /// <summary>The run with its tree.</summary>
    public Task<JsonElement> RunAsync(Guid id, CancellationToken cancellationToken) => GetAsync($"/api/v1/runs/{id}", cancellationToken);

    /// <summary>Waits for the run's last event, then reads it.</summary>
    public async Task<JsonElement> EndedRunAsync(Guid id, CancellationToken cancellationToken)
    {
        await foreach (var _ in EventsAsync(id, 0, cancellationToken))
        {
        }
        return await RunAsync(id, cancellationToken);
    }

    /// <summary>Events above a number, until the server ends the stream.</summary>
    public async IAsyncEnumerable<SeenEvent> EventsAsync(Guid id, long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/runs/{id}/events?from={from}");
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await EnsureAsync(answer, cancellationToken);
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
        {
            if (long.TryParse(item.EventId, out var number))
            {
                yield return new SeenEvent(number, item.EventType, item.Data);
            }
        }
    }

    /// <summary>All items of a list, page by page.</summary>
    public async Task<List<JsonElement>> AllAsync(string path, CancellationToken cancellationToken)
    {
        var items = new List<JsonElement>();
        string? next = null;
        do
        {
            var page = await GetAsync(next is null ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}after={Uri.EscapeDataString(next)}", cancellationToken);
            items.AddRange(page.GetProperty("items").EnumerateArray());
            next = page.TryGetProperty("next", out var cursor) && cursor.ValueKind == JsonValueKind.String ? cursor.GetString() : null;
        }
        while (next is not null);
        return items;
    }

    /// <summary>All ledger entries.</summary>
    public Task<List<JsonElement>> LedgerAsync(CancellationToken cancellationToken) => AllAsync("/api/v1/ledger", cancellationToken);

    /// <summary>The ledger's verdict.</summary>
    public Task<JsonElement> VerifyAsync(CancellationToken cancellationToken) => GetAsync("/api/v1/ledger/verify", cancellationToken);

    /// <summary>Limits the tenant's total spend.</summary>
    public Task<JsonElement> LimitTenantAsync(string limitUsd, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Put, "/api/v1/budgets",
        new JsonObject { ["scope"] = new JsonObject { ["kind"] = "tenant" }, ["period"] = "total", ["limitUsd"] = limitUsd }, cancellationToken);

    /// <summary>The tenant's total budget as it stands.</summary>
    public async Task<JsonElement> TenantBudgetAsync(CancellationToken cancellationToken) =>
        (await AllAsync("/api/v1/budgets", cancellationToken)).Single(b => b.GetProperty("scope").GetProperty("kind").GetString() == "tenant" && b.GetProperty("period").GetString() == "total");

    /// <summary>A chat completion as it comes, whatever its status.</summary>
    public async Task<(HttpStatusCode Status, string Body, HttpResponseHeaders Headers)> ChatAsync(JsonObject body, CancellationToken cancellationToken)
    {
        using var answer = await http.PostAsJsonAsync("/v1/chat/completions", body, cancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken), answer.Headers);
    }

    /// <summary>GET that must succeed.</summary>
    public Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    /// <summary>POST that must succeed.</summary>
    public Task<JsonElement> PostAsync(string path, JsonObject body, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, path, body, cancellationToken);

    /// <summary>A call that must succeed; else the exception shows the status and the body.</summary>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await http.SendAsync(request, cancellationToken);
        await EnsureAsync(answer, cancellationToken);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private static async Task EnsureAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (!answer.IsSuccessStatusCode)
        {
            var request = answer.RequestMessage!;
            throw new HttpRequestException(
                $"{request.Method} {request.RequestUri?.PathAndQuery} gave {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}", null, answer.StatusCode);
        }
    }
}
