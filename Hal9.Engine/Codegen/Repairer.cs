using System.Globalization;
using Hal9.Engine.Budgets;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Neurons;
using Hal9.Engine.Runs;
using Microsoft.Extensions.Options;

namespace Hal9.Engine.Codegen;

/// <summary>A tree with what the runner found in it.</summary>
internal sealed record Measured(SourceTree Tree, VerificationReport Report);

/// <summary>An attempt as it is kept.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Layer">Who made it.</param>
/// <param name="Hypothesis">What it took for the cause.</param>
/// <param name="Accepted">Whether its tree became the best.</param>
/// <param name="Judgement">Why, in a sentence.</param>
/// <param name="Before">What was red before, in words.</param>
/// <param name="After">What was red after it, in words.</param>
/// <param name="Changed">Paths that it changed.</param>
/// <param name="Rung">The highest green rung after it; null: it gave no tree.</param>
public sealed record RepairAttempt(
    int Number, Layer Layer, string Hypothesis, bool Accepted, string Judgement, IReadOnlyList<string> Before, IReadOnlyList<string> After, IReadOnlyList<string> Changed, int? Rung);

/// <summary>Makes attempts as <see cref="RepairLoop"/> decides: applies what neurons answer, has it verified, keeps what is better and forgets the rest.</summary>
internal sealed class Repairer(StepLoop steps, Interviewer interviewer, Implementer implementer, Gauge gauge, IOptions<CodegenOptions> options, TimeProvider time)
{
    private const int MostShown = 60_000;

    /// <param name="desk">The run's desk.</param>
    /// <param name="strategist">L4, for a change of the plan.</param>
    /// <param name="architect">L3.</param>
    /// <param name="plans">What the tree has to fit.</param>
    /// <param name="start">The tree to begin with.</param>
    /// <param name="basis">What the tree was integrated from.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The best tree, and why it ended if something is still red.</returns>
    public async Task<(Measured Best, string? Stopped)> RepairAsync(
        ProjectDesk desk, Seat strategist, Seat architect, Plans plans, Measured start, string basis, CancellationToken cancellationToken)
    {
        var best = start;
        var loop = new RepairLoop(Gauge.StateOf(start.Tree, start.Report), new RepairLimits(options.Value.RepairAttempts));
        var earlier = new List<RepairAttempt>();
        var longest = TimeSpan.Zero;
        while (loop.Next() is { Layer: { } layer })
        {
            await desk.EnterAsync(ProjectPhase.Repair, cancellationToken).ConfigureAwait(false);
            var begun = time.GetUtcNow();
            if (desk.Run.Deadline - begun < longest * 2)
            {
                // Another attempt, and the last look at what is best, would not end in time.
                return (best, "The repair ended because the time of the run is nearly over.");
            }
            var number = loop.Attempts + 1;
            Proposal proposal;
            Measured? after = null;
            try
            {
                proposal = await ProposeAsync(desk, strategist, architect, plans, best, earlier, layer, number, cancellationToken).ConfigureAwait(false);
                if (proposal.Tree is { } tree)
                {
                    after = new Measured(tree, await gauge.MeasureAsync(desk, tree, plans.Tests, VerificationDepth.HeldOut, cancellationToken).ConfigureAwait(false));
                }
            }
            catch (BudgetRefused e) when (e.Refusal.Next != LadderStep.Pause || !desk.Run.MayWait)
            {
                // Reserved before the call and refused: nothing was spent for it, and what is there so far is kept.
                return (best, $"The repair ended because of a limit: {e.Refusal.Reason}");
            }
            catch (ModelCallFailed e)
            {
                return (best, $"The repair ended because no model answered: {e.Message}");
            }
            var verdict = loop.Judge(
                after is null ? null : Gauge.StateOf(after.Tree, after.Report),
                after is null ? [] : Anchors.BrokenBy(best.Tree, best.Report, after.Tree, after.Report), proposal.AsksHigher);
            earlier.Add(new RepairAttempt(
                number, layer, proposal.Hypothesis, verdict.Accepted, proposal.Fault is { } fault ? $"{verdict.Reason} {fault}" : verdict.Reason,
                Named(best.Report), after is null ? [] : Named(after.Report), proposal.Changed, after?.Report.HighestGreen));
            await desk.PutAsync(
                ArtifactKind.Attempt, string.Create(CultureInfo.InvariantCulture, $"{number:D2}"), best.Tree.Hash, earlier[^1], layer == Layer.L3 ? desk.Architect : desk.Engineer, cancellationToken).ConfigureAwait(false);
            if (proposal.Step is { } step)
            {
                desk.Run.Journal.Judge(architect.Step, step, verdict.Accepted, verdict.Reason);
            }
            longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, (time.GetUtcNow() - begun).Ticks));
            if (verdict.Accepted)
            {
                best = after!;
                await desk.PutAsync(ArtifactKind.Tree, "", basis, best.Tree.ToJson(), layer == Layer.L3 ? desk.Architect : desk.Engineer, cancellationToken).ConfigureAwait(false);
            }
        }
        return (best, loop.Best.IsGreen ? null : loop.Next().Stop);
    }

    /// <summary>Changes what a person asked for; what must stay has to stay, and nothing may become worse.</summary>
    public async Task<Measured> AmendAsync(ProjectDesk desk, Seat architect, Plans plans, Measured start, ArtifactRow change, string basis, CancellationToken cancellationToken)
    {
        if (desk.UpToDate(ArtifactKind.Attempt, $"change-{change.Name}", change.Hash) is not null)
        {
            return start;
        }
        var (answer, fault) = await AskAsync(desk, architect, plans, start, [], $"change-{change.Name}", 1, $"A person who reviewed it asks for this change:\n\n{change.Content}", cancellationToken).ConfigureAwait(false);
        var proposal = Proposal.Of(answer, fault, start.Tree, plans, null);
        Measured? after = proposal.Tree is { } tree
            ? new Measured(tree, await gauge.MeasureAsync(desk, tree, plans.Tests, VerificationDepth.HeldOut, cancellationToken).ConfigureAwait(false))
            : null;
        var broken = after is null ? [] : Anchors.BrokenBy(start.Tree, start.Report, after.Tree, after.Report);
        var accepted = after is not null && broken.Count == 0 && !Gauge.StateOf(start.Tree, start.Report).IsBetterThan(Gauge.StateOf(after.Tree, after.Report));
        var words = accepted ? "Changed as asked, and nothing became worse."
            : after is null ? $"Not changed: {proposal.Fault ?? proposal.Hypothesis}"
            : "Undone: " + (broken.Count > 0 ? string.Join("; ", broken) : "something became worse.");
        await desk.PutAsync(
            ArtifactKind.Attempt, $"change-{change.Name}", change.Hash,
            new RepairAttempt(1, Layer.L3, proposal.Hypothesis, accepted, words, Named(start.Report), after is null ? [] : Named(after.Report), proposal.Changed, after?.Report.HighestGreen),
            desk.Architect, cancellationToken).ConfigureAwait(false);
        if (!accepted)
        {
            return start;
        }
        await desk.PutAsync(ArtifactKind.Tree, "", basis, after!.Tree.ToJson(), desk.Architect, cancellationToken).ConfigureAwait(false);
        return after;
    }

    private async Task<Proposal> ProposeAsync(
        ProjectDesk desk, Seat strategist, Seat architect, Plans plans, Measured best, List<RepairAttempt> earlier, Layer layer, int number, CancellationToken cancellationToken)
    {
        var evidence = CodegenPrompts.EvidenceOf(best.Report);
        var purpose = string.Create(CultureInfo.InvariantCulture, $"repair-{number}");
        if (layer == Layer.L3)
        {
            var (own, ownFault) = await AskAsync(desk, architect, plans, best, earlier, purpose, number, evidence, cancellationToken).ConfigureAwait(false);
            return Proposal.Of(own, ownFault, best.Tree, plans, null);
        }
        var direction = layer == Layer.L4 ? await ReplanAsync(desk, strategist, plans, earlier, purpose, number, evidence, cancellationToken).ConfigureAwait(false) : null;
        if (layer == Layer.L4 && direction is null)
        {
            return new Proposal(null, "L4 sees no other way.", [], null, false, null);
        }
        var path = $"{architect.Assignment.Path}.r{number}";
        var assignment = architect.Below(path, desk.Engineer, $"Repair, attempt {number}: {FirstOf(best.Report)}", []);
        Proposal? proposal = null;
        StepRow? taken = null;
        await steps.StepAsync(
            desk.Run, assignment, architect.Step,
            async (step, token) =>
            {
                taken = step;
                proposal = await AskInStepAsync(new Seat(assignment, step), token).ConfigureAwait(false);
                return new StepResult(proposal.Tree is not null, proposal.Tree is not null ? proposal.Hypothesis : proposal.Fault ?? proposal.Hypothesis);
            },
            cancellationToken).ConfigureAwait(false);
        // A step that ended well before a crash is not done again; its answer is in the journal.
        taken ??= desk.Run.Journal.StartStep(path, architect.Step, Layer.L2, desk.Engineer.Name, assignment.Goal);
        proposal ??= await AskInStepAsync(new Seat(assignment, taken), cancellationToken).ConfigureAwait(false);
        return proposal with { Step = taken };

        async Task<Proposal> AskInStepAsync(Seat seat, CancellationToken token)
        {
            if (direction is { } way && plans.Design.Modules.FirstOrDefault(module => module.Id == way.ModuleId) is { } module)
            {
                var whole = await implementer.AskAsync(desk, seat, plans, module, "module", number + 1, way.Direction, token).ConfigureAwait(false);
                return Proposal.Of(whole, best.Tree, way.Direction);
            }
            var (answer, fault) = await AskAsync(desk, seat, plans, best, earlier, "repair", number, evidence, token).ConfigureAwait(false);
            return Proposal.Of(answer, fault, best.Tree, plans, null);
        }
    }

    private Task<(RepairAnswer Answer, string? Fault)> AskAsync(
        ProjectDesk desk, Seat seat, Plans plans, Measured best, List<RepairAttempt> earlier, string purpose, int number, string evidence, CancellationToken cancellationToken) =>
        interviewer.TryAsync<RepairAnswer>(
            desk, seat, purpose, Contracts.Repair,
            feedback =>
            {
                var prompt = CodegenPrompts.Of(desk.Project, attempt: number).Part(CodegenPrompts.Spec, plans.Specification.Content, PromptSource.Before)
                    .Shows(CodegenPrompts.Design, plans.Design).ShowsFiles(Concerned(best, plans)).Part(CodegenPrompts.Evidence, evidence, PromptSource.Feedback);
                if (earlier.Count > 0)
                {
                    prompt.Part(
                        CodegenPrompts.Earlier, string.Join('\n', earlier.Select(a => $"- {a.Layer}: {a.Hypothesis} ({a.Judgement})")), PromptSource.LastResult);
                }
                return prompt.AsksFor(
                    """
                    Find the cause and repair it. First the hypothesis in a sentence, another than those that failed before; then the smallest change: edits whose anchor is text that occurs in the
                    file exactly once, with the sha that is shown with it, or a whole file where that is shorter. Only files of the design; never a sealed test, never fewer tests or assertions,
                    never a test switched off, never a public member less. When it cannot be repaired here, answer blocked and say who has to decide.
                    """,
                    feedback);
            },
            answer => AnswerChecks.Of(answer, plans.Owned, desk.Language) ?? Proposal.Of(answer, null, best.Tree, plans, null).Fault, cancellationToken);

    private async Task<ReplanAnswer?> ReplanAsync(
        ProjectDesk desk, Seat strategist, Plans plans, List<RepairAttempt> earlier, string purpose, int number, string evidence, CancellationToken cancellationToken)
    {
        var (answer, fault) = await interviewer.TryAsync<ReplanAnswer>(
            desk, strategist, "replan-" + purpose, Contracts.Replan,
            feedback => CodegenPrompts.Of(desk.Project, attempt: number).Part(CodegenPrompts.Spec, plans.Specification.Content, PromptSource.Before)
                .Shows(CodegenPrompts.Design, plans.Design).Part(CodegenPrompts.Evidence, evidence, PromptSource.Feedback)
                .Part(CodegenPrompts.Earlier, string.Join('\n', earlier.Select(a => $"- {a.Layer}: {a.Hypothesis} ({a.Judgement})")), PromptSource.LastResult)
                .AsksFor("The repairs below you failed. Name the module that is to be written anew and in which other way. When there is none, answer blocked with the reason.", feedback),
            answer => answer.Outcome == Outcome.Done && plans.Design.Modules.All(module => module.Id != answer.ModuleId) ? $"There is no module '{answer.ModuleId}'." : null,
            cancellationToken).ConfigureAwait(false);
        return fault is null && answer.Outcome == Outcome.Done ? answer : null;
    }

    /// <summary>The files where something is red, first, and then the others as long as there is room. Held-out tests are never among them.</summary>
    private static IEnumerable<CodeFile> Concerned(Measured best, Plans plans)
    {
        var red = best.Report.Failures.Select(failure => failure.File).ToHashSet();
        var room = MostShown;
        foreach (var file in best.Tree.Files.Values.Where(file => file.Role is FileRole.Source or FileRole.UnitTest or FileRole.VisibleTest)
            .OrderByDescending(file => red.Contains(file.Path)).ThenByDescending(file => plans.Owned.Contains(file.Path)).ThenBy(file => file.Path, StringComparer.Ordinal))
        {
            room -= file.Content.Length;
            if (room < 0)
            {
                yield break;
            }
            yield return new CodeFile(file.Path, file.Content);
        }
    }

    private static string FirstOf(VerificationReport report) => report.Failures.Count == 0 ? report.Reason ?? "" : $"{report.Failures[0].Id}: {Line(report.Failures[0].Message)}";

    private static string[] Named(VerificationReport report) =>
        [.. report.Failures.Select(failure => failure.Rung == (int)VerificationDepth.HeldOut ? $"{failure.Criterion} (held out)" : $"{failure.Id}{(failure.File is { } file ? $" at {file}:{failure.Line}" : "")}: {Line(failure.Message)}")];

    private static string Line(string message)
    {
        const int Longest = 300;
        var line = message.ReplaceLineEndings(" ");
        return line.Length <= Longest ? line : line[..Longest] + "…";
    }
}
