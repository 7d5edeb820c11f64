using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hal9.Engine.Models.Providers;

/// <summary>Puts what a provider did wrong into words that name it and hold no secret.</summary>
internal sealed class WireFaults(string provider, string? key, TimeProvider time)
{
    private const int MostMessage = 300;

    public ModelCallFailed Status(HttpStatusCode status, string body, HttpResponseHeaders headers)
    {
        var code = (int)status;
        var fault = code switch
        {
            401 or 403 => ModelFault.Unauthorized,
            404 when body.Contains("model", StringComparison.OrdinalIgnoreCase) => ModelFault.UnknownModel,
            429 => ModelFault.RateLimited,
            408 or 409 or >= 500 => ModelFault.ProviderError,
            >= 400 => ModelFault.BadRequest,
            _ => ModelFault.BadResponse,
        };
        var what = code switch
        {
            // The provider's own words may repeat a part of the key.
            401 => $"refused our key (HTTP 401). Check Hal9:Models:Providers:{provider}:ApiKey.",
            403 => $"refused us (HTTP 403){Said(body)}",
            404 => $"does not know the address or the model (HTTP 404){Said(body)}",
            429 => $"refused because of its rate limit or quota (HTTP 429){Said(body)}",
            >= 300 and < 400 => $"answered with a redirect (HTTP {code}), which is not followed: set BaseUrl to the address it points to.",
            >= 500 => $"failed (HTTP {code}){Said(body)}",
            _ => $"refused the request (HTTP {code}){Said(body)}",
        };
        return new ModelCallFailed(fault, $"The provider {provider} {what}") { RetryAfter = RetryAfter(headers), ShouldRetry = ShouldRetry(headers) };
    }

    public ModelCallFailed Unreachable(Exception inner) => new(ModelFault.Unreachable, $"The provider {provider} could not be reached: {Clean(inner.Message)}", inner);

    public ModelCallFailed NoAnswer(Exception inner) => new(ModelFault.Unreachable, $"The provider {provider} broke the connection off before it answered.", inner);

    public ModelCallFailed BrokenOff(Exception? inner) => new(ModelFault.Unreachable, $"The provider {provider} broke the connection off in the middle of its answer.", inner);

    public ModelCallFailed CutShort() => new(ModelFault.BadResponse, $"The provider {provider} ended its answer without saying that it was finished.");

    public ModelCallFailed Empty() => new(ModelFault.BadResponse, $"The provider {provider} answered without any choice.");

    public ModelCallFailed NotJson(string text) => new(ModelFault.BadResponse, $"The provider {provider} sent something that is not JSON: {Clean(text)}");

    public ModelCallFailed NotAStream(string? mediaType) => new(ModelFault.BadResponse, $"The provider {provider} answered with {Clean(mediaType ?? "no content type")} where a stream of events was asked for. Check its BaseUrl.");

    public ModelCallFailed TooLong() => new(ModelFault.BadResponse, $"The provider {provider} sent an event longer than {TappedStream.MostLine / 1024 / 1024} MiB.");

    public ModelCallFailed InStream(JsonNode error)
    {
        var type = error is JsonObject ? (error["type"] ?? error["code"])?.ToString() : null;
        var message = (error is JsonObject ? error["message"]?.ToString() : null) ?? error.ToJsonString();
        var fault = type switch
        {
            "rate_limit_error" or "rate_limit_exceeded" => ModelFault.RateLimited,
            "invalid_request_error" => ModelFault.BadRequest,
            "authentication_error" or "permission_error" => ModelFault.Unauthorized,
            _ => ModelFault.ProviderError,
        };
        return new ModelCallFailed(fault, $"The provider {provider} reported an error within its answer: {Clean(message)}");
    }

    public ModelCallFailed NotSent(Exception inner) => new(ModelFault.BadRequest, $"The request to the provider {provider} could not be made: {Clean(inner.Message)}", inner);

    public ModelCallFailed Unreadable(Exception inner) => new(ModelFault.BadResponse, $"The provider {provider} sent an answer that could not be read: {Clean(inner.Message)}", inner);

    private string Said(string body)
    {
        string? message = null;
        try
        {
            using var document = JsonDocument.Parse(body);
            message = Find(document.RootElement);
        }
        catch (JsonException)
        {
            message = body.TrimStart().StartsWith('<') ? null : body;
        }
        return string.IsNullOrWhiteSpace(message) ? "." : $": {Clean(message)}";
    }

    private static string? Find(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return null;
        }
        // FastAPI servers (vLLM, LiteLLM, TGI) put their complaint into "detail": a text, or a list of objects with "msg".
        var error = root.TryGetProperty("error", out var e) ? e : root.TryGetProperty("detail", out var d) ? d : root;
        return error.ValueKind switch
        {
            JsonValueKind.String => error.GetString(),
            JsonValueKind.Object when error.TryGetProperty("message", out var m) && m.ValueKind == JsonValueKind.String => m.GetString(),
            JsonValueKind.Array => error.GetRawText(),
            _ => null,
        };
    }

    /// <summary>One line of bounded length, without control characters and without our key.</summary>
    private string Clean(string text)
    {
        if (key is { Length: > 0 })
        {
            text = text.Replace(key, "***", StringComparison.Ordinal);
        }
        Span<char> line = stackalloc char[Math.Min(text.Length, MostMessage)];
        for (var i = 0; i < line.Length; i++)
        {
            line[i] = char.IsControl(text[i]) ? ' ' : text[i];
        }
        return text.Length > MostMessage ? string.Concat(line, "…") : line.ToString();
    }

    /// <summary>OpenAI's and Anthropic's own word on whether trying again makes sense; it wins over the status.</summary>
    private static bool? ShouldRetry(HttpResponseHeaders headers) =>
        headers.TryGetValues("x-should-retry", out var values) && bool.TryParse(values.FirstOrDefault(), out var should) ? should : null;

    private TimeSpan? RetryAfter(HttpResponseHeaders headers)
    {
        if (headers.TryGetValues("retry-after-ms", out var precise)
            && double.TryParse(precise.FirstOrDefault(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds < TimeSpan.MaxValue.TotalMilliseconds)
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }
        if (!headers.TryGetValues("Retry-After", out var values) || values.FirstOrDefault()?.Trim() is not { Length: > 0 } text)
        {
            return null;
        }
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
        {
            // Absurd numbers are kept as "very long", so that the error can name them.
            return TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.MaxValue.TotalSeconds / 2));
        }
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var until))
        {
            var wait = until - time.GetUtcNow();
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
        // Neither a number nor a date (or a negative number): nothing that could be honoured.
        return null;
    }
}
