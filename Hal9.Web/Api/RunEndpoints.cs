using System.Globalization;
using System.Text.Json;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Hal9.Web.Api;

/// <summary>Start, see, watch and stop runs.</summary>
internal static class RunEndpoints
{
    private const int MostGoal = 100_000;
    private const int MostTags = 20;
    private const int LongestTag = 200;
    private const int LongestReason = 500;

    public static void MapRuns(this IEndpointRouteBuilder api)
    {
        var runs = api.MapGroup("/runs").WithTags("Runs");
        runs.MapPost("", StartAsync).Needs(Permission.UseRuns)
            .WithName("startRun").WithSummary("Start a run")
            .WithDescription("Stores the run and returns its id at once. Without room in a budget the run is stored as `refused` and the answer is 429. `Idempotency-Key` makes a retry within a day get the same run.")
            .Produces<MadeBody>(202).ProducesProblems(400, 401, 403, 415, 422, 429);
        runs.MapPost("/quote", QuoteAsync).Needs(Permission.UseRuns)
            .WithName("quoteRun").WithSummary("What a run may cost").WithDescription("Takes what starting takes; nothing is stored or spent. Expectations are learned from the organisation's newest runs.")
            .Produces<QuoteBody>().ProducesProblems(400, 401, 403, 415);
        // Who starts runs and who reads others' are different people: what a reader sees is checked in the door.
        runs.MapGet("", ListAsync).Needs(Permission.ReadEngine)
            .WithName("listRuns").WithSummary("Runs, newest first").WithDescription("Without the permission to read everybody's runs, one's own.")
            .Produces<ListBody<RunLineBody>>().ProducesProblems(400, 401, 403);
        runs.MapGet("/{id:guid}", FindAsync).Needs(Permission.ReadEngine)
            .WithName("getRun").WithSummary("A run with its tree")
            .Produces<RunBody>().ProducesProblems(401, 403, 404);
        runs.MapGet("/{id:guid}/events", WatchAsync).Needs(Permission.ReadEngine)
            .WithName("watchRun").WithSummary("A run's events, stored ones first, then live ones")
            .WithDescription("Server-sent events: `id` is the number, `event` the type, `data` the event as JSON. `from=N` gives those above N; the header `Last-Event-ID` wins. A comment comes at least every 10 s. The last event is `RunEnded`.")
            .Produces<RunEvent>(200, "text/event-stream").ProducesProblems(400, 401, 403, 404);
        runs.MapPost("/{id:guid}/cancel", CancelRunAsync).Needs(Permission.UseRuns)
            .WithName("cancelRun").WithSummary("Stop a run").WithDescription("Returns the confirmed state; a run that has ended stays as it is.")
            .Produces<RunBody>().ProducesProblems(400, 401, 403, 404);
        runs.MapPost("/{id:guid}/resume", ResumeRunAsync).Needs(Permission.UseRuns)
            .WithName("resumeRun").WithSummary("Let a run go on that waits for room in a budget")
            .WithDescription("Without room it will wait again: raise the budget. It also goes on by itself when there is room. A run that does not wait stays as it is.")
            .Produces<RunBody>().ProducesProblems(400, 401, 403, 404);
        runs.MapPost("/{id:guid}/steps/{stepId:guid}/cancel", CancelStepAsync).Needs(Permission.UseRuns)
            .WithName("cancelStep").WithSummary("Stop a step and all below it").WithDescription("Returns the run's confirmed state.")
            .Produces<RunBody>().ProducesProblems(400, 401, 403, 404);
    }

    private static async Task<IResult> StartAsync(StartRunBody body, HttpContext context, RunService runs)
    {
        var errors = ErrorsOf(body);
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }
        var actor = CurrentActor.From(context.User);
        var order = OrderOf(body);
        RunView run;
        try
        {
            var key = RequestKeys.Of(context, JsonSerializer.Serialize(body, ApiJson.Options));
            run = key is null
                ? await runs.StartAsync(actor, order, CancellationToken.None)
                : (await runs.StartOnceAsync(actor, order, key, CancellationToken.None)).Run;
        }
        catch (ArgumentException e)
        {
            return Problems.Invalid(e);
        }
        if (run.Status == RunStatus.Refused)
        {
            return Refused(run.Refusal, run.Id, context);
        }
        return Results.Accepted($"/api/v1/runs/{run.Id}", new MadeBody(run.Id));
    }

    private static async Task<IResult> QuoteAsync(StartRunBody body, HttpContext context, RunService runs, CancellationToken cancellationToken)
    {
        var errors = ErrorsOf(body);
        return errors.Count > 0
            ? Problems.Invalid(errors)
            : Results.Json(QuoteBody.Of(await runs.QuoteAsync(CurrentActor.From(context.User), OrderOf(body), cancellationToken)), ApiJson.Options);
    }

    private static StartRun OrderOf(StartRunBody body) => new()
    {
        Goal = body.Goal,
        Mode = body.Mode,
        Kind = RunKind.Api,
        Tags = body.Tags ?? [],
        Envelope = body.Envelope is { } limits ? new EnvelopeRequest(limits.CostUsd, limits.Tokens, limits.Steps, limits.Seconds) : null,
    };

    private static async Task<IResult> ListAsync(
        HttpContext context, RunService runs, CancellationToken cancellationToken,
        [FromQuery] string? status = null, [FromQuery] string? kind = null, [FromQuery] string? text = null, [FromQuery] string? after = null, [FromQuery] int limit = 50)
    {
        if (!Words.TryRead<RunStatus>(status, out var wantedStatus))
        {
            return Problems.Invalid("status", Words.OneOf<RunStatus>());
        }
        if (!Words.TryRead<RunKind>(kind, out var wantedKind))
        {
            return Problems.Invalid("kind", Words.OneOf<RunKind>());
        }
        if (Paging.Refuse(limit) is { } refused)
        {
            return refused;
        }
        return await Paging.ReadAsync(
            () => runs.ListAsync(CurrentActor.From(context.User), new RunFilter(wantedStatus, wantedKind, text, after, limit), cancellationToken), RunLineBody.Of, after);
    }

    private static async Task<IResult> FindAsync(Guid id, HttpContext context, RunService runs, CancellationToken cancellationToken) =>
        await runs.FindAsync(CurrentActor.From(context.User), id, cancellationToken) is { } run ? Results.Json(RunBody.Of(run), ApiJson.Options) : Problems.NotFound("run");

    private static async Task<IResult> WatchAsync(
        Guid id, HttpContext context, RunService runs, TimeProvider time, CancellationToken cancellationToken,
        [FromQuery] long from = 0, [FromHeader(Name = "Last-Event-ID")] string? lastEventId = null)
    {
        var after = from;
        if (!string.IsNullOrEmpty(lastEventId) && !long.TryParse(lastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            return Problems.Invalid("Last-Event-ID", "The number of an event.");
        }
        if (after < 0)
        {
            return Problems.Invalid("from", "The number of an event, 0 or more.");
        }
        var actor = CurrentActor.From(context.User);
        if (await runs.FindAsync(actor, id, cancellationToken) is null)
        {
            return Problems.NotFound("run");
        }
        Sse.Begin(context);
        await context.Response.Body.FlushAsync(cancellationToken);
        await foreach (var pulse in runs.WatchAsync(actor, id, after, cancellationToken).WithPulseAsync(time, cancellationToken))
        {
            await (pulse.Quiet
                ? Sse.KeepAliveAsync(context)
                : Sse.SendAsync(context, JsonSerializer.Serialize(pulse.Item, ApiJson.Options), pulse.Item.Number.ToString(CultureInfo.InvariantCulture), pulse.Item.Type));
        }
        return Results.Empty;
    }

    private static Task<IResult> CancelRunAsync(Guid id, HttpContext context, RunService runs, CancellationToken cancellationToken, ReasonBody? body = null) =>
        CancelAsync(id, null, body, context, runs, cancellationToken);

    private static Task<IResult> CancelStepAsync(Guid id, Guid stepId, HttpContext context, RunService runs, CancellationToken cancellationToken, ReasonBody? body = null) =>
        CancelAsync(id, stepId, body, context, runs, cancellationToken);

    private static async Task<IResult> ResumeRunAsync(Guid id, HttpContext context, RunService runs, CancellationToken cancellationToken, ReasonBody? body = null)
    {
        if (body?.Reason?.Length > LongestReason)
        {
            return Problems.Invalid("reason", $"At most {LongestReason} characters.");
        }
        return await runs.ResumeAsync(CurrentActor.From(context.User), id, body?.Reason, cancellationToken) is { } run ? Results.Json(RunBody.Of(run), ApiJson.Options) : Problems.NotFound("run");
    }

    private static async Task<IResult> CancelAsync(Guid id, Guid? stepId, ReasonBody? body, HttpContext context, RunService runs, CancellationToken cancellationToken)
    {
        if (body?.Reason?.Length > LongestReason)
        {
            return Problems.Invalid("reason", $"At most {LongestReason} characters.");
        }
        var run = await runs.CancelAsync(CurrentActor.From(context.User), id, stepId, body?.Reason, cancellationToken);
        return run is null ? Problems.NotFound(stepId is null ? "run" : "step") : Results.Json(RunBody.Of(run), ApiJson.Options);
    }

    internal static IResult Refused(Refusal? refusal, Guid runId, HttpContext context)
    {
        AskAgain.AfterRefusal(context, refusal?.ResetsAt);
        return Problems.Of(ProblemKind.Budget, refusal?.Reason ?? "A limit is used up.",
            ("budgetId", refusal?.BudgetId), ("resetsAt", refusal?.ResetsAt), ("runId", runId), ("limitUsd", refusal?.Limit?.ToString()), ("limitTokens", refusal?.LimitTokens),
            ("neededUsd", refusal?.Needed?.ToString()), ("neededTokens", refusal?.NeededTokens), ("raise", refusal?.BudgetId is { } budget ? $"/api/v1/budgets/{budget}/raises" : null));
    }

    private static Dictionary<string, string[]> ErrorsOf(StartRunBody body)
    {
        var errors = new Dictionary<string, string[]>();
        Check("goal", !string.IsNullOrWhiteSpace(body.Goal) && body.Goal.Length <= MostGoal, $"1 to {MostGoal} characters.");
        Check("mode", body.Mode is RunMode.Auto or RunMode.Quick or RunMode.Standard or RunMode.Deep, "One of auto, quick, standard, deep.");
        Check("tags", body.Tags is null || (body.Tags.Count <= MostTags && body.Tags.All(tag => tag is { Length: > 0 and <= LongestTag })), $"At most {MostTags} tags of 1 to {LongestTag} characters.");
        if (body.Envelope is { } envelope)
        {
            Check("envelope.costUsd", envelope.CostUsd is null || envelope.CostUsd >= Usd.Zero, "0 or more.");
            Check("envelope.tokens", envelope.Tokens is null or > 0, "1 or more.");
            Check("envelope.steps", envelope.Steps is null or > 0, "1 or more.");
            Check("envelope.seconds", envelope.Seconds is null or (> 0 and <= 86_400), "1 to 86400.");
        }
        return errors;

        void Check(string field, bool fine, string reason)
        {
            if (!fine)
            {
                errors[field] = [reason];
            }
        }
    }
}
