using System.Runtime.CompilerServices;
using System.Text.Json;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Models.Coats;
using Hal9.Engine.Neurons;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Orleans;

namespace Hal9.Engine.Runs;

/// <summary>A run's address in the cluster: whoever holds the run carries the order out. Key: <c>tenant/run</c>.</summary>
public interface IRunGrain : IGrainWithStringKey
{
    /// <summary>Stops the run, or the subtree of a step; completes when the stop is stored and carried out.</summary>
    /// <returns>False when the run is at work nowhere.</returns>
    Task<bool> CancelAsync(Guid? stepId, string path, string? reason, Guid? userId, bool callerLeft);
}

/// <summary>The door to runs: start, see, watch, steer. Who may do what is checked here, by the <see cref="Actor"/>.</summary>
public sealed partial class RunService
{
    private const int EventsAtOnce = 500;

    private readonly RunHost host;
    private readonly RunStore store;
    private readonly BudgetLedger ledger;
    private readonly Writer writer;
    private readonly RunFeed feed;
    private readonly RunsOptions options;
    private readonly TimeProvider time;
    private readonly IGrainFactory grains;
    private readonly TokenCounter counter;
    private readonly Quoter quoter;
    private readonly HierarchyService hierarchies;
    private readonly RequestKeyStore keys;

    internal RunService(
        RunHost host, RunStore store, BudgetLedger ledger, Writer writer, RunFeed feed, IOptions<RunsOptions> options, TimeProvider time, IGrainFactory grains,
        TokenCounter counter, Quoter quoter, HierarchyService hierarchies)
    {
        this.host = host;
        this.store = store;
        this.ledger = ledger;
        this.writer = writer;
        this.feed = feed;
        this.options = options.Value;
        this.time = time;
        this.grains = grains;
        this.counter = counter;
        this.quoter = quoter;
        this.hierarchies = hierarchies;
        keys = new RequestKeyStore(writer, time);
    }

    /// <summary>Stores a run and starts it; returns at once with its id. A tenant without room gets a stored run with status <see cref="RunStatus.Refused"/>.</summary>
    /// <exception cref="AccessDenied">The actor may not.</exception>
    /// <exception cref="ArgumentException">The order is out of range; the message names the field.</exception>
    public async Task<RunView> StartAsync(Actor actor, StartRun order, CancellationToken cancellationToken)
    {
        return (await StartAsync(actor, order, Guid.CreateVersion7(), static (_, _) => { }, cancellationToken).ConfigureAwait(false)).Run;
    }

    /// <summary>
    /// The same, once per key: a repeated order with the same key gets the run that the first one started. The key is stored with the run, for a day. A
    /// refused run does not keep its key, so that it can be asked for again when there is room.
    /// </summary>
    /// <returns>The run, and whether this order started it.</returns>
    /// <exception cref="RequestKeyReused">The key belongs to another order.</exception>
    public async Task<StartedRun> StartOnceAsync(Actor actor, StartRun order, RequestKey key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(key);
        var id = Guid.CreateVersion7();
        while (true)
        {
            if (await keys.FindAsync(actor, key, cancellationToken).ConfigureAwait(false) is { } known)
            {
                return new StartedRun((await store.FindAsync(actor.TenantId, known, cancellationToken).ConfigureAwait(false))!, false);
            }
            try
            {
                var started = await StartAsync(actor, order, id, (batch, now) => RequestKeyStore.Write(batch, actor, key, id, now), cancellationToken).ConfigureAwait(false);
                if (started.Run.Status == RunStatus.Refused)
                {
                    await keys.ForgetAsync(actor, key, cancellationToken).ConfigureAwait(false);
                }
                return started;
            }
            catch (RequestKeyTaken)
            {
                // The other one's group is not committed yet; the next look-up queues up behind it.
            }
        }
    }

    /// <summary>Forgets a key whose run was stopped because its caller left: asking again starts anew.</summary>
    public Task ForgetKeyAsync(Actor actor, RequestKey key, CancellationToken cancellationToken) => keys.ForgetAsync(actor, key, cancellationToken);

    /// <summary>The last event of a run that has ended: the receipt, with the kind of failure.</summary>
    public async Task<RunEnded?> FindEndAsync(Actor actor, Guid runId, CancellationToken cancellationToken) =>
        await FindAsync(actor, runId, cancellationToken).ConfigureAwait(false) is { } run && run.Status.IsFinal()
            ? (await store.EventsAsync(actor.TenantId, runId, run.LastEvent - 1, 1, cancellationToken).ConfigureAwait(false)).OfType<RunEnded>().FirstOrDefault()
            : null;

    /// <summary>The run with its tree, or null when the tenant has none of that id (or the actor may not see it).</summary>
    public async Task<RunView?> FindAsync(Actor actor, Guid runId, CancellationToken cancellationToken)
    {
        var run = await store.FindAsync(actor.TenantId, runId, cancellationToken).ConfigureAwait(false);
        if (run is null || !MaySee(actor, run.UserId))
        {
            return null;
        }
        return host.Find(runId) is { } live && !run.Status.IsFinal() && live.Answer.Snapshot().Text is { Length: > 0 } text ? run with { Answer = text } : run;
    }

    /// <summary>Runs, newest first; a member sees their own.</summary>
    /// <exception cref="ArgumentException">The cursor is none of this list.</exception>
    public Task<Page<RunLine>> ListAsync(Actor actor, RunFilter filter, CancellationToken cancellationToken)
    {
        var everybody = actor.May(Permission.ReadRuns);
        Check(actor, everybody ? Permission.ReadRuns : Permission.UseRuns);
        return store.ListAsync(actor.TenantId, everybody ? null : actor.UserId, filter, cancellationToken);
    }

    /// <summary>How many runs <see cref="ListAsync"/> would list over all its pages, counted up to <paramref name="most"/>.</summary>
    public Task<int> CountAsync(Actor actor, RunFilter filter, int most, CancellationToken cancellationToken)
    {
        var everybody = actor.May(Permission.ReadRuns);
        Check(actor, everybody ? Permission.ReadRuns : Permission.UseRuns);
        return store.CountAsync(actor.TenantId, everybody ? null : actor.UserId, filter, most, cancellationToken);
    }

    /// <summary>All that <see cref="ListAsync"/> would list, read page by page as it is taken.</summary>
    public async IAsyncEnumerable<RunLine> ListAllAsync(Actor actor, RunFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var after = filter.After;
        do
        {
            var page = await ListAsync(actor, filter with { After = after, Limit = 200 }, cancellationToken).ConfigureAwait(false);
            foreach (var line in page.Items)
            {
                yield return line;
            }
            after = page.Next;
        }
        while (after is not null);
    }

    /// <summary>Events with a number above <paramref name="after"/>, stored ones first, then live ones; ends after <see cref="RunEnded"/>. Nothing when there is no such run.</summary>
    public async IAsyncEnumerable<RunEvent> WatchAsync(Actor actor, Guid runId, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watch = feed.WatchRun(runId);
        var row = await store.RowAsync(actor.TenantId, runId, cancellationToken).ConfigureAwait(false);
        if (row is null || !MaySee(actor, row.UserId))
        {
            yield break;
        }
        while (true)
        {
            var events = await store.EventsAsync(actor.TenantId, runId, after, EventsAtOnce, cancellationToken).ConfigureAwait(false);
            foreach (var e in events)
            {
                yield return e;
                after = e.Number;
                if (e is RunEnded)
                {
                    yield break;
                }
            }
            if (events.Count == 0 && row.EndedAt is not null)
            {
                yield break;
            }
            if (events.Count < EventsAtOnce)
            {
                await watch.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The answer as it streams: first all there is, then the rest; ends with the run.</summary>
    public async IAsyncEnumerable<string> WatchAnswerAsync(Actor actor, Guid runId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (host.Find(runId) is { } live && live.Row.TenantId == actor.TenantId && MaySee(actor, live.Row.UserId))
        {
            await foreach (var piece in live.Answer.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return piece;
            }
        }
        else if (await FindAsync(actor, runId, cancellationToken).ConfigureAwait(false) is { Answer: { Length: > 0 } answer })
        {
            yield return answer;
        }
    }

    /// <summary>A signal per change of any run that the actor may see; bursts are merged. Never ends by itself.</summary>
    public async IAsyncEnumerable<Guid> WatchAllAsync(Actor actor, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var everybody = actor.May(Permission.ReadRuns);
        Check(actor, everybody ? Permission.ReadRuns : Permission.UseRuns);
        await foreach (var runId in feed.WatchTenantAsync(actor.TenantId, cancellationToken).ConfigureAwait(false))
        {
            if (everybody || (await store.RowAsync(actor.TenantId, runId, cancellationToken).ConfigureAwait(false))?.UserId == actor.UserId)
            {
                yield return runId;
            }
        }
    }

    /// <summary>Waits until the run has ended.</summary>
    /// <exception cref="KeyNotFoundException">There is no such run.</exception>
    public async Task<RunView> WaitAsync(Actor actor, Guid runId, CancellationToken cancellationToken)
    {
        using var watch = feed.WatchRun(runId);
        while (true)
        {
            if (host.Find(runId) is { } live)
            {
                await live.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            var run = await FindAsync(actor, runId, cancellationToken).ConfigureAwait(false) ?? throw new KeyNotFoundException($"There is no run {runId}.");
            if (run.Status.IsFinal())
            {
                return run;
            }
            await watch.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What is behind an attempt of a model call, or null when the run, as the actor sees it, has none of that id.</summary>
    public async Task<CallDetail?> FindCallAsync(Actor actor, Guid runId, Guid callId, CancellationToken cancellationToken)
    {
        if (await store.RowAsync(actor.TenantId, runId, cancellationToken).ConfigureAwait(false) is not { } row || !MaySee(actor, row.UserId)
            || await store.CallAsync(actor.TenantId, runId, callId, cancellationToken).ConfigureAwait(false) is not { } call)
        {
            return null;
        }
        var prompt = await store.PromptAsync(actor.TenantId, runId, call.Leaf, cancellationToken).ConfigureAwait(false);
        var parts = prompt is null ? [] : JsonSerializer.Deserialize<PromptPart[]>(prompt, RunJson.Options) ?? [];
        return new CallDetail(
            [.. parts.Select(part => new CountedPart(part.Source, part.Text, counter.Estimate(part.Text)))],
            call.Bill is null ? [] : JsonSerializer.Deserialize<BillLine[]>(call.Bill, RunJson.Options) ?? [],
            call.RawUsage, call.Response is null ? null : JsonSerializer.Deserialize<ChatResponse>(call.Response, AIJsonUtilities.DefaultOptions)?.Text);
    }

    /// <summary>The runs before and after one, of those that the actor may see.</summary>
    public Task<RunNeighbours> NeighboursAsync(Actor actor, Guid runId, CancellationToken cancellationToken)
    {
        var everybody = actor.May(Permission.ReadRuns);
        Check(actor, everybody ? Permission.ReadRuns : Permission.UseRuns);
        return store.NeighboursAsync(actor.TenantId, everybody ? null : actor.UserId, runId, cancellationToken);
    }

    /// <summary>Stops a run, or the subtree of one of its steps; returns when the stop is confirmed or the run had already ended.</summary>
    /// <returns>The confirmed state, or null when there is no such run or step.</returns>
    /// <exception cref="AccessDenied">It is somebody else's run and the actor may not steer it.</exception>
    public Task<RunView?> CancelAsync(Actor actor, Guid runId, Guid? stepId, string? reason, CancellationToken cancellationToken) =>
        CancelAsync(actor, runId, stepId, reason, false, cancellationToken);

    /// <summary>
    /// Stops a run because whoever waited for its answer has left. What streams just then is read on for <see cref="Models.ModelTimeouts.DrainSeconds"/>, so that its real
    /// tokens are booked; nobody waits for that.
    /// </summary>
    public Task<RunView?> LeaveAsync(Actor actor, Guid runId, CancellationToken cancellationToken) => CancelAsync(actor, runId, null, "The client went away.", true, cancellationToken);

    private async Task<RunView?> CancelAsync(Actor actor, Guid runId, Guid? stepId, string? reason, bool callerLeft, CancellationToken cancellationToken)
    {
        if (host.Find(runId) is { } live)
        {
            // Its start may still wait for its first model call.
            await live.Journal.FlushAsync().ConfigureAwait(false);
        }
        if (await FindAsync(actor, runId, cancellationToken).ConfigureAwait(false) is not { } run)
        {
            return null;
        }
        Check(actor, run.UserId == actor.UserId && actor.May(Permission.UseRuns) ? Permission.UseRuns : Permission.SteerRuns);
        var step = stepId is { } id ? Find(run.Root, id) : null;
        if (stepId is not null && step is null)
        {
            return null;
        }
        if (!run.Status.IsFinal() && step?.Status.IsFinal() != true)
        {
            // Cancelling the root step is cancelling the run.
            var path = step is null || step.ParentId is null ? "" : step.Path;
            await grains.GetGrain<IRunGrain>($"{actor.TenantId}/{runId}").CancelAsync(stepId, path, reason, actor.UserId, callerLeft).ConfigureAwait(false);
            if (step is { ParentId: not null })
            {
                await StepEndedAsync(actor, runId, step.Id, cancellationToken).ConfigureAwait(false);
            }
        }
        return await FindAsync(actor, runId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets a run go on that waits for room in a budget; without room it will wait again. A run that does not wait stays as it is.</summary>
    /// <returns>The state after that, or null when there is no such run.</returns>
    /// <exception cref="AccessDenied">It is somebody else's run and the actor may not steer it.</exception>
    public async Task<RunView?> ResumeAsync(Actor actor, Guid runId, string? reason, CancellationToken cancellationToken)
    {
        if (await FindAsync(actor, runId, cancellationToken).ConfigureAwait(false) is not { } run)
        {
            return null;
        }
        Check(actor, run.UserId == actor.UserId && actor.May(Permission.UseRuns) ? Permission.UseRuns : Permission.SteerRuns);
        await host.ResumeAsync(actor.TenantId, runId, reason is { Length: > 0 } words ? $"Somebody let it go on: {words}" : "Somebody let it go on.", cancellationToken).ConfigureAwait(false);
        return await FindAsync(actor, runId, cancellationToken).ConfigureAwait(false);
    }

    private async Task StepEndedAsync(Actor actor, Guid runId, Guid stepId, CancellationToken cancellationToken)
    {
        await foreach (var e in WatchAsync(actor, runId, 0, cancellationToken).ConfigureAwait(false))
        {
            if (e is RunEnded || (e is StepEnded ended && ended.StepId == stepId))
            {
                return;
            }
        }
    }

    private static StepView? Find(StepView? step, Guid id) =>
        step is null || step.Id == id ? step : step.Steps.Select(child => Find(child, id)).FirstOrDefault(found => found is not null);

    private static bool MaySee(Actor actor, Guid owner) => actor.May(Permission.ReadRuns) || (actor.UserId == owner && actor.May(Permission.UseRuns));

    private static void Check(Actor actor, Permission permission)
    {
        if (!actor.May(permission))
        {
            throw new AccessDenied(permission);
        }
    }
}
