using System.Globalization;
using System.Text.Json;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Models;
using Hal9.Engine.Neurons;
using Hal9.Engine.Runs;

namespace Hal9.Engine.Codegen;

/// <summary>A module as its author delivered it.</summary>
internal sealed record ModuleFiles(string ModuleId, IReadOnlyList<CodeFile> Files, IReadOnlyList<TestFile> Tests, IReadOnlyList<string> Assumptions);

/// <summary>What all of a project's authors are shown.</summary>
internal sealed record Plans(ArtifactRow Specification, Spec Spec, SealedTests Tests, Design Design)
{
    /// <summary>The files that modules own.</summary>
    public IReadOnlySet<string> Owned { get; } = Design.Modules.SelectMany(module => module.Files).ToHashSet(StringComparer.Ordinal);

    public DesignedModule? OwnerOf(string path) => Design.Modules.FirstOrDefault(module => module.Files.Contains(path));
}

/// <summary>L2 writes the modules, one neuron each, all at once: each sees the design and the public surface, none the others' files.</summary>
internal sealed class Implementer(StepLoop steps, Interviewer interviewer)
{
    public async Task<IReadOnlyList<ArtifactRow>> ImplementAsync(ProjectDesk desk, Seat architect, Plans plans, CancellationToken cancellationToken)
    {
        await desk.EnterAsync(ProjectPhase.Implement, cancellationToken).ConfigureAwait(false);
        using var all = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var tasks = plans.Design.Modules.Select((module, i) => OneAsync(module, i + 1)).ToList();
        try
        {
            return await Task.WhenAll(tasks).ConfigureAwait(false);
        }
        catch
        {
            // The first real failure explains it; the others were only stopped by it.
            var first = tasks.Select(task => task.Exception?.InnerException).Where(e => e is not null and not OperationCanceledException).OrderBy(e => e is RunPaused).FirstOrDefault();
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first ?? new OperationCanceledException(cancellationToken));
            throw;
        }

        async Task<ArtifactRow> OneAsync(DesignedModule module, int number)
        {
            try
            {
                return await ModuleAsync(desk, architect, plans, module, number, all.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not RunPaused)
            {
                await all.CancelAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    private async Task<ArtifactRow> ModuleAsync(ProjectDesk desk, Seat architect, Plans plans, DesignedModule module, int number, CancellationToken cancellationToken)
    {
        // Another design of other modules is no reason to write this one again.
        var basis = Digest.Of(
            JsonSerializer.Serialize(module, Contracts.Stored), JsonSerializer.Serialize(plans.Tests.Surface, Contracts.Stored), plans.Specification.Hash, plans.Tests.Seal);
        if (desk.UpToDate(ArtifactKind.Module, module.Id, basis) is { } known)
        {
            return known;
        }
        var path = string.Create(CultureInfo.InvariantCulture, $"{architect.Assignment.Path}.{number}");
        var assignment = architect.Below(path, desk.Engineer, $"Write the module '{module.Id}': {module.Responsibility}", module.Criteria);
        var result = await steps.StepAsync(
            desk.Run, assignment, architect.Step,
            async (step, token) =>
            {
                var answer = await AskAsync(desk, new Seat(assignment, step), plans, module, "module", 1, "", token).ConfigureAwait(false);
                if (answer.Outcome == Outcome.Blocked)
                {
                    return new StepResult(false, answer.Reason);
                }
                await desk.PutAsync(
                    ArtifactKind.Module, module.Id, basis, new ModuleFiles(module.Id, answer.Files, answer.Tests, answer.Assumptions), desk.Engineer, token).ConfigureAwait(false);
                return new StepResult(true, $"{answer.Files.Count} files and {answer.Tests.Count} files of tests.");
            },
            cancellationToken).ConfigureAwait(false);
        return result.Done ? desk.Find(ArtifactKind.Module, module.Id)! : throw new PhaseBlocked($"The module '{module.Id}' could not be written: {result.Text}");
    }

    /// <summary>Asks for a whole module.</summary>
    /// <param name="desk">The run's desk.</param>
    /// <param name="seat">Its author.</param>
    /// <param name="plans">What it has to fit.</param>
    /// <param name="module">The module.</param>
    /// <param name="purpose">The leaf's name.</param>
    /// <param name="attempt">Which attempt, from 1.</param>
    /// <param name="direction">What L4 wants done otherwise; empty at the first time.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task<ModuleAnswer> AskAsync(
        ProjectDesk desk, Seat seat, Plans plans, DesignedModule module, string purpose, int attempt, string direction, CancellationToken cancellationToken) => interviewer.AskAsync<ModuleAnswer>(
        desk, seat, purpose, Contracts.Module,
        feedback =>
        {
            var prompt = CodegenPrompts.Of(desk.Project, module.Id, attempt).Part(CodegenPrompts.Spec, plans.Specification.Content, PromptSource.Before)
                .Shows(CodegenPrompts.Design, plans.Design).Shows(CodegenPrompts.Surface, plans.Tests.Surface).Shows(CodegenPrompts.Module, module, PromptSource.Goal)
                .ShowsFiles(plans.Tests.Visible.Where(test => test.Covers.Any(module.Criteria.Contains)).Select(test => new CodeFile(test.Path, test.Content)));
            if (direction.Length > 0)
            {
                prompt.Part(CodegenPrompts.Direction, direction, PromptSource.Feedback);
            }
            return prompt.AsksFor(
                $"""
                Write all files of this module completely: no placeholders, nothing left out, only the standard library. Sources go into files, its unit tests into tests.
                {AcceptanceWriter.FrameworkOf(desk.Language)} Keep to the public surface exactly. When the design cannot be implemented, answer blocked and say who has to decide.
                """,
                feedback);
        },
        answer => AnswerChecks.Of(answer, module, desk.Language), cancellationToken);

    /// <summary>All modules and the sealed tests as one tree.</summary>
    public static SourceTree TreeOf(IEnumerable<ModuleFiles> modules, Plans plans) => SourceTree.Of(
        modules.SelectMany(FilesOf)
            .Concat(plans.Tests.Visible.Select(test => new TreeFile(test.Path, test.Content, FileRole.VisibleTest, "", test.Covers)))
            .Concat(plans.Tests.HeldOut.Select(test => new TreeFile(test.Path, test.Content, FileRole.HeldOutTest, "", test.Covers))));

    public static IEnumerable<TreeFile> FilesOf(ModuleFiles module) =>
        module.Files.Select(file => new TreeFile(file.Path, file.Content, FileRole.Source, module.ModuleId, []))
            .Concat(module.Tests.Select(test => new TreeFile(test.Path, test.Content, FileRole.UnitTest, module.ModuleId, test.Covers)));
}
