using System.Text.Json;
using Hal9.Engine.Runs;
using Microsoft.EntityFrameworkCore;
using Hal9.Engine.Tenancy;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Codegen;

/// <summary>Gathers the evidence of a project from what is stored, and signs it.</summary>
internal sealed class ProofWriter(TenantScope scope, ProofSeal seal, TimeProvider time)
{
    public async Task WriteAsync(ProjectDesk desk, Plans plans, Measured result, CancellationToken cancellationToken)
    {
        var basis = Digest.Of(result.Tree.Hash, plans.Specification.Hash, JsonSerializer.Serialize(result.Report, Contracts.Stored));
        if (desk.Find(ArtifactKind.Proof) is { } known && known.Basis == basis)
        {
            return;
        }
        var proof = await GatherAsync(desk, plans, result, cancellationToken).ConfigureAwait(false);
        await desk.PutAsync(ArtifactKind.Proof, "", basis, await seal.SignAsync(proof, cancellationToken).ConfigureAwait(false), null, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Proof> GatherAsync(ProjectDesk desk, Plans plans, Measured result, CancellationToken cancellationToken)
    {
        await desk.Run.Journal.FlushAsync().ConfigureAwait(false);
        await using var db = scope.Open(desk.Project.TenantId);
        var calls = await (
            from call in db.Set<ModelCallRow>().AsNoTracking()
            join step in db.Set<StepRow>() on call.StepId equals step.Id
            where call.RunId == desk.Run.Row.Id && call.Response != null
            orderby call.StartedAt, call.Id
            select new { call.Leaf, step.Neuron, call.Provider, call.Model, call.Provenance, call.Cost, call.Response }).ToListAsync(cancellationToken).ConfigureAwait(false);
        var (tree, report) = (result.Tree, result.Report);
        return new Proof
        {
            ProjectId = desk.Project.Id, Title = desk.Project.Title, Kind = Verification.ProjectWords.Word(desk.Project.Kind),
            BriefSha256 = Digest.Of(desk.Project.Brief), SpecSha256 = plans.Specification.Hash, DesignSha256 = desk.Find(ArtifactKind.Design)!.Hash,
            AcceptanceSeal = plans.Tests.Seal, SealedAt = desk.Find(ArtifactKind.Acceptance)!.At, TreeSha256 = tree.Hash,
            Files = [.. tree.Files.Values.Select(file => new ProvenFile(file.Path, file.Sha, file.Role, file.Module, file.Covers))],
            Rungs = [.. report.Rungs.Select(rung => new ProvenRung(rung.Rung, rung.Name, rung.Outcome, rung.Reason, rung.Command, rung.ExitCode, (long)rung.Duration.TotalMilliseconds, rung.LogHash, rung.PassedTests.Count))],
            Mutants = report.Mutants, HeldOutPassed = report.HeldOutPassed, HeldOutTotal = report.HeldOutTotal, SandboxLevel = report.SandboxLevel, Toolchain = report.Toolchain,
            Verdict = report.Verdict, Reason = report.Reason, Attempts = desk.All(ArtifactKind.Attempt).Count,
            Runs = JsonSerializer.Deserialize<Guid[]>(desk.Project.RunIds) ?? [],
            Calls = [.. calls.Select(call => new ProvenCall(call.Leaf, call.Neuron, $"{call.Provider}/{call.Model}", call.Provenance, call.Cost.Nano, Digest.Of(TextOf(call.Response!))))],
            CostNanoUsd = (desk.Project.Cost + desk.Run.Journal.Cost).Nano,
            Provenance = calls.Count == 0 ? desk.Project.Provenance ?? Events.Provenance.Offline : calls.Min(call => call.Provenance),
            MadeAt = time.GetUtcNow(),
        };
    }

    private static string TextOf(string response) => JsonSerializer.Deserialize<ChatResponse>(response, AIJsonUtilities.DefaultOptions)?.Text ?? "";
}
