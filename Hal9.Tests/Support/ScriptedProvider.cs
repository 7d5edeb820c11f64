using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hal9.Engine.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Hal9.Tests.Support;

/// <summary>
/// A model provider for tests: real HTTP on loopback, in the shapes of OpenAI and Anthropic (both at once, whatever its kind), streamed and
/// whole. Without a script it answers a deterministic text, or JSON by the schema it is asked for. Every request is kept.
/// </summary>
public sealed class ScriptedProvider : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly List<ScriptedExchange> exchanges = [];
    private readonly Queue<ScriptedReply> next = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly WebApplication app;
    private TaskCompletionSource arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<ScriptedRequest, ScriptedReply?>? script;
    private int received;

    private ScriptedProvider(ProviderKind kind)
    {
        Kind = kind;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0);
            options.AddServerHeader = false;
        });
        app = builder.Build();
        app.Run(HandleAsync);
    }

    /// <summary>Whose shape <see cref="BaseUrl"/> is for.</summary>
    public ProviderKind Kind { get; }

    /// <summary>What a client of this kind is configured with: ends with <c>/v1</c> for OpenAI, without it for Anthropic.</summary>
    public string BaseUrl => UrlFor(Kind);

    /// <summary>The models that <c>GET /v1/models</c> tells.</summary>
    public IReadOnlyList<string> Models { get; set; } = ["scripted-large", "scripted-small"];

    /// <summary>How many objects an array of a schema is filled with.</summary>
    public int ItemsPerArray { get; set; } = 2;

    /// <summary>What every reply starts from when no script answers: pace, chunk size, usage.</summary>
    public ScriptedReply Default { get; set; } = new();

    /// <summary>All exchanges so far, in order of arrival.</summary>
    public IReadOnlyList<ScriptedExchange> Exchanges
    {
        get
        {
            lock (gate)
            {
                return [.. exchanges];
            }
        }
    }

    /// <summary>Starts a provider on a free port.</summary>
    public static async Task<ScriptedProvider> StartAsync(ProviderKind kind = ProviderKind.OpenAI)
    {
        var provider = new ScriptedProvider(kind);
        await provider.app.StartAsync();
        return provider;
    }

    /// <summary>The base URL for a kind's client.</summary>
    public string UrlFor(ProviderKind kind)
    {
        var origin = app.Urls.First();
        return kind == ProviderKind.Anthropic ? origin : origin + "/v1";
    }

    /// <summary>Answers every request from now on by a script; where it returns null, or leaves text and tool calls out, the default answers.</summary>
    public void Script(Func<ScriptedRequest, ScriptedReply?>? answer)
    {
        lock (gate)
        {
            script = answer;
        }
    }

    /// <summary>Answers the next requests, one each, before any script is asked.</summary>
    public void Enqueue(params IEnumerable<ScriptedReply> replies)
    {
        lock (gate)
        {
            foreach (var reply in replies)
            {
                next.Enqueue(reply);
            }
        }
    }

    /// <summary>Forgets scripts, queued replies and exchanges.</summary>
    public void Reset()
    {
        lock (gate)
        {
            script = null;
            next.Clear();
            exchanges.Clear();
            Default = new ScriptedReply();
            ItemsPerArray = 2;
        }
    }

    /// <summary>Waits until that many exchanges have begun (1: the first), and returns the one of that number since the last reset.</summary>
    public async Task<ScriptedExchange> ArrivalAsync(int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (gate)
            {
                if (exchanges.Count >= count)
                {
                    return exchanges[count - 1];
                }
                changed = arrival.Task;
            }
            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await app.StopAsync();
        await app.DisposeAsync();
        stopping.Dispose();
    }

    private async Task HandleAsync(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "";
        if (HttpMethods.IsGet(http.Request.Method) && path.EndsWith("/models", StringComparison.Ordinal))
        {
            await http.Response.WriteAsJsonAsync(ScriptedPlayer.Models(Models), http.RequestAborted);
        }
        else if (HttpMethods.IsPost(http.Request.Method) && path == "/v1/chat/completions")
        {
            await AnswerAsync(http, ProviderKind.OpenAI);
        }
        else if (HttpMethods.IsPost(http.Request.Method) && path == "/v1/messages")
        {
            await AnswerAsync(http, ProviderKind.Anthropic);
        }
        else
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private async Task AnswerAsync(HttpContext http, ProviderKind shape)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping.Token);
        var body = await JsonSerializer.DeserializeAsync<JsonElement>(http.Request.Body, cancellationToken: ending.Token);
        var headers = http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var exchange = Begin(ScriptedRequest.Read(shape, Interlocked.Increment(ref received), body, headers));
        var outcome = ExchangeOutcome.ClientLeft;
        try
        {
            outcome = await new ScriptedPlayer(http, exchange, ending.Token).PlayAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            http.Abort();
        }
        finally
        {
            exchange.End(outcome);
        }
    }

    private ScriptedExchange Begin(ScriptedRequest request)
    {
        lock (gate)
        {
            var reply = (next.TryDequeue(out var queued) ? queued : script?.Invoke(request)) ?? Default;
            var exchange = new ScriptedExchange(request, Complete(request, reply));
            exchanges.Add(exchange);
            arrival.SetResult();
            arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return exchange;
        }
    }

    /// <summary>Decides what a reply leaves open: JSON by the schema (as text, or as the forced tool's arguments), else a text.</summary>
    private ScriptedReply Complete(ScriptedRequest request, ScriptedReply reply)
    {
        if (reply.Text is null && reply.ToolCalls.Count == 0)
        {
            reply = reply with { Text = request.Schema is { } schema ? Fill(schema) : $"This is a scripted answer of {request.Model} to: {Start(request.LastUser)}" };
        }
        if (request.ForcedTool is { } tool && reply.ToolCalls.Count == 0)
        {
            reply = reply with { ToolCalls = [new ScriptedToolCall(tool, reply.Text!)], Text = "" };
        }
        if (reply.Fault?.Kind == FaultKind.BadToolArguments)
        {
            reply = reply with { ToolCalls = [.. reply.ToolCalls.Select(call => call with { Arguments = Cut(call.Arguments) })], Text = Cut(reply.Text ?? "") };
        }
        return reply;
    }

    private string Fill(JsonElement schema) => new SchemaFiller(schema, ItemsPerArray, name => $"Scripted {name}.").Fill()?.ToJsonString() ?? "null";

    private static string Cut(string json) => json[..(json.Length / 2)];

    private static string Start(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length > 80 ? line[..80] : line;
    }
}
