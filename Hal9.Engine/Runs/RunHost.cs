using System.Collections.Concurrent;
using System.Text.Json;
using Hal9.Engine.Budgets;
using Hal9.Engine.Diagnostics;
using Hal9.Engine.Events;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hal9.Engine.Runs;

/// <summary>
/// Runs the loops of this process on the thread pool. A run's row holds owner, epoch and heartbeat; taking a run over raises the epoch, and every write of
/// an older epoch is refused, so an old loop stops by itself.
/// </summary>
internal sealed partial class RunHost(
    RunLoop loop, RunStore store, BudgetLedger ledger, Writer writer, RunFeed feed, JournalParts parts,
    IOptions<RunsOptions> options, TimeProvider time, ILogger<RunHost> logger) : IDisposable
{
    /// <summary>A run whose owner has been silent for so long has none any more.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(15);

    private const string CarriedOut = "It is taken up to carry out that it was cancelled.";

    private readonly ConcurrentDictionary<Guid, LiveRun> live = new();
    private readonly ConcurrentDictionary<Guid, Task> loops = new();
    private readonly SemaphoreSlim places = new(options.Value.MaxConcurrent);

    // Between a take-over and the loop that it starts, an order to stop would reach neither the row that was read nor the run.
    private readonly SemaphoreSlim takingOver = new(1);
    private readonly CancellationTokenSource stopping = new();
    private int stopped;

    /// <summary>This process, as a run's row names it.</summary>
    public string Id { get; } = Guid.CreateVersion7().ToString();

    /// <summary>Runs at work here.</summary>
    public int Active => live.Count;

    /// <summary>The run, if it is at work here.</summary>
    public LiveRun? Find(Guid runId) => live.GetValueOrDefault(runId);

    /// <summary>
    /// Makes a run known here, before its row (with this host as owner) is stored: whoever learns of it by the row finds it. <see cref="Begin"/> starts its
    /// loop; <see cref="Drop"/> forgets it when the row could not be stored.
    /// </summary>
    public LiveRun Open(RunRow row, RunInput input) => Open(row, input, RunPast.None);

    /// <summary>Starts the loop of an opened run.</summary>
    public void Begin(LiveRun run)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loops[run.Row.Id] = done.Task;
        // The loop is owned here: it is awaited on disposal, and whatever it throws is logged by itself.
        ThreadPool.UnsafeQueueUserWorkItem(_ => _ = WorkAsync(run, done), null);
    }

    /// <summary>Forgets an opened run that never began.</summary>
    public void Drop(LiveRun run)
    {
        live.TryRemove(KeyValuePair.Create(run.Row.Id, run));
        run.End();
        run.Dispose();
    }

    /// <summary>Keeps all own runs alive.</summary>
    public Task HeartbeatAsync(CancellationToken cancellationToken) => live.IsEmpty ? Task.CompletedTask : writer.WriteAsync(
        batch => batch.Execute(RunStatements.Heartbeat, ("@now", time.GetUtcNow().ToUnixTimeMilliseconds()), ("@owner", Id)), cancellationToken);

    /// <summary>Takes over runs whose owner is gone. At start, when the data directory's lock says that nobody else is there, that is every unfinished run.</summary>
    /// <returns>How many were taken over.</returns>
    public async Task<int> SweepAsync(bool all, CancellationToken cancellationToken)
    {
        var before = all ? DateTimeOffset.MaxValue : time.GetUtcNow() - StaleAfter;
        var taken = 0;
        foreach (var row in await store.StaleAsync(Id, before, cancellationToken).ConfigureAwait(false))
        {
            if (await TakeOverAsync(row, "The process that worked on it ended.", cancellationToken).ConfigureAwait(false))
            {
                taken++;
            }
        }
        return taken;
    }

    /// <summary>Takes up runs that waited for a budget which has room now: it was raised or changed, or began anew.</summary>
    /// <returns>How many go on.</returns>
    public async Task<int> SweepWaitingAsync(CancellationToken cancellationToken)
    {
        var resumed = 0;
        foreach (var row in await store.WaitingAsync(cancellationToken).ConfigureAwait(false))
        {
            if (RunStore.View(row, null).Refusal is not { } refusal || await ledger.HasRoomAsync(row.TenantId, refusal, cancellationToken).ConfigureAwait(false))
            {
                resumed += await TakeOverAsync(row, "Its budget has room again.", cancellationToken).ConfigureAwait(false) ? 1 : 0;
            }
        }
        return resumed;
    }

    /// <summary>Lets a run that waits go on; if there is still no room it will wait again.</summary>
    /// <returns>False when it does not wait.</returns>
    public async Task<bool> ResumeAsync(Guid tenantId, Guid runId, string reason, CancellationToken cancellationToken) =>
        await store.RowAsync(tenantId, runId, cancellationToken).ConfigureAwait(false) is { Status: RunStatus.Waiting } row
        && await TakeOverAsync(row, reason, cancellationToken).ConfigureAwait(false);

    /// <summary>Settles reservations that a run left open although it has ended: its last settlement could not be stored (a full disk, say).</summary>
    /// <returns>How many were settled, each at its worst case.</returns>
    public async Task<int> SweepReservationsAsync(CancellationToken cancellationToken)
    {
        var settled = 0;
        foreach (var (tenantId, runId) in await ledger.FindHoldersAsync(time.GetUtcNow() - StaleAfter, cancellationToken).ConfigureAwait(false))
        {
            if (live.ContainsKey(runId) || await store.RowAsync(tenantId, runId, cancellationToken).ConfigureAwait(false) is { EndedAt: null })
            {
                continue;
            }
            settled += await writer.WriteAsync(
                tenantId,
                batch =>
                {
                    var orphans = ledger.SettleOrphans(batch, tenantId, runId);
                    foreach (var (callId, amount) in orphans)
                    {
                        batch.Execute(
                            RunStatements.InterruptCall,
                            ("@cost", amount.Nano), ("@estimated", true), ("@error", "Its settlement was lost; it is booked at its worst case."), ("@id", callId), ("@tenant", tenantId));
                        batch.Execute(RunStatements.AddLateCost, ("@cost", amount.Nano), ("@run", runId), ("@tenant", tenantId));
                    }
                    return orphans.Count;
                },
                cancellationToken).ConfigureAwait(false);
            LogSettled(logger, runId);
        }
        return settled;
    }

    /// <summary>Stops a run, or a step's subtree, of this process: stored first, then carried out, then confirmed.</summary>
    /// <returns>False when the run is not at work here; the order is stored then, and whoever takes the run up carries it out.</returns>
    public async Task<bool> CancelAsync(Guid tenantId, Guid runId, Guid? stepId, string path, string? reason, Guid? userId, bool callerLeft, CancellationToken cancellationToken)
    {
        var run = Find(runId);
        if (run is null)
        {
            await takingOver.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (Find(runId) is not { } taken)
                {
                    await NoteCancelAsync(tenantId, runId, path, new CancelRequested(stepId, reason, userId), cancellationToken).ConfigureAwait(false);
                    run = null;
                }
                else
                {
                    run = taken;
                }
            }
            finally
            {
                takingOver.Release();
            }
        }
        if (run is null)
        {
            // Nobody is at work on a run that waits: it is taken up so that it can end.
            if (path.Length > 0 || !await ResumeAsync(tenantId, runId, CarriedOut, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }
            await (Find(runId)?.Ended ?? Task.CompletedTask).WaitAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        try
        {
            await run.Journal.CancelRequestedAsync(run.Mark(path), new CancelRequested(stepId, reason, userId), cancellationToken).ConfigureAwait(false);
        }
        catch (Models.RunTakenOver)
        {
            return false;
        }
        run.CallerLeft = callerLeft;
        run.Trip(path);
        if (path.Length == 0)
        {
            await run.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
            // It may have begun to wait at that very moment.
            if (await ResumeAsync(tenantId, runId, CarriedOut, cancellationToken).ConfigureAwait(false))
            {
                await (Find(runId)?.Ended ?? Task.CompletedTask).WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        return true;
    }

    private async Task NoteCancelAsync(Guid tenantId, Guid runId, string path, CancelRequested request, CancellationToken cancellationToken)
    {
        if (await store.RowAsync(tenantId, runId, cancellationToken).ConfigureAwait(false) is { EndedAt: null } row)
        {
            string[] paths = [.. JsonSerializer.Deserialize<string[]>(row.Cancelled) ?? [], path];
            await new RunJournal(row, RunPast.None, parts).CancelRequestedAsync(paths, request, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Stops all loops and waits for them; their runs go on at the next start.</summary>
    public async Task StopAsync()
    {
        // The worker stops the loops before the database closes; the container disposes once more.
        if (Interlocked.Exchange(ref stopped, 1) == 1)
        {
            return;
        }
        await stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(loops.Values).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        places.Dispose();
        takingOver.Dispose();
        stopping.Dispose();
    }

    private LiveRun Open(RunRow row, RunInput input, RunPast past)
    {
        var journal = new RunJournal(row, past, parts);
        return live[row.Id] = new LiveRun(row, input, journal, time, JsonSerializer.Deserialize<string[]>(row.Cancelled) ?? [], stopping.Token);
    }

    private async Task WorkAsync(LiveRun run, TaskCompletionSource done)
    {
        try
        {
            var placed = await EnterAsync(run).ConfigureAwait(false);
            try
            {
                await loop.ExecuteAsync(run, stopping.Token).ConfigureAwait(false);
            }
            finally
            {
                if (placed)
                {
                    places.Release();
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            // Its end could not be stored (a full disk, say). The row still says that it runs: the next start takes it up again.
            LogLost(logger, e, run.Row.Id);
        }
        finally
        {
            // Only its own entry: a run that was lost to another owner may be back here under a newer epoch.
            live.TryRemove(KeyValuePair.Create(run.Row.Id, run));
            run.Answer.Complete(null);
            run.End();
            feed.Signal(run.Row.TenantId, run.Row.Id);
            loops.TryRemove(KeyValuePair.Create(run.Row.Id, done.Task));
            run.Dispose();
            done.SetResult();
        }
    }

    /// <summary>Waits for a place. A run that is stopped before it gets one only has its end to write, and needs none for that.</summary>
    private async Task<bool> EnterAsync(LiveRun run)
    {
        try
        {
            await places.WaitAsync(run.Stopping).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<bool> TakeOverAsync(RunRow row, string reason, CancellationToken cancellationToken)
    {
        await takingOver.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await TakeOverAloneAsync(row, reason, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            takingOver.Release();
        }
    }

    private async Task<bool> TakeOverAloneAsync(RunRow row, string reason, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var epoch = row.Epoch + 1;
        var mine = await writer.WriteAsync(
            row.TenantId,
            batch =>
            {
                if (batch.Execute(
                    RunStatements.TakeOver, ("@owner", Id), ("@now", now.ToUnixTimeMilliseconds()), ("@run", row.Id), ("@tenant", row.TenantId), ("@epoch", row.Epoch)) == 0)
                {
                    return false;
                }
                var orphans = ledger.SettleOrphans(batch, row.TenantId, row.Id).ToDictionary(o => o.CallId, o => o.Amount);
                var interrupted = batch.Query(
                    RunStatements.RunningCalls,
                    reader => (Id: reader.GetGuid(0), StepId: reader.GetGuid(1), Attempt: reader.GetInt32(2)),
                    ("@run", row.Id), ("@tenant", row.TenantId));
                RunPen.Append(batch, row.TenantId, row.Id, epoch, feed, time, new RunResumed(epoch, reason));
                foreach (var call in interrupted)
                {
                    const string Why = "The process ended while this call was on its way; it is booked at its worst case.";
                    var cost = orphans.GetValueOrDefault(call.Id);
                    batch.Execute(RunStatements.InterruptCall, ("@cost", cost.Nano), ("@estimated", true), ("@error", Why), ("@id", call.Id), ("@tenant", row.TenantId));
                    batch.Execute(RunStatements.AddCost, ("@cost", cost.Nano), ("@run", row.Id), ("@tenant", row.TenantId), ("@epoch", epoch));
                    RunPen.Append(
                        batch, row.TenantId, row.Id, epoch, feed, time,
                        new ModelCallEnded(call.StepId, call.Id, call.Attempt, CallStatus.Interrupted, Provenance.Live, 0, 0, cost, 0, Why),
                        new AttemptRestarted(call.StepId, call.Id, call.Attempt, Why));
                }
                batch.Execute(RunStatements.VoidPartial, ("@run", row.Id), ("@tenant", row.TenantId), ("@epoch", epoch));
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        if (!mine)
        {
            return false;
        }
        LogTakenOver(logger, row.Id, epoch);
        var fresh = await store.RowAsync(row.TenantId, row.Id, cancellationToken).ConfigureAwait(false);
        var past = await store.PastAsync(row.TenantId, row.Id, cancellationToken).ConfigureAwait(false);
        if (row.Mode == RunMode.Direct && !past.Calls.Any(c => c.Status == CallStatus.Succeeded))
        {
            // Whoever asked was waiting on a connection that is gone: asking the model again would spend money for nobody.
            var journal = new RunJournal(fresh!, past, parts);
            await journal.EndAsync(new RunEnding(RunStatus.Failed, null, "The process ended while this pass-through call was on its way; its caller's connection is gone, so it is not made again."), cancellationToken).ConfigureAwait(false);
            return true;
        }
        Begin(Open(fresh!, RunInput.FromJson(fresh!.Input), past));
        return true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId} was taken over and goes on (epoch {Epoch})")]
    private static partial void LogTakenOver(ILogger logger, Guid runId, int epoch);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId} had ended with open reservations; they are settled at their worst case")]
    private static partial void LogSettled(ILogger logger, Guid runId);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The end of run {RunId} could not be stored; it is taken up again at the next start")]
    private static partial void LogLost(ILogger logger, Exception exception, Guid runId);
}
