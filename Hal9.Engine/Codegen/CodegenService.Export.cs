using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Tenancy;

namespace Hal9.Engine.Codegen;

/// <summary>A file with its text.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Content">Its text.</param>
public sealed record FileText(string Path, FileRole Role, string Content);

// What leaves the console: files, archive, bundle, evidence.
public sealed partial class CodegenService
{
    /// <summary>All files of a version, those of the template included; null when there is no such project or version for the actor.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="id">The project.</param>
    /// <param name="version">The version of the tree; null: the newest.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<IReadOnlyList<FileText>?> FilesAsync(Actor actor, Guid id, int? version, CancellationToken cancellationToken)
    {
        if (await RowAsync(actor, id, cancellationToken).ConfigureAwait(false) is not { } row)
        {
            return null;
        }
        var versions = await store.VersionsAsync(row.TenantId, id, ArtifactKind.Tree, cancellationToken).ConfigureAwait(false);
        return (version is { } number ? versions.FirstOrDefault(v => v.Version == number) : versions is [.., var newest] ? newest : null) is { } found ? FilesOf(row, SourceTree.FromJson(found.Content))
            : version is null ? [] : null;
    }

    /// <summary>The project as a zip that is the same to the byte each time; null when there is no such project, or nothing in it yet.</summary>
    public async Task<byte[]?> ArchiveAsync(Actor actor, Guid id, CancellationToken cancellationToken)
    {
        if (await FilesAsync(actor, id, null, cancellationToken).ConfigureAwait(false) is not { Count: > 0 } files)
        {
            return null;
        }
        var packed = files.ToDictionary(file => file.Path, file => file.Content, StringComparer.Ordinal);
        if (await ProofAsync(actor, id, cancellationToken).ConfigureAwait(false) is { } proof)
        {
            packed["proof.json"] = proof;
        }
        return Exporter.Zip(packed);
    }

    /// <summary>The project as a git bundle with a commit for each accepted state.</summary>
    /// <returns>The bundle, or why there is none; null when there is no such project for the actor.</returns>
    public async Task<(byte[]? Bundle, string? Fault)?> BundleAsync(Actor actor, Guid id, CancellationToken cancellationToken)
    {
        if (await RowAsync(actor, id, cancellationToken).ConfigureAwait(false) is not { } row)
        {
            return null;
        }
        var versions = await store.VersionsAsync(row.TenantId, id, ArtifactKind.Tree, cancellationToken).ConfigureAwait(false);
        if (versions.Count == 0)
        {
            return (null, "There are no files yet.");
        }
        var attempts = (await store.VersionsAsync(row.TenantId, id, ArtifactKind.Attempt, cancellationToken).ConfigureAwait(false))
            .Select(a => (a.At, a.RunId, Attempt: ProjectDesk.Read<RepairAttempt>(a))).Where(a => a.Attempt.Accepted).ToList();
        return await exporter.BundleAsync(
            [.. versions.Select(version => new CommitState(
                FilesOf(row, SourceTree.FromJson(version.Content)).ToDictionary(file => file.Path, file => file.Content, StringComparer.Ordinal),
                version.Neuron ?? "person", MessageOf(version), version.RunId, version.At))],
            cancellationToken).ConfigureAwait(false);

        // An attempt is stored just before the tree that came of it.
        string MessageOf(ArtifactRow version) =>
            version.UserId is not null ? "Edited in the console"
            : attempts.LastOrDefault(a => a.RunId == version.RunId && a.At <= version.At) is { Attempt: { } attempt } && version.Version > 1 ? $"Repair, attempt {attempt.Number} ({attempt.Layer})\n\n{attempt.Hypothesis}"
            : $"Integrate the modules of '{row.Title}'";
    }

    /// <summary>The signed evidence; null when there is no such project, or no evidence yet.</summary>
    public async Task<string?> ProofAsync(Actor actor, Guid id, CancellationToken cancellationToken) =>
        await RowAsync(actor, id, cancellationToken).ConfigureAwait(false) is { } row
        && await CurrentAsync(row, ArtifactKind.Proof, cancellationToken).ConfigureAwait(false) is { } proof ? proof.Content : null;

    /// <summary>Checks the signature of evidence, and replays all rungs on the files that it speaks of.</summary>
    /// <exception cref="AccessDenied">The actor may not.</exception>
    public async Task<ProofCheck> CheckAsync(Actor actor, string json, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        Check(actor, Permission.UseRuns);
        var (proof, ours, fault) = await seal.CheckAsync(json, cancellationToken).ConfigureAwait(false);
        if (proof is null)
        {
            return new ProofCheck(fault, false, null, []);
        }
        if (await RowAsync(actor, proof.ProjectId, cancellationToken).ConfigureAwait(false) is not { } row
            || await TreeOfAsync(row, proof, cancellationToken).ConfigureAwait(false) is not { } tree
            || (await store.VersionsAsync(row.TenantId, row.Id, ArtifactKind.Acceptance, cancellationToken).ConfigureAwait(false)).Select(ProjectDesk.Read<SealedTests>).FirstOrDefault(t => t.Seal == proof.AcceptanceSeal) is not { } tests)
        {
            return new ProofCheck(null, ours, null, ["The files that it speaks of are not here: nothing was replayed."]);
        }
        var report = await verify(Gauge.InputOf(row, tree, tests), VerificationDepth.Full, cancellationToken).ConfigureAwait(false);
        return new ProofCheck(null, ours, report.Verdict, Differences(proof, tests, report));
    }

    private async Task<SourceTree?> TreeOfAsync(ProjectRow row, Proof proof, CancellationToken cancellationToken) =>
        (await store.VersionsAsync(row.TenantId, row.Id, ArtifactKind.Tree, cancellationToken).ConfigureAwait(false)).Select(version => SourceTree.FromJson(version.Content))
            .LastOrDefault(tree => tree.Hash == proof.TreeSha256);

    private static List<string> Differences(Proof proof, SealedTests tests, VerificationReport report)
    {
        var differences = new List<string>();
        if (!tests.IsIntact)
        {
            differences.Add("The seal of the acceptance tests does not fit.");
        }
        if (report.Verdict != proof.Verdict)
        {
            differences.Add($"The verdict is {report.Verdict}, proven was {proof.Verdict}.");
        }
        foreach (var rung in proof.Rungs)
        {
            var now = report.Rungs.FirstOrDefault(r => r.Rung == rung.Rung);
            if (now?.Outcome != rung.Outcome)
            {
                differences.Add($"Rung {rung.Rung} ({rung.Name}) is {now?.Outcome.ToString() ?? "missing"}, proven was {rung.Outcome}.");
            }
            else if (now.PassedTests.Count != rung.PassedTests)
            {
                differences.Add($"On rung {rung.Rung} ({rung.Name}) {now.PassedTests.Count} tests pass, proven were {rung.PassedTests}.");
            }
        }
        return differences;
    }

    private static IReadOnlyList<FileText> FilesOf(ProjectRow row, SourceTree tree) =>
    [
        .. ProjectTemplates.FilesOf(row.Kind, row.Title).Select(file => new FileText(file.Key, FileRole.Template, file.Value))
            .Concat(tree.Files.Values.Select(file => new FileText(file.Path, file.Role, file.Content))).OrderBy(file => file.Path, StringComparer.Ordinal),
    ];
}
