using System.Text.Json;
using Hal9.Engine.Learning;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Hal9.Web.Api;

/// <summary>Feedback on a run's answer or on one of its steps.</summary>
internal sealed record GiveFeedbackBody
{
    /// <summary>The run; it must have ended.</summary>
    public required Guid RunId { get; init; }

    /// <summary>One of its steps; none: its answer.</summary>
    public Guid? StepId { get; init; }

    /// <summary>What kind.</summary>
    public required FeedbackKind Kind { get; init; }

    /// <summary>A thumb is -1 or 1, a rating 0 to 1, a test 0 or 1, an edit a text.</summary>
    public required JsonElement Value { get; init; }

    /// <summary>Why, at most 2,000 characters.</summary>
    public string? Comment { get; init; }
}

/// <summary>Feedback as stored.</summary>
/// <param name="Id">Its id.</param>
/// <param name="RunId">The run.</param>
/// <param name="StepId">The step; null: the run's answer.</param>
/// <param name="UserId">Who gave it.</param>
/// <param name="Kind">What kind.</param>
/// <param name="Value">A number; of an edit, a text.</param>
/// <param name="Comment">Why, in words.</param>
/// <param name="CreatedAt">When it was first given (UTC).</param>
/// <param name="UpdatedAt">When it was last changed (UTC).</param>
/// <param name="Counts">Whether learning takes it into account: beyond a day's cap votes of one person are kept and count nothing.</param>
internal sealed record FeedbackBody(
    Guid Id, Guid RunId, Guid? StepId, Guid UserId, FeedbackKind Kind, object? Value, string? Comment, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, bool Counts)
{
    public static FeedbackBody Of(Feedback given) => new(
        given.Id, given.RunId, given.StepId, given.UserId, given.Kind, given.Kind == FeedbackKind.Edit ? given.Text : given.Number, given.Comment, given.CreatedAt, given.UpdatedAt, given.Counts);
}

/// <summary>Give, read and take back feedback.</summary>
internal static class FeedbackEndpoints
{
    public static void MapFeedback(this IEndpointRouteBuilder api)
    {
        // Who may judge a run is who may see it: the door checks that.
        var feedback = api.MapGroup("/feedback").WithTags("Feedback").Needs(Permission.ReadEngine);
        feedback.MapPost("", GiveAsync)
            .WithName("giveFeedback").WithSummary("Give feedback on an answer or a step")
            .WithDescription("A person has one vote per answer and kind: giving again changes it. `kind` is `thumb` (-1, 1), `rating` (0 to 1), `edit` (a text) or `test` (0, 1).")
            .Produces<FeedbackBody>().ProducesProblems(400, 401, 403, 404, 415);
        feedback.MapGet("", async (HttpContext context, FeedbackService door, CancellationToken cancellationToken, [FromQuery] Guid runId) => Results.Json(
                new ListBody<FeedbackBody>([.. (await door.ListAsync(CurrentActor.From(context.User), runId, cancellationToken)).Select(FeedbackBody.Of)], null), ApiJson.Options))
            .WithName("listFeedback").WithSummary("What was said about a run, oldest first")
            .WithDescription("Without the permission to read everybody's runs, one's own.")
            .Produces<ListBody<FeedbackBody>>().ProducesProblems(400, 401, 403);
        feedback.MapDelete("/{id:guid}", async (Guid id, HttpContext context, FeedbackService door, CancellationToken cancellationToken) =>
                await door.WithdrawAsync(CurrentActor.From(context.User), id, cancellationToken) ? Results.NoContent() : Problems.NotFound("feedback of yours"))
            .WithName("withdrawFeedback").WithSummary("Take one's own feedback back")
            .Produces(204).ProducesProblems(401, 403, 404);
    }

    private static async Task<IResult> GiveAsync(GiveFeedbackBody body, HttpContext context, FeedbackService door, CancellationToken cancellationToken)
    {
        var given = new GiveFeedback(
            body.RunId, body.StepId, body.Kind,
            body.Value.ValueKind == JsonValueKind.Number ? body.Value.GetDouble() : null,
            body.Value.ValueKind == JsonValueKind.String ? body.Value.GetString() : null, body.Comment);
        try
        {
            return Results.Json(FeedbackBody.Of(await door.GiveAsync(CurrentActor.From(context.User), given, cancellationToken)), ApiJson.Options);
        }
        catch (ArgumentException e)
        {
            return Problems.Invalid(e);
        }
        catch (KeyNotFoundException)
        {
            return Problems.NotFound(body.StepId is null ? "run" : "step");
        }
    }
}
