using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Learning;
using Hal9.Engine.Models;
using Hal9.Engine.Neurons;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Hal9.Engine.Runs;

/// <summary>
/// The whole flow of a run on one page: triage, the entry step, the end. The same walk starts a run and rebuilds one after a crash: the journal knows
/// which steps and leaves are done.
/// </summary>
internal sealed partial class RunLoop(HierarchyService hierarchies, StepLoop steps, ModelService models, Quoter quoter, IRunFiles files, IEnumerable<IRunWork> works, PolicyBook policies, TimeProvider time, ILogger<RunLoop> logger)
{
    public async Task ExecuteAsync(LiveRun run, CancellationToken hostStopping)
    {
        await using var saver = new PartialSaver(run.Answer, run.Journal.SavePartialAsync, time, logger);
        RunEnding ending;
        try
        {
            var result = await WorkAsync(run).ConfigureAwait(false);
            ending = result.Done ? new RunEnding(RunStatus.Succeeded, result.Text) : new RunEnding(RunStatus.Failed, null, $"The hierarchy gave up: {result.Text}");
        }
        catch (RunTakenOver)
        {
            return;
        }
        catch (OperationCanceledException) when (run.IsCancelled)
        {
            ending = new RunEnding(RunStatus.Cancelled, Partial(run));
        }
        catch (OperationCanceledException) when (run.IsExpired)
        {
            ending = Expired(run);
        }
        catch (OperationCanceledException) when (hostStopping.IsCancellationRequested)
        {
            // The host is going down: the run is left as it is and taken up again at the next start.
            return;
        }
        catch (RunPaused e) when (!run.IsCancelled && !run.IsExpired)
        {
            await saver.StopAsync().ConfigureAwait(false);
            await WaitAsync(run, e.Refusal).ConfigureAwait(false);
            return;
        }
        catch (RunPaused) when (run.IsCancelled)
        {
            ending = new RunEnding(RunStatus.Cancelled, Partial(run));
        }
        catch (RunPaused)
        {
            ending = Expired(run);
        }
        catch (BudgetRefused e)
        {
            var refusal = e.Refusal.Next == LadderStep.Pause
                ? e.Refusal with { Reason = e.Refusal.Reason + " Its ladder says to pause and ask, which this run cannot: its caller waits for the answer." }
                : e.Refusal;
            ending = new RunEnding(RunStatus.Refused, Partial(run), refusal.Reason, refusal);
        }
        catch (ModelCallFailed e)
        {
            ending = run.IsExpired ? Expired(run) : new RunEnding(RunStatus.Failed, Partial(run), e.Message, Failure: e);
        }
        catch (Exception e)
        {
            LogBroken(logger, e, run.Row.Id);
            ending = new RunEnding(RunStatus.Failed, Partial(run), $"An internal error ended this run ({e.GetType().Name}). The log has the details under run {run.Row.Id}.");
        }
        await saver.StopAsync().ConfigureAwait(false);
        try
        {
            await run.Journal.EndAsync(ending, CancellationToken.None).ConfigureAwait(false);
        }
        catch (RunTakenOver)
        {
            return;
        }
        run.Answer.Complete(ending.Answer);
    }

    private Task<StepResult> WorkAsync(LiveRun run) =>
        run.Row.Mode == RunMode.Direct ? DirectAsync(run)
        : run.Input.Project is not null && works.FirstOrDefault(work => work.Kind == run.Row.Kind) is { } own ? own.EnterAsync(run)
        : EnterAsync(run);

    private static async Task WaitAsync(LiveRun run, Refusal refusal)
    {
        try
        {
            await run.Journal.WaitAsync(refusal, CancellationToken.None).ConfigureAwait(false);
        }
        catch (RunTakenOver)
        {
            // Whoever has it now goes on with it.
        }
    }

    private async Task<StepResult> EnterAsync(LiveRun run)
    {
        run.Stopping.ThrowIfCancellationRequested();
        var hierarchy = await hierarchies.OfAsync(run.Row.TenantId, run.Stopping).ConfigureAwait(false);
        run.Policies = await policies.OfAsync(run.Row.TenantId, run.Stopping).ConfigureAwait(false);
        run.Files = await files.LoadAsync(run.Row.TenantId, run.Input.Files ?? [], run.Stopping).ConfigureAwait(false);
        var choice = Triage.Choose(run.Row.Mode, run.Row.Goal, hierarchy);
        var expected = run.Journal.Triaged is null
            ? await quoter.ExpectAsync(run.Row.TenantId, hierarchy, choice.Entry, run.Row.Goal.Length, run.Stopping).ConfigureAwait(false)
            : null;
        run.Journal.Triage(new RunTriaged(choice.Entry.Layer, choice.Mode, choice.Reasons), expected?.Cost);
        var assignment = new Assignment("1", choice.Entry, run.Row.Goal, [], [], run.Envelope) { IsEntry = true };
        return await steps.HandleAsync(run, hierarchy, assignment, null, run.Stopping).ConfigureAwait(false);
    }

    /// <summary>A pass-through: the caller's messages and options go to one model as they are.</summary>
    private async Task<StepResult> DirectAsync(LiveRun run)
    {
        var request = run.Input.Direct ?? throw new InvalidOperationException("A direct run has no request.");
        run.Journal.Triage(new RunTriaged(Layer.L2, RunMode.Direct, ["The caller named a model."]), null);
        run.Envelope.OpenStep();
        var step = run.Journal.StartStep("1", null, Layer.L2, "direct", run.Row.Goal);
        var (messages, prompt) = await MessagesAsync(run, request).ConfigureAwait(false);
        var context = StepLoop.ContextOf(run, step, run.Envelope, "direct", "1/direct/1") with { IsLast = true, Prompt = prompt };
        var client = models.Open(context, request.Model, null, request.Options.MaxOutputTokens);
        try
        {
            var text = new System.Text.StringBuilder();
            await foreach (var update in client.GetStreamingResponseAsync(messages, request.Options, run.Stopping).ConfigureAwait(false))
            {
                if (update.Text is { Length: > 0 } piece)
                {
                    text.Append(piece);
                    run.Answer.Append(piece);
                }
            }
            await run.Journal.EndStepAsync(step, null, StepStatus.Succeeded, text.ToString(), null).ConfigureAwait(false);
            return new StepResult(true, text.ToString());
        }
        catch (Exception e) when (e is ModelCallFailed or BudgetRefused)
        {
            await run.Journal.EndStepAsync(step, null, e is BudgetRefused ? StepStatus.Refused : StepStatus.Failed, null, e.Message).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A program's request travels as it is; in a chat the files of the branch go along with the question, and the run's page shows what was asked by source.</summary>
    private async Task<(IReadOnlyList<ChatMessage> Messages, IReadOnlyList<PromptPart>? Prompt)> MessagesAsync(LiveRun run, DirectRequest request)
    {
        if (run.Row.Kind != RunKind.Chat)
        {
            return (request.Messages, null);
        }
        var before = request.Messages.SkipLast(1);
        var attached = await files.LoadAsync(run.Row.TenantId, run.Input.Files ?? [], run.Stopping).ConfigureAwait(false);
        var question = new Prompts().With(attached).Section(Prompts.Goal, run.Row.Goal);
        return (
            attached.Count == 0 ? request.Messages : [.. before, new ChatMessage(ChatRole.User, [new TextContent(question.ToString()), .. question.Images.Select(image => new DataContent(image.Image, image.MediaType))])],
            [.. before.Select(message => new PromptPart(PromptSource.History, $"{message.Role}: {message.Text}")), .. question.Parts]);
    }

    private static string? Partial(LiveRun run) => run.Answer.Snapshot().Text is { Length: > 0 } text ? text : null;

    private static RunEnding Expired(LiveRun run)
    {
        var reason = $"The run envelope allows {run.Row.EnvelopeSeconds} seconds, and they are over.";
        return new RunEnding(RunStatus.Refused, Partial(run), reason, new Refusal(null, "run envelope", null, null, null, reason));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId} was ended by an internal error")]
    private static partial void LogBroken(ILogger logger, Exception exception, Guid runId);
}
