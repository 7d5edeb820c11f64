using System.Text;
using System.Text.Json.Nodes;
using Hal9.Engine.Models;
using Microsoft.AspNetCore.Http;

namespace Hal9.Tests.Support;

/// <summary>Sends an exchange's reply over HTTP, with its pace, its gates and its fault. Every wait ends when the client leaves.</summary>
internal sealed class ScriptedPlayer(HttpContext http, ScriptedExchange exchange, CancellationToken cancellationToken)
{
    private readonly ScriptedShape shape = ScriptedShape.Of(exchange.Request.Shape);
    private readonly ScriptedReply reply = exchange.Reply;

    /// <returns>Whether the whole answer or a fault went out.</returns>
    public async Task<ExchangeOutcome> PlayAsync()
    {
        if (reply.Hold is not null)
        {
            await reply.Hold.PassAsync(cancellationToken);
        }
        switch (reply.Fault?.Kind)
        {
            case FaultKind.Status:
                if (reply.Fault.ShouldRetry is not null)
                {
                    http.Response.Headers["x-should-retry"] = reply.Fault.ShouldRetry;
                }
                if (reply.Fault.RetryAfter is not null)
                {
                    http.Response.Headers["retry-after"] = reply.Fault.RetryAfter;
                }
                await SendAsync(reply.Fault.StatusCode, "application/json", shape.Error(reply.Fault).ToJsonString());
                return ExchangeOutcome.Faulted;
            case FaultKind.Html:
                await SendAsync(200, "text/html", "<!doctype html><html><head><title>Sign in to the network</title></head><body><h1>Sign in</h1></body></html>");
                return ExchangeOutcome.Faulted;
            case FaultKind.SlowFirstByte:
                await Task.Delay(reply.Fault.Wait, cancellationToken);
                break;
        }
        return exchange.Request.Stream ? await StreamAsync() : await WholeAsync();
    }

    private async Task<ExchangeOutcome> WholeAsync()
    {
        await Task.Delay(reply.Pace, cancellationToken);
        var body = shape.Whole(exchange).ToJsonString();
        switch (reply.Fault?.Kind)
        {
            case FaultKind.Stall:
                await SendPartAsync(body[..(body.Length / 2)]);
                await Task.Delay(Timeout.Infinite, cancellationToken);
                break;
            case FaultKind.Reset:
                await SendPartAsync(body[..(body.Length / 2)]);
                http.Abort();
                return ExchangeOutcome.Faulted;
            case FaultKind.Truncate or FaultKind.MalformedJson:
                await SendAsync(200, "application/json", body[..(body.Length / 2)]);
                return ExchangeOutcome.Faulted;
            case FaultKind.ErrorInStream:
                await SendAsync(200, "application/json", shape.Error(reply.Fault).ToJsonString());
                return ExchangeOutcome.Faulted;
        }
        await SendAsync(200, "application/json", body);
        return Outcome;
    }

    private async Task<ExchangeOutcome> StreamAsync()
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-cache";
        await http.Response.StartAsync(cancellationToken);
        var sent = 0;
        foreach (var frame in shape.Stream(exchange))
        {
            if (reply.Fault is { } fault && IsDue(fault, frame, sent) && await BreakAsync(fault))
            {
                return ExchangeOutcome.Faulted;
            }
            if (frame.Content)
            {
                if (sent == reply.HoldAfterChunks && reply.HoldWithin is not null)
                {
                    await reply.HoldWithin.PassAsync(cancellationToken);
                }
                await Task.Delay(reply.Pace, cancellationToken);
                sent++;
            }
            await WriteAsync(frame);
        }
        return Outcome;
    }

    private ExchangeOutcome Outcome =>
        reply.Fault?.Kind is null or FaultKind.SlowFirstByte ? ExchangeOutcome.Answered : ExchangeOutcome.Faulted;

    /// <summary>After its number of content chunks, or at the end of the content when there were fewer.</summary>
    private static bool IsDue(Fault fault, Frame frame, int sent) => frame.Content ? sent == fault.AfterChunks : sent > 0 && sent < fault.AfterChunks;

    /// <returns>Whether the stream is over.</returns>
    private async Task<bool> BreakAsync(Fault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.Stall:
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return true;
            case FaultKind.Reset:
                http.Abort();
                return true;
            case FaultKind.Truncate:
                return true;
            case FaultKind.MalformedJson:
                await WriteAsync(new Frame(exchange.Request.Shape == ProviderKind.Anthropic ? "content_block_delta" : null, "{\"choices\":[{\"delta\":{\"content\":\"brok"));
                return true;
            case FaultKind.ErrorInStream:
                await WriteAsync(shape.ErrorFrame(fault));
                return true;
            default:
                return false;
        }
    }

    private async Task WriteAsync(Frame frame)
    {
        var text = (frame.Event is null ? "" : $"event: {frame.Event}\n") + $"data: {frame.Data}\n\n";
        await http.Response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
    }

    private async Task SendAsync(int status, string contentType, string body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = Encoding.UTF8.GetByteCount(body);
        await http.Response.WriteAsync(body, cancellationToken);
    }

    private async Task SendPartAsync(string part)
    {
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(part, cancellationToken);
        await http.Response.Body.FlushAsync(cancellationToken);
    }

    /// <summary>The list of models, in a form that both shapes' clients read.</summary>
    public static JsonObject Models(IEnumerable<string> names) => new()
    {
        ["object"] = "list",
        ["data"] = new JsonArray([.. names.Select(name => new JsonObject { ["id"] = name, ["object"] = "model", ["created"] = 1_767_225_600, ["owned_by"] = "scripted" })]),
    };
}
