using System.Text.Json;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Runs;

// The run's model calls.
internal sealed partial class RunJournal : ICallJournal
{
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

    Action<WriteBatch> ICallJournal.Starting(CallContext context, CallAttempt attempt)
    {
        var prompt = attempt.Attempt == 1 && context.Prompt is { } parts ? JsonSerializer.Serialize(parts, RunJson.Options) : null;
        var onLimit = attempt.OnLimit.Count == 0 ? null : JsonSerializer.Serialize(attempt.OnLimit, RunJson.Options);
        return outer => pen.Write(outer, batch =>
        {
            pen.Tell(new ModelCallStarted(
                context.StepId, attempt.Id, attempt.Attempt, attempt.Model.Provider, attempt.Model.Model, attempt.Reserved,
                attempt.OnLimit.Count == 0 ? null : string.Join(' ', attempt.OnLimit.Select(step => step.Reason))));
            batch.Execute(
                RunStatements.InsertCall,
                ("@id", attempt.Id), ("@tenant", run.TenantId), ("@run", run.Id), ("@step", context.StepId), ("@leaf", context.Leaf), ("@attempt", attempt.Attempt),
                ("@provider", attempt.Model.Provider), ("@model", attempt.Model.Model), ("@status", nameof(CallStatus.Running)), ("@provenance", attempt.Provenance.ToString()),
                ("@reserved", attempt.Reserved.Nano), ("@estimated", false), ("@at", attempt.StartedAt.ToUnixTimeMilliseconds()), ("@prompt", prompt), ("@onLimit", onLimit));
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
        });
    }

    Action<WriteBatch> ICallJournal.Ending(CallContext context, CallAttempt attempt, CallOutcome outcome)
    {
        var write = Ending(context, attempt, outcome);
        return outer => pen.Write(outer, batch =>
        {
            write(batch);
            batch.OnCommitted(() => Note(context, attempt, outcome));
        });
    }

    void ICallJournal.EndLater(CallContext context, CallAttempt attempt, CallOutcome outcome, Func<WriteBatch, bool> settle)
    {
        var write = Ending(context, attempt, outcome);
        Note(context, attempt, outcome);
        pen.Later(batch =>
        {
            if (!settle(batch))
            {
                throw new RunTakenOver(run.Id);
            }
            write(batch);
        });
    }

    /// <summary>What is long to write is written here, not on the writer's thread, which all wait for.</summary>
    private Action<WriteBatch> Ending(CallContext context, CallAttempt attempt, CallOutcome outcome)
    {
        var bill = JsonSerializer.Serialize(outcome.Bill, RunJson.Options);
        var response = outcome.Response is null ? null : JsonSerializer.Serialize(outcome.Response, AIJsonUtilities.DefaultOptions);
        var usage = outcome.Usage;
        return batch =>
        {
            pen.Tell(new ModelCallEnded(
                context.StepId, attempt.Id, attempt.Attempt, outcome.Status, outcome.Provenance, usage.Input, usage.Output, outcome.Cost, outcome.Milliseconds, outcome.Error));
            batch.Execute(
                RunStatements.EndCall,
                ("@status", outcome.Status.ToString()), ("@provenance", outcome.Provenance.ToString()), ("@input", usage.Input), ("@cached", usage.Cached),
                ("@write", usage.CacheWrite + usage.CacheWrite1h), ("@output", usage.Output), ("@reasoning", usage.Reasoning), ("@cost", outcome.Cost.Nano),
                ("@bill", bill), ("@price", outcome.PriceVersion), ("@estimated", outcome.UsageEstimated), ("@raw", outcome.RawUsage), ("@ms", outcome.Milliseconds),
                ("@first", outcome.FirstTokenMilliseconds), ("@error", outcome.Error), ("@response", response), ("@id", attempt.Id), ("@tenant", run.TenantId));
            pen.Charge(outcome.Cost);
        };
    }

    private void Note(CallContext context, CallAttempt attempt, CallOutcome outcome)
    {
        Book(context.Leaf, outcome.Cost);
        origin.Note(outcome.Status, outcome.Provenance);
        lock (gate)
        {
            calls?.Add((context.StepId, new ModelCallView(
                attempt.Id, context.Leaf, attempt.Attempt, attempt.Model.Provider, attempt.Model.Model, outcome.Status, outcome.Provenance,
                outcome.Usage with { CacheWrite = outcome.Usage.CacheWrite + outcome.Usage.CacheWrite1h, CacheWrite1h = 0 }, attempt.Reserved, outcome.Cost, outcome.PriceVersion,
                outcome.UsageEstimated, outcome.Milliseconds, outcome.FirstTokenMilliseconds, outcome.Error,
                DateTimeOffset.FromUnixTimeMilliseconds(attempt.StartedAt.ToUnixTimeMilliseconds())) { OnLimit = attempt.OnLimit }));
            if (outcome.Status == CallStatus.Succeeded && steps.Values.Any(step => step.Id == context.StepId && step.ParentId is null))
            {
                LastResponse = outcome.Response;
            }
        }
    }

    public Task RestartedAsync(CallContext context, CallAttempt attempt, string reason, CancellationToken cancellationToken) =>
        pen.WriteAsync(_ => pen.Tell(new AttemptRestarted(context.StepId, attempt.Id, attempt.Attempt, reason)), cancellationToken);
}
