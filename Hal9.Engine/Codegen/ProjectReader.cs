using System.Text.Json;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Codegen;

/// <summary>Puts a project together from its rows.</summary>
internal sealed class ProjectReader(ProjectStore store, TenantScope scope)
{
    public async Task<ProjectView> ReadAsync(ProjectRow project, CancellationToken cancellationToken)
    {
        var versions = await AllAsync(project, cancellationToken).ConfigureAwait(false);
        var current = versions.GroupBy(a => (a.Kind, a.Name)).ToDictionary(g => g.Key, g => g.MaxBy(a => a.Version)!);
        var contents = (await store.CurrentAsync(project.TenantId, project.Id, cancellationToken).ConfigureAwait(false)).ToDictionary(a => (a.Kind, a.Name));
        var spec = Find<Spec>(ArtifactKind.Spec);
        var tests = Find<SealedTests>(ArtifactKind.Acceptance);
        var design = Find<Design>(ArtifactKind.Design);
        var tree = contents.TryGetValue((ArtifactKind.Tree, ""), out var stored) ? SourceTree.FromJson(stored.Content) : SourceTree.Empty;
        var report = contents.Values.Where(a => a.Kind == ArtifactKind.Verification && tree.Files.Count > 0 && a.Name.EndsWith(tree.Hash[..12], StringComparison.Ordinal))
            .OrderByDescending(a => a.At).Select(ProjectDesk.Read<VerificationReport>).FirstOrDefault();
        var review = Find<ReviewFindings>(ArtifactKind.Review);
        return View(project, await RunCostAsync(project, cancellationToken).ConfigureAwait(false)) with
        {
            Questions = Find<Question[]>(ArtifactKind.Intake) ?? [],
            Answers = Find<Dictionary<string, string>>(ArtifactKind.Answers),
            Spec = spec,
            Criteria = spec is null ? [] : [.. spec.Criteria.Select(c => new CriterionView(c, CriteriaReading.StatusOf(c.Id, tests, report)))],
            Modules = design?.Modules ?? [],
            Seal = tests?.Seal,
            Files = [.. tree.Files.Values.Select(file => LineOf(file, design, report))],
            Attempts = [.. contents.Values.Where(a => a.Kind == ArtifactKind.Attempt).OrderBy(a => a.At).Select(ProjectDesk.Read<RepairAttempt>)],
            Report = report,
            Review = review is null ? null : (review.Summary, review.Risks),
            HasProof = current.ContainsKey((ArtifactKind.Proof, "")),
            History = [.. versions.OrderByDescending(a => a.At).ThenByDescending(a => a.Id)],
        };

        T? Find<T>(ArtifactKind kind)
            where T : class => contents.TryGetValue((kind, ""), out var artifact) ? ProjectDesk.Read<T>(artifact) : null;
    }

    public static ProjectLine Line(ProjectRow p) => new(p.Id, p.Title, p.Kind, p.Phase, p.Status, p.Verdict, p.Cost, p.Provenance, p.UserId, p.CreatedAt, p.UpdatedAt);

    public static ProjectView View(ProjectRow p, (Usd Cost, Provenance Provenance)? running) => new(
        p.Id, p.Title, p.Brief, p.Kind, p.Approval, p.Phase, p.Status, p.Verdict, p.Reason, p.UserId, p.RunId, JsonSerializer.Deserialize<Guid[]>(p.RunIds) ?? [],
        p.Cost + (running?.Cost ?? Usd.Zero), new Usd(p.EnvelopeNano),
        running?.Provenance is { } now && (p.Provenance is not { } before || now < before) ? now : p.Provenance ?? Provenance.Offline, p.CreatedAt, p.UpdatedAt);

    /// <summary>Without the contents, which are long.</summary>
    private async Task<IReadOnlyList<ArtifactLine>> AllAsync(ProjectRow project, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(project.TenantId);
        return await db.Set<ArtifactRow>().AsNoTracking().Where(a => a.ProjectId == project.Id)
            .Select(a => new ArtifactLine(a.Id, a.Kind, a.Name, a.Version, a.Hash, a.Neuron, a.UserId, a.RunId, a.At)).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the run at work has cost so far; ended runs are in the project's own cost.</summary>
    private async Task<(Usd, Provenance)?> RunCostAsync(ProjectRow project, CancellationToken cancellationToken)
    {
        if (project.RunId is not { } id)
        {
            return null;
        }
        await using var db = scope.Open(project.TenantId);
        return await db.Set<RunRow>().AsNoTracking().Where(r => r.Id == id && r.EndedAt == null).Select(r => new { r.Cost, r.Provenance }).SingleOrDefaultAsync(cancellationToken).ConfigureAwait(false)
            is { } run ? (run.Cost, run.Provenance) : null;
    }

    /// <summary>Tokens that all its runs have used.</summary>
    public async Task<long> TokensAsync(ProjectRow project, CancellationToken cancellationToken)
    {
        var runs = JsonSerializer.Deserialize<Guid[]>(project.RunIds) ?? [];
        await using var db = scope.Open(project.TenantId);
        return await db.Set<ModelCallRow>().AsNoTracking().Where(call => runs.Contains(call.RunId)).SumAsync(call => call.InputTokens + call.OutputTokens, cancellationToken).ConfigureAwait(false);
    }

    private static FileLine LineOf(TreeFile file, Design? design, VerificationReport? report) => new(
        file.Path, file.Role, file.Module, file.Covers.Count > 0 ? file.Covers : design?.Modules.FirstOrDefault(module => module.Id == file.Module)?.Criteria ?? [],
        file.Content.AsSpan().Count('\n') + 1, file.Sha, report is null ? [] : [.. report.Failures.Where(failure => failure.File == file.Path)]);
}
