using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hal9.Engine.Models.Providers;

/// <summary>
/// Sits between an SDK and the network, one per provider: turns HTTP errors, pages and connection faults into errors of ours, and lays a tap on
/// the stream that notes usage and end marks. SDKs hide these, or word them each in their own way.
/// </summary>
internal sealed class WireTap(IWireShape shape, WireFaults faults, bool keyless, HttpMessageHandler inner) : DelegatingHandler(inner)
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
        record.Clock?.Enter();
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
        finally
        {
            record.Clock?.Leave();
        }
        try
        {
            if (!response.IsSuccessStatusCode)
            {
                // Neither OpenAI nor Anthropic charge for a request that they answer with an HTTP error.
                record.NotCharged = true;
                var body = await ReadAsync(response, MostErrorBody, cancellationToken);
                record.Learned = (int)response.StatusCode is 400 or 422 && record.Learn?.Invoke(body) == true;
                throw record.Fault = faults.Status(response.StatusCode, body, response.Headers);
            }
            var mediaType = response.Content.Headers.ContentType?.MediaType;
            var events = mediaType is "application/json"
                ? new MemoryStream(Encoding.UTF8.GetBytes(await WholeAsync(response, record, cancellationToken)))
                : await response.Content.ReadAsStreamAsync(cancellationToken);
            // Home-made servers forget to say that it is a stream, and the vendors' own clients do not look: its beginning tells.
            var doubt = mediaType is "text/event-stream" or "application/json" ? null : faults.NotAStream(mediaType);
            var content = new StreamContent(new TappedStream(events, shape, faults, record, doubt));
            foreach (var (name, values) in response.Content.Headers)
            {
                content.Headers.TryAddWithoutValidation(name, values);
            }
            content.Headers.ContentLength = null;
            content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
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

    /// <summary>An endpoint that cannot stream answers whole: the answer is taken as a stream of one event.</summary>
    private async Task<string> WholeAsync(HttpResponseMessage response, WireRecord record, CancellationToken cancellationToken)
    {
        var body = await ReadAsync(response, TappedStream.MostLine, cancellationToken);
        JsonObject? json;
        try
        {
            json = JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            throw record.Fault = faults.NotJson(body);
        }
        if (json?["error"] is { } error)
        {
            throw record.Fault = faults.InStream(error);
        }
        return (json is null ? null : shape.ToEvents(json)) ?? throw (record.Fault = faults.NotAStream("JSON"));
    }

    private static async Task<string> ReadAsync(HttpResponseMessage response, int most, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (body.Length < most && await stream.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            body.Write(buffer, 0, count);
        }
        return Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)Math.Min(body.Length, most));
    }
}
