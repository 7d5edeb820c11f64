using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Learning;

/// <summary>What kind of feedback it is.</summary>
public enum FeedbackKind
{
    /// <summary>Down (-1) or up (1).</summary>
    Thumb,

    /// <summary>From 0 to 1.</summary>
    Rating,

    /// <summary>A text: the answer as it should have been.</summary>
    Edit,

    /// <summary>A test of the result failed (0) or passed (1).</summary>
    Test,
}

/// <summary>Feedback to give.</summary>
/// <param name="RunId">The run.</param>
/// <param name="StepId">One of its steps; null: its answer.</param>
/// <param name="Kind">What kind.</param>
/// <param name="Number">The value of a thumb, a rating or a test.</param>
/// <param name="Text">The value of an edit.</param>
/// <param name="Comment">Why, in words.</param>
public sealed record GiveFeedback(Guid RunId, Guid? StepId, FeedbackKind Kind, double? Number = null, string? Text = null, string? Comment = null);

/// <summary>Feedback as stored.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="UserId">Who gave it.</param>
/// <param name="RunId">The run.</param>
/// <param name="StepId">The step; null: the run's answer.</param>
/// <param name="Kind">What kind.</param>
/// <param name="Number">The value of a thumb, a rating or a test.</param>
/// <param name="Text">The value of an edit.</param>
/// <param name="Comment">Why, in words.</param>
/// <param name="CreatedAt">When it was first given (UTC).</param>
/// <param name="UpdatedAt">When it was last changed (UTC).</param>
/// <param name="Counts">Whether learning takes it into account: votes of one person beyond the day's cap are stored and shown, and count nothing.</param>
public sealed record Feedback(
    Guid Id, Guid UserId, Guid RunId, Guid? StepId, FeedbackKind Kind, double? Number, string? Text, string? Comment, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, bool Counts = true);

/// <summary>
/// The door to feedback. A person has one vote per answer and kind, and may change it or take it back. In the same transaction it becomes the
/// outcome of the run's decisions, and blame is shared out; what is on trial may advance or be rolled back by it.
/// </summary>
public sealed class FeedbackService
{
    /// <summary>The longest comment.</summary>
    public const int LongestComment = 2_000;

    private const int LongestText = 100_000;
    private readonly TenantScope scope;
    private readonly Writer writer;
    private readonly TimeProvider time;
    private readonly Outcomes outcomes;
    private readonly LearningOptions options;

    internal FeedbackService(TenantScope scope, Writer writer, TimeProvider time, Outcomes outcomes, LearningOptions options) =>
        (this.scope, this.writer, this.time, this.outcomes, this.options) = (scope, writer, time, outcomes, options);

    /// <summary>Gives feedback, or changes what the actor gave before.</summary>
    /// <exception cref="ArgumentException">The value does not fit the kind, a text is too long, or the run has not ended; the message names the field.</exception>
    /// <exception cref="KeyNotFoundException">There is no such run or step, or the actor may not see it.</exception>
    public async Task<Feedback> GiveAsync(Actor actor, GiveFeedback given, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(given);
        Check(given);
        var comment = string.IsNullOrWhiteSpace(given.Comment) ? null : given.Comment.Trim();
        // A refusal comes back as a value: an exception inside the group would make the work of others in it run again.
        var (stored, refusal) = await writer.WriteAsync(actor.TenantId, batch => Write(batch, actor, given with { Comment = comment }), cancellationToken).ConfigureAwait(false);
        return stored ?? throw refusal!;
    }

    /// <summary>What was said about a run and its steps, oldest first: all of it for who may read everybody's runs, else one's own.</summary>
    public async Task<IReadOnlyList<Feedback>> ListAsync(Actor actor, Guid runId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var everybodys = actor.May(Permission.ReadRuns);
        await using var db = scope.Open(actor.TenantId);
        var rows = await db.Set<FeedbackRow>().AsNoTracking().Where(row => row.RunId == runId && (everybodys || row.UserId == actor.UserId)).OrderBy(row => row.Id).Take(1000)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(Show)];
    }

    /// <summary>The actor's own thumbs on the answers of these runs, by run.</summary>
    public async Task<IReadOnlyDictionary<Guid, Feedback>> OwnThumbsAsync(Actor actor, IReadOnlyList<Guid> runIds, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var db = scope.Open(actor.TenantId);
        var rows = await db.Set<FeedbackRow>().AsNoTracking()
            .Where(row => runIds.Contains(row.RunId) && row.UserId == actor.UserId && row.StepId == Guid.Empty && row.Kind == FeedbackKind.Thumb)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        return rows.ToDictionary(row => row.RunId, Show);
    }

    /// <summary>Takes the actor's own feedback back.</summary>
    /// <returns>False when there is none of that id that is theirs.</returns>
    public Task<bool> WithdrawAsync(Actor actor, Guid id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return writer.WriteAsync(
            actor.TenantId,
            batch =>
            {
                if (!batch.First(FeedbackStatements.Delete, static row => row.GetGuid(0), out var run, ("@id", id), ("@tenant", actor.TenantId), ("@user", actor.UserId)))
                {
                    return false;
                }
                Count(batch, actor.TenantId, run);
                outcomes.Join(batch, actor.TenantId, run, time.GetUtcNow());
                return true;
            },
            cancellationToken);
    }

    private static void Count(WriteBatch batch, Guid tenantId, Guid runId)
    {
        if (batch.First(FeedbackStatements.CountOnRun, static row => row.IsDBNull(0) ? (Guid?)null : row.GetGuid(0), out var conversation, ("@tenant", tenantId), ("@run", runId)) && conversation is not null)
        {
            batch.Execute(FeedbackStatements.CountOnConversation, ("@tenant", tenantId), ("@conversation", conversation));
        }
    }

    private (Feedback? Stored, Exception? Refusal) Write(WriteBatch batch, Actor actor, GiveFeedback given)
    {
        var run = batch.Query(FeedbackStatements.Run, reader => (Owner: reader.GetGuid(0), Ended: !reader.IsDBNull(1)), ("@run", given.RunId), ("@tenant", actor.TenantId));
        if (run.Count == 0 || !(actor.May(Permission.ReadRuns) || (run[0].Owner == actor.UserId && actor.May(Permission.UseRuns))))
        {
            return (null, new KeyNotFoundException($"There is no run {given.RunId}."));
        }
        if (!run[0].Ended)
        {
            return (null, new ArgumentException("runId: the run has not ended, so there is nothing to judge yet."));
        }
        if (given.StepId is { } step && batch.Number(FeedbackStatements.HasStep, ("@step", step), ("@run", given.RunId), ("@tenant", actor.TenantId)) == 0)
        {
            return (null, new KeyNotFoundException($"The run {given.RunId} has no step {step}."));
        }
        // As it is stored: in milliseconds.
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        // A day's votes of one person move little, whoever they are; the result of a test is no vote.
        var counts = given.Kind == FeedbackKind.Test || batch.Number(
            LearningStatements.CountVotes, ("@tenant", actor.TenantId), ("@user", actor.UserId), ("@since", now.AddDays(-1).ToUnixTimeMilliseconds()), ("@run", given.RunId),
            ("@step", given.StepId ?? Guid.Empty), ("@kind", given.Kind.ToString())) < options.VotesPerUserDay;
        var (id, made) = batch.Query(
            FeedbackStatements.Put, reader => (reader.GetGuid(0), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1))),
            ("@id", Guid.CreateVersion7(now)), ("@tenant", actor.TenantId), ("@user", actor.UserId), ("@run", given.RunId), ("@step", given.StepId ?? Guid.Empty),
            ("@kind", given.Kind.ToString()), ("@number", given.Number), ("@text", given.Text), ("@comment", given.Comment), ("@now", now.ToUnixTimeMilliseconds()), ("@counted", counts ? 1 : 0))[0];
        Count(batch, actor.TenantId, given.RunId);
        outcomes.Join(batch, actor.TenantId, given.RunId, now);
        return (new Feedback(id, actor.UserId, given.RunId, given.StepId, given.Kind, given.Number, given.Text, given.Comment, made, now, counts), null);
    }

    private static void Check(GiveFeedback given)
    {
        var (fits, rule) = given.Kind switch
        {
            FeedbackKind.Thumb => (given is { Number: -1 or 1, Text: null }, "a thumb is -1 (down) or 1 (up)."),
            FeedbackKind.Rating => (given is { Number: >= 0 and <= 1, Text: null }, "a rating is a number from 0 to 1."),
            FeedbackKind.Test => (given is { Number: 0 or 1, Text: null }, "a test is 0 (failed) or 1 (passed)."),
            FeedbackKind.Edit => (given is { Number: null, Text.Length: > 0 and <= LongestText }, $"an edit is a text of 1 to {LongestText} characters."),
            _ => (false, "there is no such kind."),
        };
        if (!fits)
        {
            throw new ArgumentException($"value: {rule}", nameof(given));
        }
        if (given.Comment?.Length > LongestComment)
        {
            throw new ArgumentException($"comment: at most {LongestComment} characters.", nameof(given));
        }
    }

    private static Feedback Show(FeedbackRow row) => new(
        row.Id, row.UserId, row.RunId, row.StepId == Guid.Empty ? null : row.StepId, row.Kind, row.Number, row.Text, row.Comment, row.CreatedAt, row.UpdatedAt, row.Counted == 1);
}
