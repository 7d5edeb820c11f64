using System.Text.Json;
using Hal9.Engine.Budgets;
using Hal9.Engine.Diagnostics;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Runs;

/// <summary>What was stored of a run before this process took it over.</summary>
internal sealed record RunPast(IReadOnlyList<StepRow> Steps, IReadOnlyList<ModelCallRow> Calls, IReadOnlyList<RunEvent> Events)
{
    public static RunPast None { get; } = new([], [], []);
}

/// <summary>
/// The run's own record: everything that happens in it is written here first, conditional on the run's epoch, and only then shown. When a run is
/// rebuilt after a crash the loop walks the same way again and the journal answers from what is stored instead of writing twice.
/// </summary>
internal sealed class RunJournal : ICallJournal
{
    private readonly RunRow run;
    private readonly Writer writer;
    private readonly RunFeed feed;
    private readonly SignalFeed signalFeed;
    private readonly SignalReader reader;
    private readonly TimeProvider time;
    private readonly IEnumerable<IRunEndWriter> endWriters;
    private readonly Lock gate = new();
    private readonly Dictionary<string, StepRow> steps;
    private readonly Dictionary<string, List<ModelCallRow>> leaves;
    private readonly HashSet<(SignalKind, Guid, Guid)> signals;
    private readonly Dictionary<string, long> costByPath = [];

    public RunJournal(RunRow run, RunPast past, Writer writer, RunFeed feed, SignalFeed signalFeed, TimeProvider time, IEnumerable<IRunEndWriter> endWriters)
    {
        this.run = run;
        this.writer = writer;
        this.feed = feed;
        this.signalFeed = signalFeed;
        reader = new SignalReader(run.Id);
        this.time = time;
        this.endWriters = endWriters;
        origin = new RunOrigin(run.Provenance);
        steps = past.Steps.ToDictionary(s => s.Path, StringComparer.Ordinal);
        leaves = past.Calls.GroupBy(c => c.Leaf, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.OrderBy(c => c.Attempt).ToList(), StringComparer.Ordinal);
        signals = [.. past.Events.OfType<SignalSent>().Select(s => (s.Kind, s.FromStep, s.ToStep))];
        Triaged = past.Events.OfType<RunTriaged>().FirstOrDefault();
        foreach (var step in past.Steps)
        {
            reader.Know(step.Id, step.Neuron);
        }
        foreach (var call in past.Calls)
        {
            Book(call.Leaf, call.Cost);
            origin.Note(call.Status, call.Provenance);
        }
    }

    /// <summary>What triage chose before a crash.</summary>
    public RunTriaged? Triaged { get; }

    /// <summary>All that was settled so far.</summary>
    public Usd Cost { get; private set; }

    private readonly RunOrigin origin;

    public Task TriagedAsync(RunTriaged triaged, CancellationToken cancellationToken) => Triaged is not null ? Task.CompletedTask : writer.WriteAsync(
        run.TenantId,
        batch =>
        {
            batch.Execute(RunStatements.Begin, ("@run", run.Id), ("@tenant", run.TenantId), ("@epoch", run.Epoch));
            Append(batch, triaged);
        },
        cancellationToken);

    /// <summary>Opens the step of a path, or returns it when it is stored already.</summary>
    public async Task<StepRow> StartStepAsync(string path, StepRow? parent, Layer layer, string neuron, string goal, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (steps.TryGetValue(path, out var known))
            {
                return known;
            }
        }
        var now = time.GetUtcNow();
        var step = new StepRow
        {
            Id = Guid.CreateVersion7(), TenantId = run.TenantId, RunId = run.Id, ParentId = parent?.Id, Path = path,
            Layer = layer, Neuron = neuron, Status = StepStatus.Running, Goal = goal, StartedAt = now,
        };
        await writer.WriteAsync(
            run.TenantId,
            batch =>
            {
                batch.Execute(
                    RunStatements.InsertStep,
                    ("@id", step.Id), ("@tenant", run.TenantId), ("@run", run.Id), ("@parent", step.ParentId), ("@path", path), ("@layer", layer.ToString()),
                    ("@neuron", neuron), ("@status", nameof(StepStatus.Running)), ("@goal", goal), ("@now", now.ToUnixTimeMilliseconds()));
                if (parent is null)
                {
                    Append(batch, new StepStarted(step.Id, null, layer, neuron, goal));
                }
                else
                {
                    Append(batch, new SignalSent(SignalKind.Assignment, parent.Id, step.Id, parent.Neuron, neuron, Short(goal)), new StepStarted(step.Id, parent.Id, layer, neuron, goal));
                    batch.OnCommitted(() => EngineMeters.Signal(parent.Layer.ToString(), layer.ToString(), "assigned"));
                }
            },
            cancellationToken).ConfigureAwait(false);
        lock (gate)
        {
            steps[path] = step;
        }
        return step;
    }

    /// <summary>Ends a step, once; its result goes up as a signal.</summary>
    public async Task EndStepAsync(StepRow step, StepRow? parent, StepStatus status, string? result, string? error, CancellationToken cancellationToken)
    {
        if (step.EndedAt is not null)
        {
            return;
        }
        var now = time.GetUtcNow();
        var cost = CostBelow(step.Path);
        await writer.WriteAsync(
            run.TenantId,
            batch =>
            {
                batch.Execute(
                    RunStatements.EndStep,
                    ("@status", status.ToString()), ("@result", result), ("@error", error), ("@cost", cost.Nano), ("@now", now.ToUnixTimeMilliseconds()),
                    ("@id", step.Id), ("@tenant", run.TenantId));
                var ended = new StepEnded(step.Id, status, cost, Short(result), error);
                batch.OnCommitted(() => EngineMeters.AgentEnded(step.Neuron, now - step.StartedAt, CallsOf(step.Path), status == StepStatus.Succeeded ? null : WordOf(status)));
                if (parent is null)
                {
                    Append(batch, ended);
                }
                else
                {
                    Append(batch, ended, new SignalSent(SignalKind.Result, step.Id, parent.Id, step.Neuron, parent.Neuron, Short(result ?? error ?? "")));
                    batch.OnCommitted(() => EngineMeters.Signal(step.Layer.ToString(), parent.Layer.ToString(), WordOf(status)));
                }
            },
            cancellationToken).ConfigureAwait(false);
        lock (gate)
        {
            (step.Status, step.Result, step.Error, step.Cost, step.EndedAt) = (status, result, error, cost, now);
        }
    }

    /// <summary>A parent's verdict on a child's result, once per pair of steps.</summary>
    public Task FeedbackAsync(StepRow parent, StepRow child, bool accepted, string feedback, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (!signals.Add((SignalKind.Feedback, parent.Id, child.Id)))
            {
                return Task.CompletedTask;
            }
        }
        return writer.WriteAsync(
            run.TenantId,
            batch =>
            {
                Append(batch, new SignalSent(SignalKind.Feedback, parent.Id, child.Id, parent.Neuron, child.Neuron, Short(feedback), accepted));
                batch.OnCommitted(() => EngineMeters.Signal(parent.Layer.ToString(), child.Layer.ToString(), accepted is false ? "sentBack" : "accepted"));
            },
            cancellationToken);
    }

    public Task SavePartialAsync(string text, CancellationToken cancellationToken) => writer.WriteAsync(
        run.TenantId,
        batch => batch.Execute(RunStatements.SavePartial, ("@text", text), ("@run", run.Id), ("@tenant", run.TenantId), ("@epoch", run.Epoch)), cancellationToken);

    /// <summary>Writes that somebody asked to stop; from now on a restart honours it too.</summary>
    public Task CancelRequestedAsync(IReadOnlyCollection<string> paths, CancelRequested request, CancellationToken cancellationToken) => writer.WriteAsync(
        run.TenantId,
        batch =>
        {
            Append(batch, request);
            batch.Execute(RunStatements.SaveCancelled, ("@paths", JsonSerializer.Serialize(paths)), ("@run", run.Id), ("@tenant", run.TenantId), ("@epoch", run.Epoch));
        },
        cancellationToken);

    /// <summary>Writes the end: run, open steps, the message that it answers, the receipt.</summary>
    public Task EndAsync(RunEnding ending, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var provenance = origin.At(ending.Status);
        var openSteps = ending.Status switch { RunStatus.Failed => StepStatus.Failed, RunStatus.Refused => StepStatus.Refused, _ => StepStatus.Cancelled };
        return writer.WriteAsync(
            run.TenantId,
            batch =>
            {
                Append(batch, new RunEnded(
                    ending.Status, Cost, provenance, ending.Error, ending.Failure is { } failure ? JsonNamingPolicy.CamelCase.ConvertName(failure.Fault.ToString()) : null,
                    ending.Failure?.RetryAfter is { } wait ? (int)Math.Min(Math.Ceiling(wait.TotalSeconds), int.MaxValue) : null));
                batch.Execute(RunStatements.EndOpenSteps, ("@status", openSteps.ToString()), ("@now", now.ToUnixTimeMilliseconds()), ("@run", run.Id), ("@tenant", run.TenantId));
                batch.Execute(
                    RunStatements.EndRun,
                    ("@status", ending.Status.ToString()), ("@answer", ending.Answer), ("@error", ending.Error),
                    ("@refusal", ending.Refusal is null ? null : JsonSerializer.Serialize(ending.Refusal, RunJson.Options)), ("@provenance", provenance.ToString()),
                    ("@now", now.ToUnixTimeMilliseconds()), ("@run", run.Id), ("@tenant", run.TenantId), ("@epoch", run.Epoch));
                batch.OnCommitted(() => EngineMeters.RunEnded(WordOf(run.Kind), WordOf(run.Mode), WordOf(ending.Status), ending.Status == RunStatus.Succeeded, now - run.StartedAt));
                foreach (var endWriter in endWriters)
                {
                    endWriter.Write(batch, run, ending, Cost, provenance, now);
                }
            },
            cancellationToken);
    }

    /// <summary>What a leaf (with its repair) has cost so far, from before a crash: the envelope is rebuilt with it.</summary>
    public (Usd Cost, long Tokens) SpentOn(string leaf)
    {
        lock (gate)
        {
            return Sum(leaves.Where(l => l.Key == leaf || l.Key.StartsWith(leaf + "/", StringComparison.Ordinal)));
        }
    }

    /// <summary>Books a finished step of before a crash, with all below it, in its envelope.</summary>
    public void Rebook(string path, Envelope envelope)
    {
        int below;
        (Usd Cost, long Tokens) spent;
        lock (gate)
        {
            below = steps.Keys.Count(p => p.StartsWith(path + ".", StringComparison.Ordinal));
            spent = Sum(leaves.Where(l => l.Key.StartsWith(path + "/", StringComparison.Ordinal) || l.Key.StartsWith(path + ".", StringComparison.Ordinal)));
        }
        envelope.Settle(Usd.Zero, 0, spent.Cost, spent.Tokens);
        for (var i = 0; i < below; i++)
        {
            envelope.OpenStep();
        }
    }

    private static (Usd, long) Sum(IEnumerable<KeyValuePair<string, List<ModelCallRow>>> some)
    {
        var calls = some.SelectMany(l => l.Value).ToList();
        return (new Usd(calls.Sum(c => c.Cost.Nano)), calls.Sum(c => c.InputTokens + c.OutputTokens));
    }

    ChatResponse? ICallJournal.Replay(string leaf)
    {
        lock (gate)
        {
            return leaves.TryGetValue(leaf, out var calls) && calls.LastOrDefault(c => c.Status == CallStatus.Succeeded)?.Response is { } json
                ? JsonSerializer.Deserialize<ChatResponse>(json, AIJsonUtilities.DefaultOptions)
                : null;
        }
    }

    int ICallJournal.AttemptsOf(string leaf)
    {
        lock (gate)
        {
            return leaves.TryGetValue(leaf, out var calls) ? calls[^1].Attempt : 0;
        }
    }

    void ICallJournal.Started(WriteBatch batch, CallContext context, CallAttempt attempt)
    {
        Append(batch, new ModelCallStarted(context.StepId, attempt.Id, attempt.Attempt, attempt.Model.Provider, attempt.Model.Model, attempt.Reserved));
        batch.Execute(
            RunStatements.InsertCall,
            ("@id", attempt.Id), ("@tenant", run.TenantId), ("@run", run.Id), ("@step", context.StepId), ("@leaf", context.Leaf), ("@attempt", attempt.Attempt),
            ("@provider", attempt.Model.Provider), ("@model", attempt.Model.Model), ("@status", nameof(CallStatus.Running)), ("@provenance", attempt.Provenance.ToString()),
            ("@reserved", attempt.Reserved.Nano), ("@estimated", false), ("@at", attempt.StartedAt.ToUnixTimeMilliseconds()),
            ("@prompt", attempt.Attempt == 1 && context.Prompt is { } prompt ? JsonSerializer.Serialize(prompt, RunJson.Options) : null));
        if (origin.Changes(attempt.Provenance))
        {
            batch.Execute(RunStatements.SaveProvenance, ("@provenance", attempt.Provenance.ToString()), ("@run", run.Id), ("@tenant", run.TenantId), ("@epoch", run.Epoch));
        }
        batch.OnCommitted(() =>
        {
            origin.Note(CallStatus.Running, attempt.Provenance);
            lock (gate)
            {
                if (!leaves.TryGetValue(context.Leaf, out var calls))
                {
                    leaves[context.Leaf] = calls = [];
                }
                calls.Add(new ModelCallRow
                {
                    Id = attempt.Id, TenantId = run.TenantId, RunId = run.Id, StepId = context.StepId, Leaf = context.Leaf, Attempt = attempt.Attempt,
                    Provider = attempt.Model.Provider, Model = attempt.Model.Model, Status = CallStatus.Running,
                });
            }
        });
    }

    void ICallJournal.Ended(WriteBatch batch, CallContext context, CallAttempt attempt, CallOutcome outcome)
    {
        var usage = outcome.Usage;
        Append(batch, new ModelCallEnded(
            context.StepId, attempt.Id, attempt.Attempt, outcome.Status, outcome.Provenance, usage.Input, usage.Output, outcome.Cost, outcome.Milliseconds, outcome.Error));
        batch.Execute(
            RunStatements.EndCall,
            ("@status", outcome.Status.ToString()), ("@provenance", outcome.Provenance.ToString()), ("@input", usage.Input), ("@cached", usage.Cached),
            ("@write", usage.CacheWrite + usage.CacheWrite1h), ("@output", usage.Output), ("@reasoning", usage.Reasoning), ("@cost", outcome.Cost.Nano),
            ("@bill", JsonSerializer.Serialize(outcome.Bill, RunJson.Options)), ("@price", outcome.PriceVersion), ("@estimated", outcome.UsageEstimated), ("@raw", outcome.RawUsage), ("@ms", outcome.Milliseconds),
            ("@first", outcome.FirstTokenMilliseconds), ("@error", outcome.Error),
            ("@response", outcome.Response is null ? null : JsonSerializer.Serialize(outcome.Response, AIJsonUtilities.DefaultOptions)),
            ("@id", attempt.Id), ("@tenant", run.TenantId));
        batch.Execute(RunStatements.AddCost, ("@cost", outcome.Cost.Nano), ("@run", run.Id), ("@tenant", run.TenantId), ("@epoch", run.Epoch));
        batch.OnCommitted(() =>
        {
            Book(context.Leaf, outcome.Cost);
            origin.Note(outcome.Status, outcome.Provenance);
        });
    }

    public Task RestartedAsync(CallContext context, CallAttempt attempt, string reason, CancellationToken cancellationToken) => writer.WriteAsync(
        run.TenantId,
        batch => Append(batch, new AttemptRestarted(context.StepId, attempt.Id, attempt.Attempt, reason)), cancellationToken);

    private void Append(WriteBatch batch, params ReadOnlySpan<RunEvent> events)
    {
        var stored = Append(batch, run.TenantId, run.Id, run.Epoch, feed, time, events);
        batch.OnCommitted(() => signalFeed.Publish(run.TenantId, [.. stored.Select(reader.Read).OfType<NeuronSignal>()]));
    }

    /// <summary>Numbers and stores events; the update that takes the numbers is also the check of the epoch.</summary>
    /// <exception cref="RunTakenOver">The run has a newer epoch.</exception>
    /// <returns>The events with their numbers.</returns>
    public static RunEvent[] Append(WriteBatch batch, Guid tenantId, Guid runId, int epoch, RunFeed feed, TimeProvider time, params ReadOnlySpan<RunEvent> events)
    {
        var last = batch.Scalar(RunStatements.TakeNumbers, ("@count", (long)events.Length), ("@run", runId), ("@tenant", tenantId), ("@epoch", epoch)) as long?
            ?? throw new RunTakenOver(runId);
        var now = time.GetUtcNow();
        var stored = new RunEvent[events.Length];
        for (var i = 0; i < events.Length; i++)
        {
            var numbered = stored[i] = events[i] with { Number = last - events.Length + 1 + i, At = now };
            batch.Execute(
                RunStatements.InsertEvent,
                ("@tenant", tenantId), ("@run", runId), ("@number", numbered.Number), ("@at", now.ToUnixTimeMilliseconds()), ("@type", numbered.Type),
                ("@data", JsonSerializer.Serialize(numbered, RunJson.Options)));
        }
        batch.OnCommitted(() => feed.Signal(tenantId, runId));
        return stored;
    }

    private void Book(string leaf, Usd cost)
    {
        lock (gate)
        {
            Cost += cost;
            var path = leaf[..leaf.IndexOf('/', StringComparison.Ordinal)];
            costByPath[path] = costByPath.GetValueOrDefault(path) + cost.Nano;
        }
    }

    private Usd CostBelow(string path)
    {
        lock (gate)
        {
            return new Usd(costByPath.Where(c => c.Key == path || c.Key.StartsWith(path + ".", StringComparison.Ordinal)).Sum(c => c.Value));
        }
    }

    private int CallsOf(string path)
    {
        lock (gate)
        {
            return leaves.Where(l => l.Key.StartsWith(path + "/", StringComparison.Ordinal)).Sum(l => l.Value.Count);
        }
    }

    private static string WordOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static string Short(string? text) => text is null ? "" : text.Length <= 500 ? text : text[..499] + "…";
}
