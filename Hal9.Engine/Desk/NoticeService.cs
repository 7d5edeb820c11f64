using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Desk;

/// <summary>Something about a run that its owner should know.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Status">What became of it, or what it waits for.</param>
/// <param name="Goal">Its goal.</param>
/// <param name="At">When it ended; while it waits, when it began.</param>
/// <param name="IsRead">The reader has seen it.</param>
public sealed record Notice(Guid RunId, RunStatus Status, string Goal, DateTimeOffset At, bool IsRead);

/// <summary>
/// The door to notices: one's own runs that failed, were refused, wait for a person, or took long enough that one looked elsewhere. They are read from the runs
/// themselves, so none can be missing or left over; what is stored is what has been read.
/// </summary>
public sealed class NoticeService
{
    /// <summary>A run that succeeds sooner than this is no news: whoever asked is still looking.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    // Looked through for the newest notices; older ones are found in the list of runs.
    private const int MostRuns = 200;
    private const int MostNotices = 30;
    private static readonly RunStatus[] Telling = [RunStatus.Succeeded, RunStatus.Failed, RunStatus.Refused, RunStatus.Waiting, RunStatus.Frozen];
    private readonly TenantScope scope;
    private readonly RunService runs;
    private readonly TimeProvider time;

    internal NoticeService(TenantScope scope, RunService runs, TimeProvider time) => (this.scope, this.runs, this.time) = (scope, runs, time);

    /// <summary>The newest notices, newest first. Calls of programs that go straight to a model are left out: the program has its answer.</summary>
    public async Task<IReadOnlyList<Notice>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(actor.TenantId);
        var lines = await db.Set<RunRow>().AsNoTracking()
            .Where(run => run.UserId == actor.UserId && run.Mode != RunMode.Direct && !run.IsTemporary && Telling.Contains(run.Status))
            .OrderByDescending(run => run.Id).Take(MostRuns)
            .Select(run => new { run.Id, run.Status, run.Goal, run.StartedAt, run.EndedAt })
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        var reads = await db.Set<NoticeReadRow>().AsNoTracking().Where(read => read.UserId == actor.UserId).ToDictionaryAsync(read => read.RunId, read => read.At, cancellationToken).ConfigureAwait(false);
        var until = reads.GetValueOrDefault(Guid.Empty, DateTimeOffset.MinValue);
        return [.. lines.Where(run => run.Status is not RunStatus.Succeeded || run.EndedAt - run.StartedAt >= Long)
            .Select(run => new Notice(run.Id, run.Status, run.Goal, run.EndedAt ?? run.StartedAt, run.EndedAt <= until || reads.ContainsKey(run.Id)))
            .OrderByDescending(notice => notice.At).ThenByDescending(notice => notice.RunId).Take(MostNotices)];
    }

    /// <summary>A signal whenever the notices may have changed; bursts are merged. Never ends by itself.</summary>
    public IAsyncEnumerable<Guid> WatchAsync(Actor actor, CancellationToken cancellationToken) => runs.WatchAllAsync(actor, cancellationToken);

    /// <summary>Marks the notice of a run as read.</summary>
    public async Task MarkReadAsync(Actor actor, Guid runId, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(actor.TenantId);
        if (!await db.Set<NoticeReadRow>().AnyAsync(read => read.UserId == actor.UserId && read.RunId == runId, cancellationToken).ConfigureAwait(false)
            && await db.Set<RunRow>().AnyAsync(run => run.Id == runId && run.UserId == actor.UserId, cancellationToken).ConfigureAwait(false))
        {
            db.Add(new NoticeReadRow { TenantId = actor.TenantId, UserId = actor.UserId, RunId = runId, At = time.GetUtcNow() });
            await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Marks all notices up to now as read; what still waits stays unread until it is seen to.</summary>
    public async Task MarkAllReadAsync(Actor actor, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(actor.TenantId);
        var reads = await db.Set<NoticeReadRow>().Where(read => read.UserId == actor.UserId).ToListAsync(cancellationToken).ConfigureAwait(false);
        // The mark stands for all single ones before it: they need not be kept.
        db.RemoveRange(reads.Where(read => read.RunId != Guid.Empty));
        if (reads.Find(read => read.RunId == Guid.Empty) is { } mark)
        {
            mark.At = time.GetUtcNow();
        }
        else
        {
            db.Add(new NoticeReadRow { TenantId = actor.TenantId, UserId = actor.UserId, RunId = Guid.Empty, At = time.GetUtcNow() });
        }
        await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
    }
}
