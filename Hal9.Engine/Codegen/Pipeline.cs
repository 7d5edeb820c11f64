using Hal9.Engine.Budgets;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Neurons;
using Hal9.Engine.Runs;

namespace Hal9.Engine.Codegen;

/// <summary>
/// The way of a project on one page. Each phase leaves an artefact with the hash of what it was made from; a run walks all phases and makes again only what
/// is not there or was made from something else. So a first run, one after an answer, an approval or an edit, and one after a crash are the same walk.
/// </summary>
internal sealed class Pipeline(
    HierarchyService hierarchies, ProjectStore store, StepLoop steps, Specifier specifier, AcceptanceWriter acceptance, Designer designer, Implementer implementer, Gauge gauge,
    Repairer repairer, Reviewer reviewer, ProofWriter proofs) : IRunWork
{
    public RunKind Kind => RunKind.Codegen;

    public async Task<StepResult> EnterAsync(LiveRun run)
    {
        run.Stopping.ThrowIfCancellationRequested();
        var (tenant, id) = (run.Row.TenantId, run.Input.Project ?? throw new InvalidOperationException("A run of code generation has no project."));
        var project = await store.FindAsync(tenant, id, run.Stopping).ConfigureAwait(false) ?? throw new InvalidOperationException($"There is no project {id}.");
        var hierarchy = await hierarchies.OfAsync(tenant, run.Stopping).ConfigureAwait(false);
        var desk = new ProjectDesk(run, project, await store.CurrentAsync(tenant, id, run.Stopping).ConfigureAwait(false), hierarchy, store);
        run.Journal.Triage(new RunTriaged(desk.Strategist.Layer, run.Row.Mode, ["A project enters at the top: what is wanted comes before how it is built."]), null);
        var whole = new Assignment("1", desk.Strategist, run.Row.Goal, [], [], run.Envelope) { IsEntry = true };
        return await steps.StepAsync(run, whole, null, (step, token) => WalkAsync(desk, new Seat(whole, step), token), run.Stopping).ConfigureAwait(false);
    }

    private async Task<StepResult> WalkAsync(ProjectDesk desk, Seat strategist, CancellationToken cancellationToken)
    {
        try
        {
            if (await specifier.SpecifyAsync(desk, strategist, cancellationToken).ConfigureAwait(false) is not { } specified)
            {
                return await RestAsync(desk, ProjectStatus.WaitingForAnswers, "Questions wait for your answers.", cancellationToken).ConfigureAwait(false);
            }
            var (specification, spec) = specified;
            if (desk.Project.Approval == ProjectApproval.Manual && desk.Find(ArtifactKind.Approval, "spec")?.Basis != specification.Hash)
            {
                return await RestAsync(desk, ProjectStatus.WaitingForApproval, "The specification waits for your approval.", cancellationToken).ConfigureAwait(false);
            }
            var tests = await SealAsync(desk, strategist, specification, spec, cancellationToken).ConfigureAwait(false);
            var (plans, best, stopped) = await BuildAsync(desk, strategist, specification, spec, tests, cancellationToken).ConfigureAwait(false);
            if (best.Report.Failures.Count == 0)
            {
                best = best with { Report = await gauge.MeasureAsync(desk, best.Tree, tests, VerificationDepth.Full, cancellationToken).ConfigureAwait(false) };
            }
            desk.Project.Verdict = best.Report.Verdict;
            stopped ??= await ReviewAsync(desk, strategist, plans, best, cancellationToken).ConfigureAwait(false);
            await desk.EnterAsync(ProjectPhase.Deliver, cancellationToken).ConfigureAwait(false);
            await proofs.WriteAsync(desk, plans, best, cancellationToken).ConfigureAwait(false);
            var reason = best.Report.Verdict == Verdict.Verified
                ? stopped
                : string.Join(' ', new[] { stopped, best.Report.Reason, CriteriaReading.Summary(spec, tests, best.Report) }.Where(words => !string.IsNullOrEmpty(words)));
            return await RestAsync(
                desk, desk.Project.Approval == ProjectApproval.Manual ? ProjectStatus.WaitingForReview : ProjectStatus.Delivered, reason, cancellationToken).ConfigureAwait(false);
        }
        catch (PhaseBlocked e)
        {
            return new StepResult(false, e.Message);
        }
    }

    /// <summary>A review that nobody can pay for is left out, and it is said: what was built and proven is delivered all the same.</summary>
    private async Task<string?> ReviewAsync(ProjectDesk desk, Seat strategist, Plans plans, Measured best, CancellationToken cancellationToken)
    {
        try
        {
            await reviewer.ReviewAsync(desk, strategist, plans, best, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (BudgetRefused e)
        {
            return $"There is no review: {e.Refusal.Reason}";
        }
        catch (Exception e) when (e is ModelCallFailed or PhaseBlocked)
        {
            return $"There is no review: {e.Message}";
        }
    }

    private async Task<SealedTests> SealAsync(ProjectDesk desk, Seat strategist, ArtifactRow specification, Spec spec, CancellationToken cancellationToken)
    {
        await desk.EnterAsync(ProjectPhase.Acceptance, cancellationToken).ConfigureAwait(false);
        if (desk.UpToDate(ArtifactKind.Acceptance, "", AcceptanceWriter.BasisOf(desk, specification)) is { } known)
        {
            return Intact(known);
        }
        var assignment = strategist.Below("1.1", desk.Tester, "Write the acceptance tests of the specification, without knowing how it will be built.", [.. spec.Criteria.Select(c => $"{c.Id} {c.Title}")]);
        var result = await steps.StepAsync(
            desk.Run, assignment, strategist.Step,
            async (step, token) =>
            {
                try
                {
                    var (_, written) = await acceptance.WriteAsync(desk, new Seat(assignment, step), specification, spec, token).ConfigureAwait(false);
                    return new StepResult(true, $"{written.Visible.Count} visible and {written.HeldOut.Count} held-out files of tests, sealed as {written.Seal[..12]}.");
                }
                catch (PhaseBlocked e)
                {
                    return new StepResult(false, e.Message);
                }
            },
            cancellationToken).ConfigureAwait(false);
        return result.Done && desk.Find(ArtifactKind.Acceptance) is { } made ? Intact(made) : throw new PhaseBlocked(result.Text);
    }

    private static SealedTests Intact(ArtifactRow stored)
    {
        var tests = ProjectDesk.Read<SealedTests>(stored);
        return tests.IsIntact ? tests : throw new PhaseBlocked("The sealed acceptance tests are not those that were sealed: their seal does not fit.");
    }

    /// <summary>Design, modules, the whole tree, repairs: all below the architect's step.</summary>
    private async Task<(Plans Plans, Measured Best, string? Stopped)> BuildAsync(
        ProjectDesk desk, Seat strategist, ArtifactRow specification, Spec spec, SealedTests tests, CancellationToken cancellationToken)
    {
        var assignment = strategist.Below("1.2", desk.Architect, $"Design and build '{desk.Project.Title}'.", [.. spec.Criteria.Select(c => $"{c.Id} {c.Title}")]);
        (Plans Plans, Measured Best, string? Stopped)? built = null;
        StepRow? taken = null;
        var result = await steps.StepAsync(
            desk.Run, assignment, strategist.Step,
            async (step, token) =>
            {
                taken = step;
                try
                {
                    built = await BuildInStepAsync(desk, strategist, new Seat(assignment, step), specification, spec, tests, token).ConfigureAwait(false);
                    return new StepResult(true, CriteriaReading.Summary(spec, tests, built.Value.Best.Report));
                }
                catch (PhaseBlocked e)
                {
                    return new StepResult(false, e.Message);
                }
            },
            cancellationToken).ConfigureAwait(false);
        if (!result.Done)
        {
            throw new PhaseBlocked(result.Text);
        }
        // The step ended well before a crash: what it made is walked through once more, from the journal and the artefacts.
        taken ??= desk.Run.Journal.StartStep("1.2", strategist.Step, desk.Architect.Layer, desk.Architect.Name, assignment.Goal);
        return built ?? await BuildInStepAsync(desk, strategist, new Seat(assignment, taken), specification, spec, tests, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(Plans, Measured, string?)> BuildInStepAsync(
        ProjectDesk desk, Seat strategist, Seat architect, ArtifactRow specification, Spec spec, SealedTests tests, CancellationToken cancellationToken)
    {
        var (designed, design) = await designer.DesignAsync(desk, architect, specification, spec, tests, cancellationToken).ConfigureAwait(false);
        var plans = new Plans(specification, spec, tests, design);
        var modules = await implementer.ImplementAsync(desk, architect, plans, cancellationToken).ConfigureAwait(false);
        await desk.EnterAsync(ProjectPhase.Integrate, cancellationToken).ConfigureAwait(false);
        var basis = Digest.Of([designed.Hash, tests.Seal, .. modules.Select(module => module.Hash)]);
        var tree = await desk.StartAsync(basis, cancellationToken).ConfigureAwait(false) ?? Implementer.TreeOf(modules.Select(ProjectDesk.Read<ModuleFiles>), plans);
        await desk.PutAsync(ArtifactKind.Tree, "", basis, tree.ToJson(), desk.Architect, cancellationToken).ConfigureAwait(false);
        var start = new Measured(tree, await gauge.MeasureAsync(desk, tree, tests, VerificationDepth.HeldOut, cancellationToken).ConfigureAwait(false));
        Tell(desk, architect, plans, start);
        var (best, stopped) = await repairer.RepairAsync(desk, strategist, architect, plans, start, basis, cancellationToken).ConfigureAwait(false);
        foreach (var change in desk.All(ArtifactKind.Change))
        {
            best = await repairer.AmendAsync(desk, architect, plans, best, change, basis, cancellationToken).ConfigureAwait(false);
        }
        return (plans, best, stopped);
    }

    /// <summary>What the runner found goes back to the authors, so that it is seen which module it was.</summary>
    private static void Tell(ProjectDesk desk, Seat architect, Plans plans, Measured found)
    {
        foreach (var (i, module) in plans.Design.Modules.Index())
        {
            if (desk.Find(ArtifactKind.Module, module.Id)?.RunId != desk.Run.Row.Id)
            {
                continue;
            }
            var step = desk.Run.Journal.StartStep($"{architect.Assignment.Path}.{i + 1}", architect.Step, desk.Engineer.Layer, desk.Engineer.Name, module.Responsibility);
            var red = found.Report.Failures.Where(failure => failure.File is { } file && module.Files.Contains(file)).ToList();
            desk.Run.Journal.Judge(
                architect.Step, step, red.Count == 0, red.Count == 0 ? "The runner found nothing red in this module." : $"Red: {string.Join("; ", red.Take(3).Select(failure => $"{failure.Id} {failure.Message}"))}");
        }
    }

    private static async Task<StepResult> RestAsync(ProjectDesk desk, ProjectStatus status, string? reason, CancellationToken cancellationToken)
    {
        await desk.RestAsync(status, reason, cancellationToken).ConfigureAwait(false);
        return new StepResult(true, reason ?? "Verified: the runner built it, ran its sealed tests and tested those tests.");
    }
}
