using System.Diagnostics;
using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;

namespace Hal9.Web.Api.OpenAi;

/// <summary><c>POST /v1/chat/completions</c>: a run in OpenAI's clothes.</summary>
internal sealed class ChatEndpoint(RunService runs, ModelService models, TimeProvider time)
{
    /// <summary>Name of the header that carries the run's id.</summary>
    public const string RunHeader = "x-hal9-run-id";

    public async Task AnswerAsync(HttpContext context)
    {
        var begun = Stopwatch.GetTimestamp();
        var aborted = context.RequestAborted;
        var actor = CurrentActor.From(context.User);
        var request = await ReadAsync(context);
        var order = ChatRequestReader.Read(request, models);
        // Not the request's token: a run that is stored must be known here, or nobody could cancel it.
        var key = context.Request.Headers.ContainsKey(RequestKeys.Header) ? RequestKeys.Of(context, JsonSerializer.Serialize(request, OpenAiJson.Options)) : null;
        var started = key is null ? runs.Begin(actor, order) : await runs.StartOnceAsync(actor, order, key, CancellationToken.None);
        context.Response.Headers[RunHeader] = started.Run.Id.ToString();
        try
        {
            if (started.Run.Status == RunStatus.Refused)
            {
                throw OpenAiError.Of(started.Run);
            }
            if (request.Stream is true)
            {
                if (await new ChatStream(runs, actor, time).WriteAsync(context, started, request, begun) is { } told)
                {
                    await ForgetAsync(told);
                }
                return;
            }
            var ended = await runs.EndAsync(actor, started, aborted);
            var (run, response) = (ended.Run, ended.Response);
            if (run.Status != RunStatus.Succeeded)
            {
                throw await FailureAsync(runs, actor, run);
            }
            var note = ChatReplies.NoteOf(ended, Stopwatch.GetElapsedTime(begun));
            context.Response.Headers["x-hal9-cost-usd"] = note.CostUsd;
            context.Response.Headers["x-hal9-provenance"] = note.Provenance;
            if (note.OnLimit is not null)
            {
                context.Response.Headers["x-hal9-on-limit"] = note.OnLimit;
            }
            context.Response.Headers["x-hal9-overhead-ms"] = note.OverheadMs.ToString(CultureInfo.InvariantCulture);
            var reply = JsonSerializer.SerializeToUtf8Bytes(ChatReplies.Whole(run, ChatReplies.ModelOf(run, request.Model!), DirectOf(run, response), response?.FinishReason), OpenAiJson.Options);
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.ContentLength = reply.Length;
            await context.Response.Body.WriteAsync(reply, aborted);
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested && started.Own)
        {
            if (key is not null)
            {
                await runs.ForgetKeyAsync(actor, key, CancellationToken.None);
            }
            await runs.LeaveAsync(actor, started.Run.Id, CancellationToken.None);
            throw;
        }
        catch (OpenAiError error)
        {
            await ForgetAsync(error);
            throw;
        }

        // Clients repeat the key when they try again: what may pass must not be answered from memory.
        async Task ForgetAsync(OpenAiError error)
        {
            if (key is not null && started.Own && error.MayPass)
            {
                await runs.ForgetKeyAsync(actor, key, CancellationToken.None);
            }
        }
    }

    /// <summary>The model's own response when the run was a pass-through.</summary>
    public static Microsoft.Extensions.AI.ChatResponse? DirectOf(RunView run, Microsoft.Extensions.AI.ChatResponse? response) => run.Mode == RunMode.Direct ? response : null;

    /// <summary>Why a run ended without an answer.</summary>
    public static async Task<OpenAiError> FailureAsync(RunService runs, Actor actor, RunView run) =>
        run.Status == RunStatus.Failed && await runs.FindEndAsync(actor, run.Id, CancellationToken.None) is { Fault: { } word } end && Enum.TryParse<ModelFault>(word, ignoreCase: true, out var fault)
            ? OpenAiError.Of(fault, run.Error ?? "A model call failed.", end.RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null)
            : OpenAiError.Of(run);

    private static async Task<ChatRequest> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            throw OpenAiError.Of(415, context.Request.Path);
        }
        try
        {
            return await JsonSerializer.DeserializeAsync<ChatRequest>(context.Request.Body, OpenAiJson.Options, context.RequestAborted)
                ?? throw OpenAiError.Invalid("The body must be a JSON object.", null);
        }
        catch (JsonException e)
        {
            var (field, reason) = ApiErrors.FieldOf(e);
            throw OpenAiError.Invalid($"{field}: {reason}", field == "body" ? null : field);
        }
    }
}
