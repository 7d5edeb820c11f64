using System.Text.Json;
using Hal9.Engine.Budgets;
using Hal9.Engine.Diagnostics;
using Hal9.Engine.Events;
using Hal9.Engine.Learning;
using Hal9.Engine.Models;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Runs;

/// <summary>
/// The run's own record: everything that happens in it is written here first, conditional on the run's epoch, and only then shown. When a run is
/// rebuilt after a crash the loop walks the same way again and the journal answers from what is stored instead of writing twice.
/// </summary>
internal sealed partial class RunJournal
{
    private readonly RunRow run;
    private readonly RunPen pen;
    private readonly TimeProvider time;
    private readonly IEnumerable<IRunEndWriter> endWriters;
    private readonly Lock gate = new();
    private readonly Dictionary<string, StepRow> steps;
    private readonly Dictionary<string, List<ModelCallRow>> leaves;
    private readonly HashSet<(SignalKind, Guid, Guid)> signals;
    private readonly Dictionary<string, long> costByPath = [];
    private readonly List<(Guid StepId, ModelCallView View)>? calls;

    public RunJournal(RunRow run, RunPast past, JournalParts parts)
    {
        this.run = run;
        var reader = new SignalReader(run.Id);
        pen = new RunPen(run, parts.Writer, parts.Feed, parts.Signals, reader, parts.Late, parts.Time);
        time = parts.Time;
        endWriters = parts.EndWriters;
        origin = new RunOrigin(run.Provenance);
        steps = past.Steps.ToDictionary(s => s.Path, StringComparer.Ordinal);
        leaves = past.Calls.GroupBy(c => c.Leaf, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.OrderBy(c => c.Attempt).ToList(), StringComparer.Ordinal);
        signals = [.. past.Events.OfType<SignalSent>().Select(s => (s.Kind, s.FromStep, s.ToStep))];
        Triaged = past.Events.OfType<RunTriaged>().FirstOrDefault();
        // What began here is known here as a whole; of what was taken over only the database knows all.
        calls = ReferenceEquals(past, RunPast.None) ? [] : null;
        foreach (var step in past.Steps)
        {
            reader.Know(step.Id, step.Neuron, step.ParentId);
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

    /// <summary>The run as it ended and is stored; null: it has not, or only the database knows all of it.</summary>
    public RunView? Ended { get; private set; }

    /// <summary>The newest response that the entry neuron, or the caller of a direct run, got from a model here.</summary>
    public ChatResponse? LastResponse { get; private set; }

    /// <summary>Stores the run's own row, with what else belongs to its start.</summary>
    public Task StartAsync(RunStarted started, Action<WriteBatch> write, CancellationToken cancellationToken) => pen.WriteAsync(
        batch =>
        {
            write(batch);
            pen.Tell(started);
        },
        cancellationToken);

    /// <summary>The same with the run's first model call: nobody is told of the run before that, and nothing is spent.</summary>
    public void StartLater(RunStarted started, Action<WriteBatch> write) => pen.Later(batch =>
    {
        write(batch);
        pen.Tell(started);
    });

    /// <summary>Writes what waits for the next write.</summary>
    public Task FlushAsync() => pen.FlushAsync();

    /// <param name="triaged">The way in.</param>
    /// <param name="quote">What is expected of the run; null: nobody can say.</param>
    public void Triage(RunTriaged triaged, Usd? quote)
    {
        if (Triaged is null)
        {
            run.Quote = quote;
            pen.Later(batch =>
            {
                pen.Begin();
                pen.Tell(triaged);
                if (quote is { } expected)
                {
                    batch.Execute(RunStatements.SaveQuote, ("@quote", expected.Nano), ("@run", run.Id), ("@tenant", run.TenantId), ("@epoch", run.Epoch));
                }
            });
        }
    }

    /// <summary>Opens the step of a path with what its envelope allows, or returns it when it is stored already.</summary>
    public StepRow StartStep(string path, StepRow? parent, Layer layer, string neuron, string goal, Usd? plan = null, Guidance? guidance = null)
    {
        var step = new StepRow
        {
            Id = Guid.CreateVersion7(), TenantId = run.TenantId, RunId = run.Id, ParentId = parent?.Id, Path = path,
            Layer = layer, Neuron = neuron, Status = StepStatus.Running, Goal = goal, StartedAt = Now(), PlanNano = plan?.Nano,
        };
        lock (gate)
        {
            if (steps.TryGetValue(path, out var known))
            {
                return known;
            }
            steps[path] = step;
        }
        pen.Later(batch =>
        {
            batch.Execute(
                RunStatements.InsertStep,
                ("@id", step.Id), ("@tenant", run.TenantId), ("@run", run.Id), ("@parent", step.ParentId), ("@path", path), ("@layer", Names.Of(layer)),
                ("@neuron", neuron), ("@status", nameof(StepStatus.Running)), ("@goal", goal), ("@now", step.StartedAt.ToUnixTimeMilliseconds()), ("@plan", step.PlanNano));
            if (guidance is not null)
            {
                DecisionLog.Write(batch, new DecidedStep(run.TenantId, run.Id, step.Id, layer, neuron, goal, step.StartedAt), guidance);
            }
            if (parent is not null)
            {
                pen.Tell(new SignalSent(SignalKind.Assignment, parent.Id, step.Id, parent.Neuron, neuron, Short(goal)));
                batch.OnCommitted(() => EngineMeters.Signal(Names.Of(parent.Layer), Names.Of(layer), "assigned"));
            }
            pen.Tell(new StepStarted(step.Id, parent?.Id, layer, neuron, goal));
        });
        return step;
    }

    /// <summary>Ends a step, once; its result goes up as a signal. A success is stored with the next write, everything else now: somebody may wait to see it.</summary>
    public Task EndStepAsync(StepRow step, StepRow? parent, StepStatus status, string? result, string? error)
    {
        Usd cost;
        DateTimeOffset now;
        lock (gate)
        {
            if (step.EndedAt is not null)
            {
                return Task.CompletedTask;
            }
            (cost, now) = (CostBelow(step.Path), Now());
            (step.Status, step.Result, step.Error, step.Cost, step.EndedAt) = (status, result, error, cost, now);
        }
        pen.Later(batch =>
        {
            batch.Execute(
                RunStatements.EndStep,
                ("@status", status.ToString()), ("@result", result), ("@error", error), ("@cost", cost.Nano), ("@now", now.ToUnixTimeMilliseconds()),
                ("@id", step.Id), ("@tenant", run.TenantId));
            if (run.Mode != RunMode.Direct)
            {
                DecisionLog.End(batch, run.TenantId, step.Id, cost, now - step.StartedAt, status == StepStatus.Succeeded);
            }
            pen.Tell(new StepEnded(step.Id, status, cost, Short(result), error));
            batch.OnCommitted(() => EngineMeters.AgentEnded(step.Neuron, now - step.StartedAt, CallsOf(step.Path), status == StepStatus.Succeeded ? null : WordOf(status)));
            if (parent is not null)
            {
                pen.Tell(new SignalSent(SignalKind.Result, step.Id, parent.Id, step.Neuron, parent.Neuron, Short(result ?? error ?? "")));
                batch.OnCommitted(() => EngineMeters.Signal(Names.Of(step.Layer), Names.Of(parent.Layer), WordOf(status)));
            }
        });
        return status == StepStatus.Succeeded ? Task.CompletedTask : pen.FlushAsync();
    }

    /// <summary>A parent's verdict on a child's result, once per pair of steps.</summary>
    public void Judge(StepRow parent, StepRow child, bool accepted, string feedback)
    {
        lock (gate)
        {
            if (!signals.Add((SignalKind.Feedback, parent.Id, child.Id)))
            {
                return;
            }
        }
        pen.Later(batch =>
        {
            pen.Tell(new SignalSent(SignalKind.Feedback, parent.Id, child.Id, parent.Neuron, child.Neuron, Short(feedback), accepted));
            batch.OnCommitted(() => EngineMeters.Signal(Names.Of(parent.Layer), Names.Of(child.Layer), accepted ? "accepted" : "sentBack"));
        });
    }

    public Task SavePartialAsync(string text, CancellationToken cancellationToken) => pen.WriteAsync(
        batch => batch.Execute(RunStatements.SavePartial, ("@text", text), ("@run", run.Id), ("@tenant", run.TenantId), ("@epoch", run.Epoch)), cancellationToken);

    /// <summary>Writes that somebody asked to stop; from now on a restart honours it too.</summary>
    public Task CancelRequestedAsync(IReadOnlyCollection<string> paths, CancelRequested request, CancellationToken cancellationToken) => pen.WriteAsync(
        batch =>
        {
            pen.Tell(request);
            batch.Execute(RunStatements.SaveCancelled, ("@paths", JsonSerializer.Serialize(paths)), ("@run", run.Id), ("@tenant", run.TenantId), ("@epoch", run.Epoch));
        },
        cancellationToken);

    /// <summary>Writes that the run waits for room in a budget; its steps stay as they are.</summary>
    public Task WaitAsync(Refusal refusal, CancellationToken cancellationToken) => pen.WriteAsync(
        _ =>
        {
            pen.Tell(new RunWaiting(refusal.BudgetId, refusal.Scope, refusal.Reason, refusal.ResetsAt));
            pen.Wait(refusal, Now());
        },
        cancellationToken);

    /// <summary>Writes the end: run, open steps, the message that it answers, the receipt.</summary>
    public Task EndAsync(RunEnding ending, CancellationToken cancellationToken)
    {
        var now = Now();
        var provenance = origin.At(ending.Status);
        var openSteps = ending.Status switch { RunStatus.Failed => StepStatus.Failed, RunStatus.Refused => StepStatus.Refused, _ => StepStatus.Cancelled };
        bool anyOpen;
        lock (gate)
        {
            anyOpen = steps.Values.Any(step => step.EndedAt is null);
        }
        return pen.WriteAsync(
            batch =>
            {
                pen.Tell(new RunEnded(
                    ending.Status, Cost, provenance, ending.Error, ending.Failure is { } failure ? JsonNamingPolicy.CamelCase.ConvertName(failure.Fault.ToString()) : null,
                    ending.Failure?.RetryAfter is { } wait ? (int)Math.Min(Math.Ceiling(wait.TotalSeconds), int.MaxValue) : null) { Quote = run.Quote });
                if (anyOpen)
                {
                    batch.Execute(RunStatements.EndOpenSteps, ("@status", openSteps.ToString()), ("@now", now.ToUnixTimeMilliseconds()), ("@run", run.Id), ("@tenant", run.TenantId));
                }
                pen.End(ending, provenance, now, () => Close(ending, provenance, openSteps, now));
                if (run.Quote is { } quote && ending.Status == RunStatus.Succeeded)
                {
                    batch.OnCommitted(() => EngineMeters.Quoted(WordOf(run.Mode), Calibration.ErrorOf(quote, Cost)));
                }
                batch.OnCommitted(() => EngineMeters.RunEnded(WordOf(run.Kind), WordOf(run.Mode), WordOf(ending.Status), ending.Status == RunStatus.Succeeded, now - run.StartedAt));
                foreach (var endWriter in endWriters)
                {
                    endWriter.Write(batch, run, ending, Cost, provenance, now);
                }
            },
            cancellationToken);
    }

    private void Close(RunEnding ending, Provenance provenance, StepStatus openSteps, DateTimeOffset now)
    {
        if (calls is null)
        {
            return;
        }
        lock (gate)
        {
            (run.Status, run.Answer, run.Partial, run.Error, run.Provenance, run.Cost, run.EndedAt, run.Owner) =
                (ending.Status, ending.Answer, null, ending.Error, provenance, Cost, now, null);
            run.Refusal = ending.Refusal is null ? null : JsonSerializer.Serialize(ending.Refusal, RunJson.Options);
            foreach (var step in steps.Values.Where(step => step.EndedAt is null))
            {
                (step.Status, step.EndedAt) = (openSteps, now);
            }
            Ended = RunStore.View(run, RunStore.Tree(steps.Values, calls.OrderBy(c => c.View.StartedAt).ThenBy(c => c.View.Id.ToString(), StringComparer.Ordinal).ToList()));
        }
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

    private void Book(string leaf, Usd cost)
    {
        lock (gate)
        {
            Cost += cost;
            var path = leaf[..leaf.IndexOf('/', StringComparison.Ordinal)];
            costByPath[path] = costByPath.GetValueOrDefault(path) + cost.Nano;
        }
    }

    private Usd CostBelow(string path) =>
        new(costByPath.Where(c => c.Key == path || (c.Key.Length > path.Length && c.Key[path.Length] == '.' && c.Key.StartsWith(path, StringComparison.Ordinal))).Sum(c => c.Value));

    private int CallsOf(string path)
    {
        lock (gate)
        {
            return leaves.Where(l => l.Key.StartsWith(path + "/", StringComparison.Ordinal)).Sum(l => l.Value.Count);
        }
    }

    /// <summary>Now, as it is stored.</summary>
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    private static string WordOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static string Short(string? text) => text is null ? "" : text.Length <= 500 ? text : text[..499] + "…";
}
