using System.Text.Json;
using Hal9.Engine.Budgets;
using Hal9.Engine.Diagnostics;
using Hal9.Engine.Events;
using Hal9.Engine.Neurons;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Runs;

/// <summary>A run that was started, or found by its key.</summary>
public sealed class StartedRun
{
    internal StartedRun(RunView run, bool own, LiveRun? live = null)
    {
        Run = run;
        Own = own;
        Live = live;
    }

    /// <summary>As it was when it started.</summary>
    public RunView Run { get; }

    /// <summary>Whether this order started it.</summary>
    public bool Own { get; }

    internal LiveRun? Live { get; }
}

/// <summary>A run that has ended.</summary>
/// <param name="Run">As it is stored.</param>
/// <param name="Response">The newest response that the entry neuron, or the caller of a direct run, got from a model; null: none succeeded.</param>
/// <param name="Waited">How long it waited for providers; null: it did not run in this process from its start.</param>
public sealed record EndedRun(RunView Run, ChatResponse? Response, TimeSpan? Waited);

// Starting, and waiting for what was started.
public sealed partial class RunService
{
    /// <summary>
    /// Starts a run whose caller waits for its answer: it is stored together with its first model call, before anything is spent and before anybody can
    /// ask for it. A tenant without room gets a run that ends as <see cref="RunStatus.Refused"/>.
    /// </summary>
    /// <exception cref="AccessDenied">The actor may not.</exception>
    /// <exception cref="ArgumentException">The order is out of range; the message names the field.</exception>
    public StartedRun Begin(Actor actor, StartRun order)
    {
        var row = RowOf(actor, order, Guid.CreateVersion7());
        var run = host.Open(row, InputOf(order));
        run.StartsLater = run.CallerWaits = true;
        run.Journal.StartLater(new RunStarted(order.Kind, order.Mode, order.Goal), batch => Insert(batch, row, row.StartedAt));
        host.Begin(run);
        return new StartedRun(RunStore.View(row, null), true, run);
    }

    /// <summary>What a run of this order may cost and which budgets it would draw on; nothing is stored or spent. A direct run cannot be quoted: what its model writes is up to its caller.</summary>
    /// <exception cref="AccessDenied">The actor may not start runs.</exception>
    /// <exception cref="ArgumentException">The order is out of range; the message names the field.</exception>
    public async Task<RunQuote> QuoteAsync(Actor actor, StartRun order, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (order.Mode == RunMode.Direct)
        {
            throw new ArgumentException("mode: a direct run cannot be quoted.");
        }
        var row = RowOf(actor, order, Guid.Empty);
        var hierarchy = await hierarchies.OfAsync(actor.TenantId, cancellationToken).ConfigureAwait(false);
        return await quoter.QuoteAsync(actor, order, Triage.Choose(order.Mode, order.Goal, hierarchy), hierarchy, RunStore.View(row, null).Envelope, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until a started run has ended.</summary>
    public async Task<EndedRun> EndAsync(Actor actor, StartedRun started, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(started);
        if (started.Live is { } live)
        {
            await live.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (live.Journal.Ended is { } ended)
            {
                return new EndedRun(ended, live.Journal.LastResponse, live.Waiting.Total);
            }
        }
        var run = await WaitAsync(actor, started.Run.Id, cancellationToken).ConfigureAwait(false);
        return new EndedRun(run, await store.LastResponseAsync(actor.TenantId, run.Id, cancellationToken).ConfigureAwait(false), null);
    }

    /// <summary>The answer of a started run as it streams; ends with the run.</summary>
    public IAsyncEnumerable<string> WatchAnswerAsync(Actor actor, StartedRun started, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(started);
        return started.Live?.Answer.ReadAsync(cancellationToken) ?? WatchAnswerAsync(actor, started.Run.Id, cancellationToken);
    }

    /// <summary>Stores and starts a run; what else belongs to its start is written in the same transaction.</summary>
    internal async Task<StartedRun> StartAsync(Actor actor, StartRun order, Guid id, Action<WriteBatch, DateTimeOffset> alongside, CancellationToken cancellationToken)
    {
        var row = RowOf(actor, order, id);
        var run = host.Open(row, InputOf(order));
        run.CallerWaits = order.CallerWaits;
        Refusal? refusal = null;
        try
        {
            await run.Journal.StartAsync(
                new RunStarted(order.Kind, order.Mode, order.Goal),
                batch =>
                {
                    refusal = ledger.FindExhausted(batch, actor.TenantId, actor.UserId, actor.KeyId);
                    row.Status = refusal is null ? RunStatus.Queued : RunStatus.Refused;
                    row.Error = refusal?.Reason;
                    row.Refusal = refusal is null ? null : JsonSerializer.Serialize(refusal, RunJson.Options);
                    Insert(batch, row, row.StartedAt);
                    alongside(batch, row.StartedAt);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            host.Drop(run);
            throw;
        }
        var view = RunStore.View(row, null);
        if (refusal is null)
        {
            host.Begin(run);
            return new StartedRun(view, true, run);
        }
        EngineMeters.Blocked(row.TenantId);
        await run.Journal.EndAsync(new RunEnding(RunStatus.Refused, null, refusal.Reason, refusal), CancellationToken.None).ConfigureAwait(false);
        host.Drop(run);
        return new StartedRun(run.Journal.Ended ?? view, true);
    }

    private static RunInput InputOf(StartRun order) =>
        new(order.History, order.Direct, order.MaxOutputTokens, order.Files is { Count: > 0 } files ? files : null, order.ProjectId);

    private RunRow RowOf(Actor actor, StartRun order, Guid id)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(order);
        Check(actor, Permission.UseRuns);
        StartRunRules.Check(order);
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        return new RunRow
        {
            Id = id, TenantId = actor.TenantId, UserId = actor.UserId, KeyId = actor.KeyId, Kind = order.Kind, Mode = order.Mode,
            Status = RunStatus.Queued, Goal = order.Goal, Input = InputOf(order).ToJson(),
            ConversationId = order.ConversationId, MessageId = order.MessageId, IsTemporary = order.IsTemporary, Tags = order.Tags.Count == 0 ? "[]" : JsonSerializer.Serialize(order.Tags),
            EnvelopeNano = (order.Envelope?.Cost ?? Usd.FromAmount(options.EnvelopeUsd)).Nano,
            EnvelopeTokens = order.Envelope?.Tokens ?? options.EnvelopeTokens,
            EnvelopeSteps = order.Envelope?.Steps ?? options.EnvelopeSteps,
            EnvelopeSeconds = order.Envelope?.Seconds ?? options.EnvelopeSeconds,
            Provenance = Provenance.Offline, Owner = host.Id, Epoch = 1, HeartbeatAt = now, StartedAt = now,
        };
    }

    private static void Insert(WriteBatch batch, RunRow row, DateTimeOffset now)
    {
        foreach (var tag in row.Tags == "[]" ? [] : JsonSerializer.Deserialize<string[]>(row.Tags)!)
        {
            batch.Execute(LedgerStatements.TagRun, ("@tenant", row.TenantId), ("@run", row.Id), ("@tag", tag));
        }
        batch.Execute(
            RunStatements.InsertRun,
            ("@id", row.Id), ("@tenant", row.TenantId), ("@user", row.UserId), ("@key", row.KeyId), ("@kind", row.Kind.ToString()), ("@mode", row.Mode.ToString()),
            ("@status", row.Status.ToString()), ("@goal", row.Goal), ("@input", row.Input), ("@conversation", row.ConversationId), ("@message", row.MessageId), ("@temporary", row.IsTemporary),
            ("@tags", row.Tags), ("@nano", row.EnvelopeNano), ("@tokens", row.EnvelopeTokens), ("@steps", row.EnvelopeSteps), ("@seconds", row.EnvelopeSeconds),
            ("@error", row.Error), ("@refusal", row.Refusal), ("@provenance", nameof(Provenance.Offline)), ("@owner", row.Owner), ("@epoch", row.Epoch),
            ("@now", now.ToUnixTimeMilliseconds()));
    }
}
