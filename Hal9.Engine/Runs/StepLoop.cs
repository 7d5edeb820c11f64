using System.Collections.Concurrent;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Learning;
using Hal9.Engine.Models;
using Hal9.Engine.Neurons;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Hal9.Engine.Runs;

/// <summary>Work for one neuron.</summary>
/// <param name="Path">Its place in the tree, the same when the run is rebuilt.</param>
/// <param name="Neuron">Who gets it.</param>
/// <param name="Goal">What to reach.</param>
/// <param name="Criteria">When its result is acceptable.</param>
/// <param name="Before">Results that it builds on.</param>
/// <param name="Envelope">What it may use.</param>
internal sealed record Assignment(
    string Path, Neuron Neuron, string Goal, IReadOnlyList<string> Criteria, IReadOnlyList<FinishedWork> Before, Envelope Envelope)
{
    /// <summary>It is the run's own goal: its answer is streamed, and it gets what was said before.</summary>
    public bool IsEntry { get; init; }

    /// <summary>It was sent back: the result and what is missing in it.</summary>
    public (string LastResult, string Feedback)? SentBack { get; init; }
}

/// <summary>What came of an assignment.</summary>
/// <param name="Done">False: it was given up or cancelled, and the text says why.</param>
/// <param name="Text">The result.</param>
internal sealed record StepResult(bool Done, string Text);

/// <summary>How a neuron handles an assignment: do it, or plan it, delegate, judge and integrate.</summary>
internal sealed class StepLoop(Turn turn, INeuronGate gate, IOptions<RunsOptions> options)
{
    // The parent keeps a part of its envelope for judging and integrating.
    private const double ShareForChildren = 0.85;

    /// <summary>What an entry neuron is asked that answers the goal itself.</summary>
    public const string AnswerTask = "Answer the goal completely, in Markdown.";

    private readonly ConcurrentDictionary<Guid, SemaphoreSlim> calls = new();

    public static CallContext ContextOf(LiveRun run, StepRow step, Envelope envelope, string neuron, string leaf)
    {
        var (cost, tokens) = run.Journal.SpentOn(leaf);
        if (cost > Usd.Zero || tokens > 0)
        {
            envelope.Settle(Usd.Zero, 0, cost, tokens);
        }
        return new CallContext
        {
            TenantId = run.Row.TenantId, UserId = run.Row.UserId, KeyId = run.Row.KeyId, RunId = run.Row.Id, Epoch = run.Row.Epoch, Kind = run.Row.Kind,
            StepId = step.Id, Neuron = neuron, Layer = step.Layer, Envelope = envelope, Leaf = leaf, Journal = run.Journal, IsFirst = run.TakeFirst(),
            Waiting = run.Waiting, CallerLeft = () => run.CallerLeft,
        };
    }

    /// <summary>Handles an assignment to its end: plans and delegates it where the neuron has somebody below, else does it.</summary>
    public Task<StepResult> HandleAsync(LiveRun run, Hierarchy hierarchy, Assignment assignment, StepRow? parent, CancellationToken cancellationToken) => StepAsync(
        run, assignment, parent,
        (step, token) => hierarchy.DelegatesOf(assignment.Neuron) is { Count: > 0 } delegates && assignment.SentBack is null
            ? PlanAsync(run, hierarchy, assignment, step, delegates, token)
            : WorkAsync(run, assignment, step, token),
        cancellationToken);

    /// <summary>
    /// A step of the tree around whatever is done in it: opened once, with a place at its neuron, ended with its result. A person's cancel of just this subtree is a
    /// result; everything else that stops it is thrown. A step that ended well before a crash is not done again.
    /// </summary>
    public async Task<StepResult> StepAsync(
        LiveRun run, Assignment assignment, StepRow? parent, Func<StepRow, CancellationToken, Task<StepResult>> work, CancellationToken cancellationToken)
    {
        assignment.Envelope.OpenStep();
        var step = run.Journal.StartStep(assignment.Path, parent, assignment.Neuron.Layer, assignment.Neuron.Name, assignment.Goal, assignment.Envelope.Limits.Cost, GuidanceOf(run, assignment));
        if (step.Status == StepStatus.Succeeded)
        {
            run.Journal.Rebook(assignment.Path, assignment.Envelope);
            return new StepResult(true, step.Result ?? "");
        }
        using var own = run.SwitchOf(assignment.Path, cancellationToken);
        try
        {
            await using var place = await EnterAsync(run, assignment.Neuron, own.Token).ConfigureAwait(false);
            using var busy = new Counted(assignment.Neuron.Layer, "busy");
            var result = await work(step, own.Token).ConfigureAwait(false);
            await run.Journal.EndStepAsync(
                step, parent, result.Done ? StepStatus.Succeeded : StepStatus.Failed, result.Done ? result.Text : null, result.Done ? null : result.Text).ConfigureAwait(false);
            return result;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && run.IsCancelledStep(assignment.Path))
        {
            const string Cancelled = "This part was cancelled by an operator.";
            await run.Journal.EndStepAsync(step, parent, StepStatus.Cancelled, null, Cancelled).ConfigureAwait(false);
            return new StepResult(false, Cancelled);
        }
        catch (OperationCanceledException) when (run.IsWithinCancelledStep(assignment.Path))
        {
            // The run goes on without this part: its steps must not look as if they were at work until then.
            await run.Journal.EndStepAsync(step, parent, StepStatus.Cancelled, null, "The part that it belongs to was cancelled by an operator.").ConfigureAwait(false);
            throw;
        }
        catch (BudgetRefused e) when (e.Refusal.Next == LadderStep.Pause && run.MayWait)
        {
            throw new RunPaused(e.Refusal);
        }
        catch (Exception e) when (e is ModelCallFailed or BudgetRefused)
        {
            await run.Journal.EndStepAsync(step, parent, e is BudgetRefused ? StepStatus.Refused : StepStatus.Failed, null, e.Message).ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask<IAsyncDisposable> EnterAsync(LiveRun run, Neuron neuron, CancellationToken cancellationToken)
    {
        using var waiting = new Counted(neuron.Layer, "waiting");
        using var queued = new Queued(neuron.Layer);
        return await gate.EnterAsync(run.Row.TenantId, neuron.Name, neuron.Concurrency, cancellationToken).ConfigureAwait(false);
    }

    private async Task<StepResult> WorkAsync(LiveRun run, Assignment assignment, StepRow step, CancellationToken cancellationToken)
    {
        var prompt = PromptOf(run, assignment).With(run.Files);
        if (assignment.SentBack is { } back)
        {
            prompt.Section(Prompts.LastResult, back.LastResult).Section(Prompts.Feedback, back.Feedback);
        }
        if (assignment.IsEntry)
        {
            prompt.Section(Prompts.Task, AnswerTask);
            var text = await TextAsync(run, assignment, step, "work", prompt, cancellationToken).ConfigureAwait(false);
            return new StepResult(true, text);
        }
        prompt.Section(Prompts.Task, "Do this piece of work completely. When it cannot be done from what you have, give up and say why.");
        var answer = await JsonAsync<WorkAnswer>(run, assignment, step, "work/1", prompt, AnswerSchemas.Work, AnswerSchemas.ForWork, cancellationToken).ConfigureAwait(false);
        return answer.Outcome == WorkOutcome.Answer ? new StepResult(true, answer.Answer) : new StepResult(false, answer.Reason);
    }

    private async Task<StepResult> PlanAsync(
        LiveRun run, Hierarchy hierarchy, Assignment assignment, StepRow step, IReadOnlyList<Neuron> delegates, CancellationToken cancellationToken)
    {
        var most = options.Value.MaxAssignments;
        var prompt = PromptOf(run, assignment).With(run.Files)
            .List(Prompts.Delegates, delegates.Select(d => $"`{d.Name}`: {d.Role}"))
            .Section(Prompts.Task, $"Cut the goal into at most {most} assignments for these neurons, as few as it needs. Answer it yourself only when there is nothing to delegate; give up only when it cannot be reached.");
        var plan = await JsonAsync<PlanAnswer>(
            run, assignment, step, "plan/1", prompt, AnswerSchemas.Plan, AnswerSchemas.ForPlan(delegates.Select(d => d.Name)), cancellationToken).ConfigureAwait(false);
        if (plan.Outcome == PlanOutcome.GiveUp)
        {
            return new StepResult(false, plan.Reason);
        }
        var children = Children(assignment, plan, delegates, most);
        if (plan.Outcome == PlanOutcome.Answer && plan.Answer.Length > 0)
        {
            if (assignment.IsEntry)
            {
                run.Answer.Append(plan.Answer);
            }
            return new StepResult(true, plan.Answer);
        }
        if (children.Count == 0)
        {
            return await WorkAsync(run, assignment, step, cancellationToken).ConfigureAwait(false);
        }
        var results = await RunChildrenAsync(run, hierarchy, children, Needs(plan, most), step, cancellationToken).ConfigureAwait(false);
        return await IntegrateAsync(run, hierarchy, assignment, step, children, results, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The plan's assignments as ours: known neurons only, money by normalised shares.</summary>
    private static List<Assignment> Children(Assignment assignment, PlanAnswer plan, IReadOnlyList<Neuron> delegates, int most)
    {
        var planned = Usable(plan, most).Select(a => a.Assignment).ToList();
        var total = planned.Sum(a => ShareOf(a));
        var envelopes = planned.ConvertAll(a => (Share: ShareForChildren * ShareOf(a) / total, a.Neuron));
        // All are cut from the same remainder, so the money left is read once for all of them.
        var cut = assignment.Envelope.CutAll([.. envelopes.Select((e, i) => ($"envelope of step {assignment.Path}.{i + 1}", e.Share))]);
        return [.. planned.Select((a, i) => new Assignment(
            $"{assignment.Path}.{i + 1}", delegates.FirstOrDefault(d => d.Name == a.Neuron) ?? delegates[0], a.Goal, a.Criteria, [], cut[i]))];
    }

    /// <summary>For each child the indices of the children whose results it needs. Only earlier ones count, so there is no cycle whatever the plan says.</summary>
    private static IReadOnlyList<int[]> Needs(PlanAnswer plan, int most)
    {
        var usable = Usable(plan, most);
        return [.. usable.Select((own, i) => usable.Take(i).Index().Where(earlier => own.Assignment.DependsOn.Contains(earlier.Item.Number)).Select(earlier => earlier.Index).ToArray())];
    }

    /// <summary>The assignments that ask for something, with their numbers in the plan.</summary>
    private static List<(int Number, PlannedAssignment Assignment)> Usable(PlanAnswer plan, int most) =>
        [.. plan.Assignments.Select((assignment, i) => (Number: i + 1, Assignment: assignment)).Where(a => !string.IsNullOrWhiteSpace(a.Assignment.Goal)).Take(most)];

    // A share that makes no sense counts as an equal one.
    private static double ShareOf(PlannedAssignment assignment) => assignment.Share is > 0 and <= 1 ? assignment.Share : 0.5;

    /// <summary>Children run in parallel where dependencies allow. When one fails for good the others are stopped: nobody would pay for their use.</summary>
    private async Task<StepResult[]> RunChildrenAsync(
        LiveRun run, Hierarchy hierarchy, List<Assignment> children, IReadOnlyList<int[]> needs, StepRow step, CancellationToken cancellationToken)
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var tasks = new Task<StepResult>[children.Count];
        for (var i = 0; i < children.Count; i++)
        {
            tasks[i] = ChildAsync(children[i], needs[i]);
        }
        try
        {
            return await Task.WhenAll(tasks).ConfigureAwait(false);
        }
        catch
        {
            // The first real failure explains it; the others were only stopped by it. A pause comes last: a run that fails anyway need not wait for money.
            var first = tasks.Select(t => t.Exception?.InnerException).Where(e => e is not null and not OperationCanceledException).OrderBy(e => e is RunPaused).FirstOrDefault();
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first ?? new OperationCanceledException(cancellationToken));
            throw;
        }

        async Task<StepResult> ChildAsync(Assignment child, int[] own)
        {
            try
            {
                var before = new List<FinishedWork>(own.Length);
                foreach (var need in own)
                {
                    before.Add(Finished(need, children[need], await tasks[need].ConfigureAwait(false)));
                }
                return await HandleAsync(run, hierarchy, child with { Before = before }, step, all.Token).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // A pause spares the others: what they are at is paid, and will be used.
                if (e is not RunPaused)
                {
                    await all.CancelAsync().ConfigureAwait(false);
                }
                throw;
            }
        }
    }

    /// <summary>Judges the results, sends back once what is not good enough, and puts the rest together.</summary>
    private async Task<StepResult> IntegrateAsync(
        LiveRun run, Hierarchy hierarchy, Assignment assignment, StepRow step, List<Assignment> children, StepResult[] results, CancellationToken cancellationToken)
    {
        var review = assignment.IsEntry
            ? new ReviewAnswer((await JsonAsync<VerdictsAnswer>(
                run, assignment, step, "verdicts/1", Judge("Judge each result by its criteria."), AnswerSchemas.Verdicts, AnswerSchemas.ForVerdicts, cancellationToken).ConfigureAwait(false)).Verdicts, "")
            : await JsonAsync<ReviewAnswer>(
                run, assignment, step, "review/1", Judge("Judge each result by its criteria. When all are acceptable, integrate them to one complete result."),
                AnswerSchemas.Review, AnswerSchemas.ForReview, cancellationToken).ConfigureAwait(false);

        var sentBack = await SendBackAsync(run, hierarchy, step, children, results, review.Verdicts, cancellationToken).ConfigureAwait(false);
        if (!sentBack && review.Answer.Length > 0)
        {
            return new StepResult(true, review.Answer);
        }
        var prompt = PromptOf(run, assignment).Work(Prompts.Integrate, children.Select((c, i) => Finished(i, c, results[i])))
            .Section(Prompts.Task, "Integrate these results to one complete answer to the goal, in Markdown. Say plainly what could not be done.");
        return new StepResult(true, await TextAsync(run, assignment, step, "integrate", prompt, cancellationToken).ConfigureAwait(false));

        Prompts Judge(string task) => PromptOf(run, assignment)
            .Work(Prompts.Results, children.Select((c, i) => Finished(i, c, results[i])))
            .Section(Prompts.Task, task + " Send a result back only when something concrete is missing; it is redone once.");
    }

    private async Task<bool> SendBackAsync(
        LiveRun run, Hierarchy hierarchy, StepRow step, List<Assignment> children, StepResult[] results, IReadOnlyList<ReviewVerdict> verdicts, CancellationToken cancellationToken)
    {
        var redos = new List<(int Index, Task<StepResult> Redo)>();
        using var all = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        for (var i = 0; i < children.Count; i++)
        {
            var verdict = verdicts.LastOrDefault(v => v.Assignment == i + 1);
            var accepted = verdict?.Verdict != ReviewOutcome.SendBack || !results[i].Done;
            var child = run.Journal.StartStep(children[i].Path, step, children[i].Neuron.Layer, children[i].Neuron.Name, children[i].Goal);
            run.Journal.Judge(step, child, accepted, verdict?.Feedback is { Length: > 0 } words ? words : accepted ? "Accepted." : "Not good enough.");
            if (!accepted)
            {
                var again = children[i] with { Path = children[i].Path + "r", SentBack = (results[i].Text, verdict!.Feedback) };
                redos.Add((i, HandleAsync(run, hierarchy, again, step, all.Token)));
            }
        }
        try
        {
            foreach (var (index, redo) in redos)
            {
                var result = await redo.ConfigureAwait(false);
                results[index] = result.Done ? result : results[index];
            }
        }
        catch (Exception e)
        {
            if (e is not RunPaused)
            {
                await all.CancelAsync().ConfigureAwait(false);
            }
            await Task.WhenAll(redos.Select(r => r.Redo.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default))).ConfigureAwait(false);
            throw;
        }
        return redos.Count > 0;
    }

    private static Prompts PromptOf(LiveRun run, Assignment assignment) => new Prompts()
        .Section(Prompts.Goal, assignment.Goal)
        .List(Prompts.Criteria, assignment.Criteria)
        .Work(Prompts.Before, assignment.Before)
        .Section(Prompts.Lessons, GuidanceOf(run, assignment).Notes);

    private static Guidance GuidanceOf(LiveRun run, Assignment assignment) => run.Guided.GetOrAdd(
        assignment.Path,
        _ => Guidance.Of(run.Policies, run.Row.TenantId, run.Row.Id, assignment.Neuron.Layer, TaskClasses.Of(assignment.Goal), assignment.Neuron.Tier, run.Row.StartedAt));

    private static FinishedWork Finished(int index, Assignment child, StepResult result) =>
        new(index + 1, child.Neuron.Name, child.Goal, child.Criteria, result.Done ? result.Text : $"Not done: {result.Text}");

    private async Task<string> TextAsync(LiveRun run, Assignment assignment, StepRow step, string purpose, Prompts prompt, CancellationToken cancellationToken)
    {
        using var call = await CallAsync(run.Row.TenantId, assignment.Neuron.Layer, cancellationToken).ConfigureAwait(false);
        var ask = AskOf(run, assignment, step, purpose + "/1", prompt);
        if (assignment.IsEntry)
        {
            // The entry neuron's text is the run's answer: nothing comes after it.
            ask = ask with { MaxOutputTokens = Lower(ask.MaxOutputTokens, run.Input.MaxOutputTokens), Context = ask.Context with { IsLast = true } };
        }
        return await turn.TextAsync(ask, assignment.IsEntry ? run.Answer.Append : null, cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> JsonAsync<T>(
        LiveRun run, Assignment assignment, StepRow step, string purpose, Prompts prompt, string name, System.Text.Json.JsonElement schema, CancellationToken cancellationToken)
    {
        using var call = await CallAsync(run.Row.TenantId, assignment.Neuron.Layer, cancellationToken).ConfigureAwait(false);
        return await turn.JsonAsync<T>(AskOf(run, assignment, step, purpose, prompt), name, schema, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A question of a kind of run's own to the neuron of a step, with the same places, context and coats as every other.</summary>
    /// <param name="run">The run.</param>
    /// <param name="assignment">Whose step it is.</param>
    /// <param name="step">The step.</param>
    /// <param name="purpose">The leaf's name below the step, the same when the run is rebuilt.</param>
    /// <param name="prompt">What is asked.</param>
    /// <param name="contract">The answer's schema by name.</param>
    /// <param name="mayWrite">The most tokens of the answer, in place of the neuron's own limit.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<T> AskAsync<T>(
        LiveRun run, Assignment assignment, StepRow step, string purpose, Prompts prompt, (string Name, System.Text.Json.JsonElement Schema) contract, int mayWrite, CancellationToken cancellationToken)
    {
        using var call = await CallAsync(run.Row.TenantId, assignment.Neuron.Layer, cancellationToken).ConfigureAwait(false);
        return await turn.JsonAsync<T>(AskOf(run, assignment, step, purpose, prompt) with { MayWrite = mayWrite }, contract.Name, contract.Schema, cancellationToken).ConfigureAwait(false);
    }

    private static Ask AskOf(LiveRun run, Assignment assignment, StepRow step, string purpose, Prompts prompt)
    {
        IReadOnlyList<ChatMessage> history = assignment.IsEntry ? run.Input.History : [];
        var guidance = GuidanceOf(run, assignment);
        return new Ask(ContextOf(run, step, assignment.Envelope, assignment.Neuron.Name, $"{assignment.Path}/{purpose}"), assignment.Neuron, history, prompt, guidance.MaxOutputTokens)
        {
            Tier = guidance.Tier,
        };
    }

    private static int? Lower(int? one, int? other) => one is null ? other : other is null ? one : Math.Min(one.Value, other.Value);

    /// <summary>A tenant's share of the process: it waits here, not in another tenant's way.</summary>
    private async Task<IDisposable> CallAsync(Guid tenantId, Layer layer, CancellationToken cancellationToken)
    {
        using var queued = new Queued(layer);
        var places = calls.GetOrAdd(tenantId, _ => new SemaphoreSlim(options.Value.MaxCallsPerTenant));
        await places.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Place(places);
    }

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
