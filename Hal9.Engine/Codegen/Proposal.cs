using Hal9.Engine.Runs;

namespace Hal9.Engine.Codegen;

/// <summary>What an attempt would make of a tree.</summary>
/// <param name="Tree">The changed tree; null: it gave none.</param>
/// <param name="Hypothesis">What it takes for the cause, or why it gave none.</param>
/// <param name="Changed">Paths that it changes.</param>
/// <param name="Fault">Why what it gave cannot be applied.</param>
/// <param name="AsksHigher">Whether its author hands it up.</param>
/// <param name="Step">The step in which it was made.</param>
internal sealed record Proposal(SourceTree? Tree, string Hypothesis, IReadOnlyList<string> Changed, string? Fault, bool AsksHigher, StepRow? Step)
{
    public static Proposal Of(RepairAnswer answer, string? fault, SourceTree tree, Plans plans, StepRow? step)
    {
        if (answer.Outcome == Outcome.Blocked)
        {
            return new Proposal(null, answer.Reason, [], null, answer.Needs is Needs.Design or Needs.Strategy, step);
        }
        if (fault is not null)
        {
            return new Proposal(null, answer.Hypothesis, [], fault, false, step);
        }
        var (changed, broken) = EditApplier.Apply(tree.Files.ToDictionary(file => file.Key, file => file.Value.Content, StringComparer.Ordinal), answer.Edits);
        if (broken is not null)
        {
            return new Proposal(null, answer.Hypothesis, [], $"The edit of '{broken.Path}' does not apply: {broken.Reason}", false, step);
        }
        var result = tree;
        foreach (var (path, content) in changed!)
        {
            var old = tree.Files[path];
            result = result.With(new TreeFile(path, content, old.Role, old.Module, old.Covers));
        }
        foreach (var file in answer.Files)
        {
            result = result.With(new TreeFile(file.Path, file.Content, FileRole.Source, plans.OwnerOf(file.Path)?.Id ?? "", []));
        }
        foreach (var test in answer.Tests)
        {
            result = result.With(new TreeFile(test.Path, test.Content, FileRole.UnitTest, plans.OwnerOf(test.Path)?.Id ?? "", test.Covers));
        }
        return new Proposal(result, answer.Hypothesis, [.. changed.Keys, .. answer.Files.Select(file => file.Path), .. answer.Tests.Select(test => test.Path)], null, false, step);
    }

    /// <summary>A module that was written anew.</summary>
    public static Proposal Of(ModuleAnswer answer, SourceTree tree, string direction)
    {
        if (answer.Outcome == Outcome.Blocked)
        {
            return new Proposal(null, answer.Reason, [], null, false, null);
        }
        var files = Implementer.FilesOf(new ModuleFiles(answer.ModuleId, answer.Files, answer.Tests, answer.Assumptions)).ToList();
        var result = files.Aggregate(tree, (changed, file) => changed.With(file));
        return new Proposal(result, direction, [.. files.Select(file => file.Path)], null, false, null);
    }
}
