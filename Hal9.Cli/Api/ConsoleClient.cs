using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hal9.Cli.Access;

namespace Hal9.Cli.Api;

/// <summary>An answer: the console's own JSON, untouched, and a look into it.</summary>
internal sealed record Reply(string Body)
{
    private JsonElement? root;

    public JsonElement Root => root ??= ReadJson(Body);

    private static JsonElement ReadJson(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw new ToolFailure(ExitCode.Failed, "The answer is not JSON.", "Is this the address of a HAL9 Console?");
        }
    }
}

/// <summary>Talks to the console over its public interface, and knows nothing else of it.</summary>
internal sealed class ConsoleClient : IDisposable
{
    private readonly HttpClient http;
    private readonly Session session;

    public ConsoleClient(Surroundings around, Session session)
    {
        this.session = session;
        // Each request has its own end: streams last as long as the run.
        http = new HttpClient(around.Wire()) { BaseAddress = session.Url, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("hal9", typeof(ConsoleClient).Assembly.GetName().Version?.ToString(3)));
    }

    public Task<Reply> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    public async Task<Reply> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
    {
        using var answer = await OpenAsync(method, path, body, cancellationToken, headers);
        return new Reply(await ReadAsync(() => answer.Content.ReadAsStringAsync(cancellationToken)));
    }

    /// <summary>A successful answer whose body is still to be read.</summary>
    /// <exception cref="ToolFailure">Anything else.</exception>
    public async Task<HttpResponseMessage> OpenAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
    {
        var bearer = await session.FindBearerAsync(refresh => RefreshAsync(refresh, cancellationToken), cancellationToken)
            ?? throw new ToolFailure(ExitCode.Denied, $"Not signed in at {session.Url.ToString().TrimEnd('/')}.", "Sign in with 'hal9 login', or set HAL9_API_KEY.");
        var answer = await TrySendAsync(method, path, body, bearer, cancellationToken, headers);
        if (answer.StatusCode == HttpStatusCode.Unauthorized && await session.RenewAsync(bearer, refresh => RefreshAsync(refresh, cancellationToken), cancellationToken))
        {
            answer.Dispose();
            answer = await TrySendAsync(method, path, body, session.Profile!.AccessToken, cancellationToken, headers);
        }
        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }
        using (answer)
        {
            throw await Refusals.ReadAsync(answer, cancellationToken);
        }
    }

    /// <summary>An answer as it comes, whatever its status; <paramref name="bearer"/> null: without a credential.</summary>
    public async Task<HttpResponseMessage> TrySendAsync(
        HttpMethod method, string path, JsonNode? body, string? bearer, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path.TrimStart('/'));
        if (bearer is not null && !AuthenticationHeaderValue.TryParse("Bearer " + bearer, out _))
        {
            throw ToolFailure.Usage("The key has characters that no key has.");
        }
        request.Headers.Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer);
        request.Content = body is null ? null : JsonContent.Create(body);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        return await ReadAsync(() => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken));
    }

    /// <summary>What is sent now, for a check by hand.</summary>
    public Task<string?> FindBearerAsync(CancellationToken cancellationToken) => session.FindBearerAsync(refresh => RefreshAsync(refresh, cancellationToken), cancellationToken);

    /// <summary>Signs in.</summary>
    public async Task<Tokens> SignInAsync(JsonObject who, CancellationToken cancellationToken)
    {
        using var answer = await TrySendAsync(HttpMethod.Post, "api/v1/auth/token", who, null, cancellationToken);
        return answer.IsSuccessStatusCode ? await ReadTokensAsync(answer, cancellationToken) : throw await Refusals.ReadAsync(answer, cancellationToken);
    }

    private async Task<Tokens?> RefreshAsync(string refreshToken, CancellationToken cancellationToken)
    {
        using var answer = await TrySendAsync(HttpMethod.Post, "api/v1/auth/token", new JsonObject { ["refreshToken"] = refreshToken }, null, cancellationToken);
        return answer switch
        {
            { IsSuccessStatusCode: true } => await ReadTokensAsync(answer, cancellationToken),
            { StatusCode: HttpStatusCode.Unauthorized } => throw new ToolFailure(ExitCode.Denied, "The sign-in has ended.", "Sign in again with 'hal9 login'."),
            _ => throw await Refusals.ReadAsync(answer, cancellationToken),
        };
    }

    private static async Task<Tokens> ReadTokensAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var root = new Reply(await ReadAsync(() => answer.Content.ReadAsStringAsync(cancellationToken))).Root;
        return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("accessToken", out var access) && root.TryGetProperty("refreshToken", out var refresh)
            && root.TryGetProperty("expiresIn", out var life)
            ? new Tokens(access.GetString()!, refresh.GetString()!, life.GetInt32())
            : throw new ToolFailure(ExitCode.Failed, "The answer to signing in is not what was expected.", "Is this the address of a HAL9 Console?");
    }

    public void Dispose() => http.Dispose();

    /// <summary>Whatever breaks on the way is one thing to the caller: the console cannot be reached.</summary>
    private static async Task<T> ReadAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (HttpRequestException e)
        {
            throw Refusals.Unreachable(e);
        }
        catch (IOException e)
        {
            throw Refusals.Unreachable(e);
        }
    }
}
