using System.Text.Json;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;

namespace Hal9.Engine.Runs;

/// <summary>
/// Writes for one run. What nobody waits for is laid by and goes with the next write that somebody waits for, in one transaction and in its order, so
/// that a call costs two commits and not six. Nothing is shown before it is stored, and what would lie for long is written by itself (<see cref="LateWrites"/>).
/// </summary>
internal sealed class RunPen(RunRow run, Writer writer, RunFeed feed, SignalFeed signalFeed, SignalReader reader, LateWrites late, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly List<Action<WriteBatch>> waiting = [];

    // Of the item that is being written: touched on the writer's thread only.
    private readonly List<RunEvent> events = [];
    private int written;
    private RunChange change;
    private long since;

    /// <summary>Whether something was laid by before that time stamp of the clock.</summary>
    public bool WaitsSince(long stamp)
    {
        lock (gate)
        {
            return waiting.Count > 0 && since <= stamp;
        }
    }

    /// <summary>Lays a write by.</summary>
    public void Later(Action<WriteBatch> write)
    {
        lock (gate)
        {
            if (waiting.Count == 0)
            {
                since = time.GetTimestamp();
            }
            waiting.Add(write);
        }
        late.Note(this);
    }

    /// <summary>Writes, after all that was laid by; completes when it is on disk.</summary>
    /// <exception cref="RunTakenOver">The run has a newer epoch.</exception>
    public Task WriteAsync(Action<WriteBatch> write, CancellationToken cancellationToken) =>
        writer.WriteAsync(run.TenantId, batch => Write(batch, write), cancellationToken);

    /// <summary>Writes what was laid by, if there is anything.</summary>
    public Task FlushAsync()
    {
        lock (gate)
        {
            if (waiting.Count == 0)
            {
                return Task.CompletedTask;
            }
        }
        return WriteAsync(static _ => { }, CancellationToken.None);
    }

    /// <summary>The same inside a group of somebody else's.</summary>
    public void Write(WriteBatch batch, Action<WriteBatch> write)
    {
        events.Clear();
        change = default;
        WriteWaiting(batch);
        write(batch);
        Finish(batch);
    }

    /// <summary>Adds an event to what is being written.</summary>
    public void Tell(RunEvent e) => events.Add(e);

    /// <summary>Adds to the run's cost.</summary>
    public void Charge(Usd cost) => change.Cost += cost.Nano;

    /// <summary>The run is at work now.</summary>
    public void Begin() => change.Begins = true;

    /// <summary>The run waits for room in a budget from now on.</summary>
    public void Wait(Refusal refusal, DateTimeOffset at) => (change.Waits, change.At) = (refusal, at);

    /// <summary>The run ends like this; <paramref name="ended"/> is told when it is on disk, before anybody else is.</summary>
    public void End(RunEnding ending, Provenance provenance, DateTimeOffset at, Action ended) =>
        (change.Ending, change.Provenance, change.At, change.Ended) = (ending, provenance, at, ended);

    private void WriteWaiting(WriteBatch batch)
    {
        Action<WriteBatch>[] writes;
        lock (gate)
        {
            if (waiting.Count == written)
            {
                return;
            }
            writes = [.. waiting.Skip(written)];
            written = waiting.Count;
        }
        // Until the group is committed they stay in the list: when it is rolled back they go with whatever is written next.
        batch.OnRollback(() => written = 0);
        batch.OnCommitted(() => Remove(writes.Length));
        foreach (var write in writes)
        {
            write(batch);
        }
    }

    private void Remove(int count)
    {
        lock (gate)
        {
            waiting.RemoveRange(0, count);
            written -= count;
            since = time.GetTimestamp();
        }
    }

    /// <summary>Numbers and stores the events; the update of the run that takes the numbers is also the check of the epoch.</summary>
    private void Finish(WriteBatch batch)
    {
        if (events.Count == 0 && change is { Cost: 0, Begins: false, Ending: null })
        {
            return;
        }
        var last = Update(batch, events.Count) ?? throw new RunTakenOver(run.Id);
        var stored = new RunEvent[events.Count];
        var now = time.GetUtcNow();
        for (var i = 0; i < stored.Length; i++)
        {
            stored[i] = events[i] with { Number = last - stored.Length + 1 + i, At = now };
            Insert(batch, run.TenantId, run.Id, stored[i]);
        }
        var ended = change.Ended;
        batch.OnCommitted(() =>
        {
            run.LastEvent = last;
            ended?.Invoke();
            signalFeed.Publish(run.TenantId, [.. stored.Select(reader.Read).OfType<NeuronSignal>()]);
            feed.Signal(run.TenantId, run.Id);
        });
    }

    private long? Update(WriteBatch batch, int count)
    {
        if (change.Ending is { } ending)
        {
            return batch.Number(
                RunStatements.EndRun,
                ("@count", count), ("@cost", change.Cost), ("@status", ending.Status.ToString()), ("@answer", ending.Answer), ("@error", ending.Error),
                ("@refusal", ending.Refusal is null ? null : JsonSerializer.Serialize(ending.Refusal, RunJson.Options)), ("@provenance", change.Provenance.ToString()),
                ("@now", change.At.ToUnixTimeMilliseconds()), ("@run", run.Id), ("@tenant", run.TenantId), ("@epoch", run.Epoch));
        }
        if (change.Waits is { } refusal)
        {
            return batch.Number(
                RunStatements.Wait, ("@count", count), ("@cost", change.Cost), ("@refusal", JsonSerializer.Serialize(refusal, RunJson.Options)), ("@now", change.At.ToUnixTimeMilliseconds()),
                ("@run", run.Id), ("@tenant", run.TenantId), ("@epoch", run.Epoch));
        }
        if (change.Begins)
        {
            return batch.Number(RunStatements.Begin, ("@count", count), ("@cost", change.Cost), ("@run", run.Id), ("@tenant", run.TenantId), ("@epoch", run.Epoch));
        }
        return change.Cost == 0
            ? batch.Number(RunStatements.TakeNumbers, ("@count", count), ("@run", run.Id), ("@tenant", run.TenantId), ("@epoch", run.Epoch))
            : batch.Number(RunStatements.TakeNumbersAndCost, ("@count", count), ("@cost", change.Cost), ("@run", run.Id), ("@tenant", run.TenantId), ("@epoch", run.Epoch));
    }

    /// <summary>Numbers and stores events of a run that is being taken over.</summary>
    /// <exception cref="RunTakenOver">The run has a newer epoch.</exception>
    public static void Append(WriteBatch batch, Guid tenantId, Guid runId, int epoch, RunFeed feed, TimeProvider time, params ReadOnlySpan<RunEvent> events)
    {
        var last = batch.Number(RunStatements.TakeNumbers, ("@count", events.Length), ("@run", runId), ("@tenant", tenantId), ("@epoch", epoch)) ?? throw new RunTakenOver(runId);
        var now = time.GetUtcNow();
        for (var i = 0; i < events.Length; i++)
        {
            Insert(batch, tenantId, runId, events[i] with { Number = last - events.Length + 1 + i, At = now });
        }
        batch.OnCommitted(() => feed.Signal(tenantId, runId));
    }

    private static void Insert(WriteBatch batch, Guid tenantId, Guid runId, RunEvent e) => batch.Execute(
        RunStatements.InsertEvent,
        ("@tenant", tenantId), ("@run", runId), ("@number", e.Number), ("@at", e.At.ToUnixTimeMilliseconds()), ("@type", e.Type), ("@data", JsonSerializer.Serialize(e, RunJson.Options)));

    /// <summary>What changes in the run's own row.</summary>
    private struct RunChange
    {
        public long Cost;
        public bool Begins;
        public Refusal? Waits;
        public RunEnding? Ending;
        public Provenance Provenance;
        public DateTimeOffset At;
        public Action? Ended;
    }
}
