using System.Globalization;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Models;
using Hal9.Engine.Neurons;
using Hal9.Engine.Runs;

namespace Hal9.Engine.Codegen;

/// <summary>A look at the result by a neuron of L3 that designed nothing of it. It advises; the word on the project is the runner's.</summary>
internal sealed class Reviewer(StepLoop steps, Interviewer interviewer)
{
    private const int MostShown = 80_000;

    public async Task ReviewAsync(ProjectDesk desk, Seat strategist, Plans plans, Measured result, CancellationToken cancellationToken)
    {
        await desk.EnterAsync(ProjectPhase.Review, cancellationToken).ConfigureAwait(false);
        var basis = Digest.Of(result.Tree.Hash, plans.Specification.Hash);
        if (desk.UpToDate(ArtifactKind.Review, "", basis) is not null)
        {
            return;
        }
        var assignment = strategist.Below("1.3", desk.Tester, $"Review the result of '{desk.Project.Title}'.", []);
        await steps.StepAsync(
            desk.Run, assignment, strategist.Step,
            async (step, token) =>
            {
                var findings = await interviewer.AskAsync<ReviewFindings>(
                    desk, new Seat(assignment, step), $"review-{Specifier.Short(basis)}", Contracts.Review,
                    feedback => CodegenPrompts.Of(desk.Project).Part(CodegenPrompts.Spec, plans.Specification.Content, PromptSource.Before)
                        .ShowsFiles(Shown(result.Tree)).Part(CodegenPrompts.Evidence, Found(result.Report), PromptSource.Feedback)
                        .AsksFor("Review the code as somebody who did not write it: what is risky, unclear or missing, worst first, each with its file. Whether it works was measured and is not for you to say.", feedback),
                    _ => null, token).ConfigureAwait(false);
                await desk.PutAsync(ArtifactKind.Review, "", basis, findings, desk.Tester, token).ConfigureAwait(false);
                return new StepResult(true, findings.Summary);
            },
            cancellationToken).ConfigureAwait(false);
    }

    private static IEnumerable<CodeFile> Shown(SourceTree tree)
    {
        var room = MostShown;
        return tree.Files.Values.Where(file => file.Role is FileRole.Source or FileRole.UnitTest).TakeWhile(file => (room -= file.Content.Length) >= 0).Select(file => new CodeFile(file.Path, file.Content));
    }

    private static string Found(VerificationReport report) => string.Join('\n', report.Rungs.Select(rung =>
        string.Create(CultureInfo.InvariantCulture, $"- rung {rung.Rung}, {rung.Name}: {rung.Outcome}{(rung.Reason is { } reason ? $" ({reason})" : "")}")));
}
