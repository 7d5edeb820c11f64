using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Hal9.Benchmarks.Gateway;

/// <summary>
/// The model behind all sides, in a process of its own: raw Kestrel without routing, answers that were written beforehand. The model's name says how it
/// answers: <c>instant</c> at once, <c>paced-N-MS</c> with N pieces MS milliseconds apart, <c>thinking-MS</c> after a while and with the JSON that a
/// neuron is asked for; of those it keeps when each call began and ended, by the number that the goal carries.
/// </summary>
internal static partial class FakeModel
{
    public const string Text = "Forty-two is the answer that was asked for.";

    private static readonly byte[] Whole = Encoding.UTF8.GetBytes(
        $$$"""{"id":"chatcmpl-1","object":"chat.completion","created":1760000000,"model":"instant","choices":[{"index":0,"message":{"role":"assistant","content":"{{{Text}}}"},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":21,"completion_tokens":10,"total_tokens":31}}""");

    private static readonly byte[] Streamed = Encoding.UTF8.GetBytes(
        Piece("""{"role":"assistant","content":""}""", null) + Piece($$"""{"content":"{{Text}}"}""", null) + Piece("{}", "stop") + Usage + "data: [DONE]\n\n");

    private static readonly ConcurrentQueue<string> Calls = new();

    private static string Usage =>
        "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1760000000,\"model\":\"instant\",\"choices\":[],\"usage\":{\"prompt_tokens\":21,\"completion_tokens\":10,\"total_tokens\":31}}\n\n";

    public static async Task<int> ServeAsync()
    {
        var app = Bare.Build();
        app.Run(AnswerAsync);
        return await Bare.ServeAsync(app);
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/calls")
        {
            await context.Response.WriteAsync(string.Join('\n', Calls), context.RequestAborted);
            return;
        }
        var body = new byte[(int)(context.Request.ContentLength ?? 0)];
        await context.Request.Body.ReadExactlyAsync(body, context.RequestAborted);
        var streams = body.AsSpan().IndexOf("\"stream\":true"u8) >= 0;
        if (body.AsSpan().IndexOf("paced-"u8) >= 0)
        {
            await PaceAsync(context, Pace().Match(Encoding.UTF8.GetString(body)));
        }
        else if (body.AsSpan().IndexOf("thinking-"u8) >= 0)
        {
            await ThinkAsync(context, Encoding.UTF8.GetString(body));
        }
        else
        {
            await WriteAsync(context, streams ? Streamed : Whole, streams);
        }
    }

    private static async Task WriteAsync(HttpContext context, byte[] answer, bool streams)
    {
        context.Response.ContentType = streams ? "text/event-stream" : "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }

    /// <summary>Each piece says when it was sent, in ticks of the machine's one clock, so that a reader in another process can tell its delay.</summary>
    private static async Task PaceAsync(HttpContext context, Match pace)
    {
        var pieces = int.Parse(pace.Groups[1].Value, CultureInfo.InvariantCulture);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(int.Parse(pace.Groups[2].Value, CultureInfo.InvariantCulture)));
        context.Response.ContentType = "text/event-stream";
        for (var i = 0; i < pieces; i++)
        {
            if (i > 0)
            {
                await timer.WaitForNextTickAsync(context.RequestAborted);
            }
            var content = string.Create(CultureInfo.InvariantCulture, $"@{Stopwatch.GetTimestamp()}@");
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Piece($$"""{"role":"assistant","content":"{{content}}"}""", null)), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Piece("{}", "stop") + Usage + "data: [DONE]\n\n"), context.RequestAborted);
    }

    private static async Task ThinkAsync(HttpContext context, string body)
    {
        var begun = Stopwatch.GetTimestamp();
        await Task.Delay(int.Parse(Thinking().Match(body).Groups[1].Value, CultureInfo.InvariantCulture), context.RequestAborted);
        var answer = JsonEncodedText.Encode(Thought.Of(body, out var label)).ToString();
        Calls.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{label} {begun} {Stopwatch.GetTimestamp()}"));
        var events = Piece($$"""{"role":"assistant","content":"{{answer}}"}""", null) + Piece("{}", "stop") + Usage + "data: [DONE]\n\n";
        await WriteAsync(context, Encoding.UTF8.GetBytes(events), streams: true);
    }

    private static string Piece(string delta, string? finish) =>
        $"data: {{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1760000000,\"model\":\"instant\",\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":{(finish is null ? "null" : $"\"{finish}\"")}}}]}}\n\n";

    [GeneratedRegex(@"paced-(\d+)-(\d+)")]
    private static partial Regex Pace();

    [GeneratedRegex(@"thinking-(\d+)")]
    private static partial Regex Thinking();
}
