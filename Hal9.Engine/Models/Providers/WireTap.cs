using System.Text;

namespace Hal9.Engine.Models.Providers;

/// <summary>
/// Sits between an SDK and the network, one per provider: turns HTTP errors, pages and connection faults into errors of ours, and lays a tap on
/// the stream that notes usage and end marks. SDKs hide these, or word them each in their own way.
/// </summary>
internal sealed class WireTap(IWireShape shape, WireFaults faults, bool keyless, Func<string, bool>? learn, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int MostErrorBody = 64 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var record = WireRecord.Current.Value ?? new WireRecord();
        if (keyless)
        {
            // The SDK cannot do without a key, the endpoint can.
            request.Headers.Authorization = null;
        }
        record.Sent = true;
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            record.NotCharged = e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;
            throw record.Fault = record.NotCharged ? faults.Unreachable(e) : faults.NoAnswer(e);
        }
        try
        {
            if (!response.IsSuccessStatusCode)
            {
                // Neither OpenAI nor Anthropic charge for a request that they answer with an HTTP error.
                record.NotCharged = true;
                var body = await ReadErrorAsync(response, cancellationToken);
                record.Learned = (int)response.StatusCode is 400 or 422 && learn?.Invoke(body) == true;
                throw record.Fault = faults.Status(response.StatusCode, body, response.Headers);
            }
            var mediaType = response.Content.Headers.ContentType?.MediaType;
            if (mediaType is not "text/event-stream")
            {
                throw record.Fault = await NotAStreamAsync(response, mediaType, cancellationToken);
            }
            var content = new StreamContent(new TappedStream(await response.Content.ReadAsStreamAsync(cancellationToken), shape, faults, record));
            foreach (var (name, values) in response.Content.Headers)
            {
                content.Headers.TryAddWithoutValidation(name, values);
            }
            content.Headers.ContentLength = null;
            response.Content = content;
            return response;
        }
        catch (Exception e)
        {
            response.Dispose();
            if (e is HttpRequestException or IOException)
            {
                throw record.Fault = faults.BrokenOff(e);
            }
            throw;
        }
    }

    private async Task<ModelCallFailed> NotAStreamAsync(HttpResponseMessage response, string? mediaType, CancellationToken cancellationToken)
    {
        if (mediaType is not "application/json")
        {
            return faults.NotAStream(mediaType);
        }
        var body = await ReadErrorAsync(response, cancellationToken);
        try
        {
            return System.Text.Json.Nodes.JsonNode.Parse(body) is System.Text.Json.Nodes.JsonObject json && json["error"] is { } error
                ? faults.InStream(error)
                : faults.NotAStream(mediaType);
        }
        catch (System.Text.Json.JsonException)
        {
            return faults.NotJson(body);
        }
    }

    private static async Task<string> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MostErrorBody];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
