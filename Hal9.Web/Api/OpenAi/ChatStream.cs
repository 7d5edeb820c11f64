using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;

namespace Hal9.Web.Api.OpenAi;

/// <summary>Writes a run's answer as OpenAI's chunks while it comes.</summary>
internal sealed class ChatStream(RunService runs, Actor actor, TimeProvider time)
{
    private readonly StringBuilder sent = new();
    private string id = "";
    private string model = "";
    private long created;
    private bool withUsage;

    /// <summary>Streams. What fails before the first byte is an ordinary error, what fails later is an error event and the end.</summary>
    /// <returns>The error that was told within the stream, if one was.</returns>
    /// <exception cref="OpenAiError">The run failed before anything was sent.</exception>
    public async Task<OpenAiError?> WriteAsync(HttpContext context, StartedRun started, ChatRequest request, long begun)
    {
        id = ChatReplies.IdOf(started.Run);
        model = request.Model!;
        created = started.Run.StartedAt.ToUnixTimeSeconds();
        withUsage = request.StreamOptions?.IncludeUsage is true;
        try
        {
            await SendAnswerAsync(context, started);
            var ended = await runs.EndAsync(actor, started, context.RequestAborted);
            var run = ended.Run;
            if (run.Status != RunStatus.Succeeded)
            {
                throw await ChatEndpoint.FailureAsync(runs, actor, run);
            }
            await SendEndAsync(context, ended, begun);
            return null;
        }
        catch (Exception e) when (context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            // The status line is long gone: the agreed way is an error event, then the end without [DONE].
            var error = e as OpenAiError ?? OpenAiError.Of(500, context.Request.Path);
            await Sse.SendAsync(context, JsonSerializer.Serialize(error.Body, OpenAiJson.Options));
            if (e is not OpenAiError)
            {
                throw;
            }
            return error;
        }
    }

    private async Task SendAnswerAsync(HttpContext context, StartedRun started)
    {
        await foreach (var pulse in runs.WatchAnswerAsync(actor, started, context.RequestAborted).WithPulseAsync(time, context.RequestAborted))
        {
            if (pulse.Quiet)
            {
                await BeginAsync(context);
                await Sse.KeepAliveAsync(context);
                continue;
            }
            await SendTextAsync(context, pulse.Item);
        }
    }

    private async Task SendTextAsync(HttpContext context, string text)
    {
        sent.Append(text);
        await BeginAsync(context);
        await SendAsync(context, new ChunkDelta(Content: text));
    }

    /// <summary>What of the stored answer the caller does not have yet. When it differs from what was sent that can't be unsaid: the stream ends with an error.</summary>
    private async Task SendRestAsync(HttpContext context, string whole)
    {
        if (!whole.StartsWith(sent.ToString(), StringComparison.Ordinal))
        {
            throw new OpenAiError(500, OpenAiError.Server, "The answer had to begin anew after part of it was sent. Ask again.", code: "answer_restarted");
        }
        if (whole.Length > sent.Length)
        {
            await SendTextAsync(context, whole[sent.Length..]);
        }
    }

    private async Task SendEndAsync(HttpContext context, EndedRun ended, long begun)
    {
        var (run, response) = (ended.Run, ended.Response);
        var note = ChatReplies.NoteOf(ended, Stopwatch.GetElapsedTime(begun));
        var direct = ChatEndpoint.DirectOf(run, response);
        await SendRestAsync(context, direct?.Text ?? run.Answer ?? "");
        await BeginAsync(context);
        if (ChatReplies.RefusalOf(direct) is { } refusal)
        {
            await SendAsync(context, new ChunkDelta(Refusal: refusal));
        }
        if (ChatReplies.CallsOf(direct) is { } calls)
        {
            await SendAsync(context, new ChunkDelta(ToolCalls: [.. calls.Select((call, i) => call with { Index = i })]));
        }
        await SendAsync(context, new ChunkDelta(), ChatReplies.FinishOf(direct, response?.FinishReason));
        if (withUsage)
        {
            var last = new UsageChunk(
                id, ChatReplies.ChunkObject, created, model, [], ChatReplies.UsageOf(run), note);
            await Sse.SendAsync(context, JsonSerializer.Serialize(last, OpenAiJson.Options));
        }
        await Sse.SendAsync(context, "[DONE]");
    }

    private async Task BeginAsync(HttpContext context)
    {
        if (!context.Response.HasStarted)
        {
            Sse.Begin(context);
            await SendAsync(context, new ChunkDelta(Role: "assistant", Content: ""));
        }
    }

    private Task SendAsync(HttpContext context, ChunkDelta delta, string? finish = null)
    {
        IReadOnlyList<ChunkChoice> choices = [new ChunkChoice(0, delta, finish)];
        return Sse.SendAsync(context, withUsage
            ? JsonSerializer.Serialize(new UsageChunk(id, ChatReplies.ChunkObject, created, model, choices, null), OpenAiJson.Options)
            : JsonSerializer.Serialize(new ChatChunk(id, ChatReplies.ChunkObject, created, model, choices), OpenAiJson.Options));
    }
}
