using System.Text.Json;
using Hal9.Engine.Learning;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Hal9.Web.Api;

/// <summary>A change of a policy, by hand.</summary>
internal sealed record ProposeBody
{
    /// <summary>Kind (<c>route</c>, <c>lessons</c>, <c>exemplars</c>, <c>limits</c>), layer and class of task, for example <c>lessons/L2/summarise</c>.</summary>
    public required string Key { get; init; }

    /// <summary>What the policy shall say: of a route <c>{ "tier": "fast" }</c>, of lessons <c>{ "lessons": [{ "id", "text" }] }</c>, of exemplars <c>{ "exemplars": [{ "id", "input", "output" }] }</c>, of limits <c>{ "maxOutputTokens": 800 }</c>.</summary>
    public required JsonElement Content { get; init; }
}

/// <summary>A decision on a proposal.</summary>
internal sealed record DecideProposalBody
{
    /// <summary>Why, 1 to 500 characters.</summary>
    public required string Reason { get; init; }

    /// <summary>The <c>diffHash</c> of what was reviewed: when the content is another one by now, nothing is done.</summary>
    public string? DiffHash { get; init; }

    /// <summary>Approve although the gate is not open; the proposal says so for ever.</summary>
    public bool Force { get; init; }
}

/// <summary>A proposal.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">What it changes.</param>
/// <param name="Key">Which policy.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="BaseVersion">The version that it changes.</param>
/// <param name="Content">What the policy would say.</param>
/// <param name="Before">What it says; null on day 0.</param>
/// <param name="DiffHash">The hash of what is reviewed.</param>
/// <param name="Evidence">Where it came from.</param>
/// <param name="Gate">What replay of held-back tasks said; null: nothing was replayed.</param>
/// <param name="Measured">What was measured against the holdback since it was approved.</param>
/// <param name="CreatedBy">Who wrote it; zeros: the console itself.</param>
/// <param name="CreatedAt">When (UTC).</param>
/// <param name="ExpiresAt">Until when it waits (UTC).</param>
/// <param name="Reviewer">Who decided.</param>
/// <param name="DecidedAt">When (UTC).</param>
/// <param name="Reason">Why.</param>
/// <param name="WasForced">Approved although the gate was not open.</param>
/// <param name="CanaryShare">Share of the episodes that it serves, 0 to 1.</param>
/// <param name="VersionAfter">The version that it made.</param>
internal sealed record ProposalBody(
    Guid Id, PolicyKind Kind, string Key, ProposalState State, int BaseVersion, JsonElement Content, JsonElement? Before, string DiffHash, ProposalEvidence Evidence, ProposalGate? Gate,
    ProposalMeasure? Measured, Guid CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, Guid? Reviewer, DateTimeOffset? DecidedAt, string? Reason, bool WasForced, double CanaryShare, int? VersionAfter)
{
    public static ProposalBody Of(Proposal p) => new(
        p.Id, p.Kind, p.Key, p.State, p.BaseVersion, JsonSerializer.Deserialize<JsonElement>(p.Content), p.Before is null ? null : JsonSerializer.Deserialize<JsonElement>(p.Before), p.DiffHash, p.Evidence, p.Gate,
        p.Measured, p.CreatedBy, p.CreatedAt, p.ExpiresAt, p.Reviewer, p.DecidedAt, p.Reason, p.WasForced, p.CanaryShare, p.VersionAfter);
}

/// <summary>What a search for repeated failures made.</summary>
/// <param name="Proposals">New proposals.</param>
internal sealed record MinedBody(int Proposals);

/// <summary>Proposals and decisions on them, policies, the live learning rate, credit.</summary>
internal static class LearningEndpoints
{
    public static void MapLearning(this IEndpointRouteBuilder api)
    {
        var learning = api.MapGroup("/learning").WithTags("Learning");
        learning.MapGet("/proposals", ListAsync).Needs(Permission.ReadRuns)
            .WithName("listProposals").WithSummary("Proposals, newest first")
            .Produces<ListBody<ProposalBody>>().ProducesProblems(400, 401, 403);
        learning.MapGet("/proposals/{id:guid}", async (Guid id, HttpContext context, LearningService door, CancellationToken cancellationToken) =>
                Show(await door.FindAsync(CurrentActor.From(context.User), id, cancellationToken))).Needs(Permission.ReadRuns)
            .WithName("getProposal").WithSummary("A proposal").Produces<ProposalBody>().ProducesProblems(401, 403, 404);
        learning.MapPost("/proposals", (ProposeBody body, HttpContext context, LearningService door, CancellationToken cancellationToken) =>
                TryAsync(() => door.ProposeAsync(CurrentActor.From(context.User), body.Key, body.Content.GetRawText(), cancellationToken)!)).Needs(Permission.EditEngine)
            .WithName("propose").WithSummary("Propose a change by hand")
            .WithDescription("Whoever writes it cannot approve it. Permissions, sandbox, secrets, ceilings, the gate and the verifier cannot be proposed: they have no key and no member.")
            .Produces<ProposalBody>().ProducesProblems(400, 401, 403, 409, 415);
        Decision(learning, "approve", "Approve: it is tried on 5 % of the episodes", (door, actor, id, order, token) => door.ApproveAsync(actor, id, order, token));
        Decision(learning, "reject", "Reject: the same change does not come back for 30 days", (door, actor, id, order, token) => door.RejectAsync(actor, id, order, token));
        Decision(learning, "rollback", "Take back what is on trial or promoted", (door, actor, id, order, token) => door.RollBackAsync(actor, id, order, token));
        learning.MapPost("/mine", async (HttpContext context, LearningService door, CancellationToken cancellationToken) =>
                Results.Json(new MinedBody(await door.MineAsync(CurrentActor.From(context.User), cancellationToken)), ApiJson.Options)).Needs(Permission.EditEngine)
            .WithName("mine").WithSummary("Look for failures that repeat now").Produces<MinedBody>().ProducesProblems(401, 403);
        learning.MapGet("/policies", async (HttpContext context, LearningService door, CancellationToken cancellationToken) =>
                Results.Json(new ListBody<PolicyView>(await door.PoliciesAsync(CurrentActor.From(context.User), cancellationToken), null), ApiJson.Options)).Needs(Permission.ReadRuns)
            .WithName("listPolicies").WithSummary("Policies that were ever changed, with their versions").Produces<ListBody<PolicyView>>().ProducesProblems(401, 403);
        learning.MapGet("/meter", async (HttpContext context, LearningService door, CancellationToken cancellationToken) =>
                Results.Json(await door.MeterAsync(CurrentActor.From(context.User), cancellationToken), ApiJson.Options)).Needs(Permission.ReadRuns)
            .WithName("getLearningMeter").WithSummary("The live learning rate against the permanent holdback")
            .WithDescription("Without enough evidence `rate` and `difference` are null. It is measured, never simulated.").Produces<LearningMeter>().ProducesProblems(401, 403);
        learning.MapGet("/credit", async (HttpContext context, LearningService door, CancellationToken cancellationToken, [FromQuery] Guid runId) =>
                await door.CreditAsync(CurrentActor.From(context.User), runId, cancellationToken) is { } credit ? Results.Json(credit, ApiJson.Options) : Problems.NotFound("judged run")).Needs(Permission.ReadRuns)
            .WithName("getCredit").WithSummary("Whose doing a run's result was").Produces<RunCredit>().ProducesProblems(400, 401, 403, 404);
    }

    private static void Decision(RouteGroupBuilder learning, string verb, string summary, Func<LearningService, Actor, Guid, DecideProposal, CancellationToken, Task<Proposal?>> decide) =>
        learning.MapPost($"/proposals/{{id:guid}}/{verb}", (Guid id, DecideProposalBody body, HttpContext context, LearningService door, CancellationToken cancellationToken) =>
                TryAsync(() => decide(door, CurrentActor.From(context.User), id, new DecideProposal(body.Reason, body.DiffHash, body.Force), cancellationToken))).Needs(Permission.EditEngine)
            .WithName($"{verb}Proposal").WithSummary(summary)
            .WithDescription("A refusal is 409 with its reason, and is audited.")
            .Produces<ProposalBody>().ProducesProblems(400, 401, 403, 404, 409, 415);

    private static async Task<IResult> TryAsync(Func<Task<Proposal?>> act)
    {
        try
        {
            return Show(await act());
        }
        catch (ArgumentException e)
        {
            return Problems.Invalid(e);
        }
        catch (ProposalRefused e)
        {
            return Problems.Of(ProblemKind.Conflict, e.Message);
        }
    }

    private static IResult Show(Proposal? proposal) => proposal is null ? Problems.NotFound("proposal") : Results.Json(ProposalBody.Of(proposal), ApiJson.Options);

    private static async Task<IResult> ListAsync(
        HttpContext context, LearningService door, CancellationToken cancellationToken, [FromQuery] string? state = null, [FromQuery] string? after = null, [FromQuery] int limit = 50)
    {
        if (!Words.TryRead<ProposalState>(state, out var wanted))
        {
            return Problems.Invalid("state", Words.OneOf<ProposalState>());
        }
        if (Paging.Refuse(limit) is { } refused)
        {
            return refused;
        }
        Guid? last = null;
        if (after is not null)
        {
            if (!Guid.TryParse(after, out var id))
            {
                return Problems.Cursor();
            }
            last = id;
        }
        var page = await door.ListAsync(CurrentActor.From(context.User), wanted, last, limit, cancellationToken);
        return Results.Json(new ListBody<ProposalBody>([.. page.Select(ProposalBody.Of)], page.Count == limit ? page[^1].Id.ToString() : null), ApiJson.Options);
    }
}
