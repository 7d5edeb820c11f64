using System.Text.Json;
using Hal9.Engine.Models;

namespace Hal9.Engine.Codegen;

/// <summary>L3 cuts the project into modules that own files and serve criteria.</summary>
internal sealed class Designer(Interviewer interviewer)
{
    public async Task<(ArtifactRow Artifact, Design Design)> DesignAsync(
        ProjectDesk desk, Seat seat, ArtifactRow specification, Spec spec, SealedTests tests, CancellationToken cancellationToken)
    {
        await desk.EnterAsync(ProjectPhase.Design, cancellationToken).ConfigureAwait(false);
        var basis = Digest.Of(specification.Hash, JsonSerializer.Serialize(tests.Surface, Contracts.Stored), desk.Project.Kind.ToString());
        if (desk.UpToDate(ArtifactKind.Design, "", basis) is { } known)
        {
            return (known, ProjectDesk.Read<Design>(known));
        }
        var answer = await interviewer.AskAsync<DesignAnswer>(
            desk, seat, $"design-{Specifier.Short(basis)}", Contracts.Design,
            feedback => CodegenPrompts.Of(desk.Project).Part(CodegenPrompts.Spec, specification.Content, PromptSource.Before)
                .Shows(CodegenPrompts.Surface, tests.Surface)
                .AsksFor(
                    $"""
                    Design it: 1 to {AnswerChecks.MostModules} modules, each with the files that it owns (sources below src/, its own unit tests below {SafePath.Tests}Unit/, at most
                    {AnswerChecks.MostFiles} in all), its public signatures, the modules that it uses (no circle) and the criteria that it serves. Every file of the public surface belongs to a
                    module, every criterion is served by one. Project files are the product's own.
                    """,
                    feedback),
            answer => AnswerChecks.Of(answer, spec, tests.Surface, desk.Language), cancellationToken).ConfigureAwait(false);
        if (answer.Outcome == Outcome.Blocked)
        {
            throw new PhaseBlocked(answer.Reason);
        }
        var design = new Design(answer.Modules);
        return (await desk.PutAsync(ArtifactKind.Design, "", basis, design, desk.Architect, cancellationToken).ConfigureAwait(false), design);
    }
}
