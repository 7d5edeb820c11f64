using System.Text.Json;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Runs;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Codegen;

/// <summary>A new version of an artefact.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">The module's id, the attempt's number; else empty.</param>
/// <param name="Basis">Hash of what it was made from.</param>
/// <param name="Content">JSON or text.</param>
internal sealed record NewArtifact(ArtifactKind Kind, string Name, string Basis, string Content)
{
    public string? Neuron { get; init; }
    public Guid? UserId { get; init; }
    public string? Label { get; init; }
}

/// <summary>Reads and writes projects and their artefacts.</summary>
internal sealed class ProjectStore(TenantScope scope, Writer writer, RunFeed feed, TimeProvider time)
{
    public async Task<ProjectRow?> FindAsync(Guid tenantId, Guid id, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(tenantId);
        return await db.Set<ProjectRow>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Projects, newest first, those of one person or of everybody.</summary>
    public async Task<Page<ProjectRow>> ListAsync(Guid tenantId, Guid? userId, string? after, int limit, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(tenantId);
        var rows = db.Set<ProjectRow>().AsNoTracking().Where(p => userId == null || p.UserId == userId);
        if (Cursor.Read(after) is { } last)
        {
            rows = rows.Where(p => p.Id.CompareTo(last) < 0);
        }
        var page = await rows.OrderByDescending(p => p.Id).Take(limit + 1).ToListAsync(cancellationToken).ConfigureAwait(false);
        return new Page<ProjectRow>([.. page.Take(limit)], page.Count > limit ? page[limit - 1].Id.ToString() : null);
    }

    /// <summary>What delivered projects of the tenant cost, the newest ones.</summary>
    public async Task<IReadOnlyList<Usd>> CostsAsync(Guid tenantId, int most, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(tenantId);
        return await db.Set<ProjectRow>().AsNoTracking().Where(p => p.Verdict != null && p.Provenance == Provenance.Live)
            .OrderByDescending(p => p.CreatedAt).Take(most).Select(p => p.Cost).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The newest version of each artefact.</summary>
    public async Task<IReadOnlyList<ArtifactRow>> CurrentAsync(Guid tenantId, Guid projectId, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(tenantId);
        var all = db.Set<ArtifactRow>().AsNoTracking().Where(a => a.ProjectId == projectId);
        return await all.Where(a => a.Version == all.Where(b => b.Kind == a.Kind && b.Name == a.Name).Max(b => b.Version))
            .OrderBy(a => a.At).ThenBy(a => a.Id).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All versions of one kind, oldest first.</summary>
    public async Task<IReadOnlyList<ArtifactRow>> VersionsAsync(Guid tenantId, Guid projectId, ArtifactKind kind, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(tenantId);
        return await db.Set<ArtifactRow>().AsNoTracking().Where(a => a.ProjectId == projectId && a.Kind == kind)
            .OrderBy(a => a.Version).ThenBy(a => a.Id).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stores a project in the transaction that starts its first run.</summary>
    public static void Insert(WriteBatch batch, ProjectRow row)
    {
        batch.Execute(
            CodegenStatements.InsertProject,
            ("@id", row.Id), ("@tenant", row.TenantId), ("@user", row.UserId), ("@key", row.KeyId), ("@brief", row.Brief), ("@title", row.Title), ("@kind", row.Kind.ToString()),
            ("@approval", row.Approval.ToString()), ("@phase", row.Phase.ToString()), ("@status", row.Status.ToString()), ("@run", row.RunId), ("@runs", row.RunIds),
            ("@nano", row.EnvelopeNano), ("@tokens", row.EnvelopeTokens), ("@seconds", row.EnvelopeSeconds), ("@now", row.CreatedAt.ToUnixTimeMilliseconds()));
    }

    /// <summary>Gives a project its next run, in the transaction that starts it.</summary>
    /// <exception cref="ProjectBusy">Another run is at work on it.</exception>
    public static void BeginRun(WriteBatch batch, ProjectRow row, Guid runId, DateTimeOffset now)
    {
        Guid[] runs = [.. JsonSerializer.Deserialize<Guid[]>(row.RunIds) ?? [], runId];
        if (batch.Execute(
            CodegenStatements.BeginRun, ("@run", runId), ("@runs", JsonSerializer.Serialize(runs)), ("@now", now.ToUnixTimeMilliseconds()), ("@id", row.Id), ("@tenant", row.TenantId)) == 0)
        {
            throw new ProjectBusy();
        }
    }

    /// <summary>Stores a version that a person or the product made.</summary>
    /// <returns>The version's number.</returns>
    /// <exception cref="ProjectBusy">A run is at work on the project: it would not see the change.</exception>
    public Task<int> AddAsync(Guid tenantId, Guid projectId, NewArtifact artifact, CancellationToken cancellationToken) => writer.WriteAsync(
        tenantId,
        batch =>
        {
            if (batch.Text(CodegenStatements.Status, ("@id", projectId), ("@tenant", tenantId)) == nameof(ProjectStatus.Working))
            {
                throw new ProjectBusy();
            }
            var version = Insert(batch, tenantId, projectId, artifact, null, time.GetUtcNow());
            batch.OnCommitted(() => feed.Signal(tenantId, projectId));
            return version;
        },
        cancellationToken);

    /// <summary>Stores a version that a run made.</summary>
    /// <exception cref="RunTakenOver">The run has a newer epoch, or ended.</exception>
    public Task<ArtifactRow> AddAsync(LiveRun run, Guid projectId, NewArtifact artifact, CancellationToken cancellationToken) => writer.WriteAsync(
        run.Row.TenantId,
        batch =>
        {
            if (batch.Number(CodegenStatements.OwnsRun, ("@run", run.Row.Id), ("@tenant", run.Row.TenantId), ("@epoch", run.Row.Epoch)) is not > 0)
            {
                throw new RunTakenOver(run.Row.Id);
            }
            var now = time.GetUtcNow();
            var version = Insert(batch, run.Row.TenantId, projectId, artifact, run.Row.Id, now);
            batch.OnCommitted(() => feed.Signal(run.Row.TenantId, projectId));
            return new ArtifactRow
            {
                TenantId = run.Row.TenantId, ProjectId = projectId, Kind = artifact.Kind, Name = artifact.Name, Version = version, Basis = artifact.Basis,
                Content = artifact.Content, Hash = Digest.Of(artifact.Content), Neuron = artifact.Neuron, RunId = run.Row.Id, At = now,
            };
        },
        cancellationToken);

    /// <summary>Stores where a project stands.</summary>
    public Task MoveAsync(ProjectRow row, CancellationToken cancellationToken) => writer.WriteAsync(
        row.TenantId,
        batch =>
        {
            batch.Execute(
                CodegenStatements.MoveProject,
                ("@phase", row.Phase.ToString()), ("@status", row.Status.ToString()), ("@verdict", row.Verdict?.ToString()), ("@reason", row.Reason), ("@title", row.Title),
                ("@now", time.GetUtcNow().ToUnixTimeMilliseconds()), ("@id", row.Id), ("@tenant", row.TenantId));
            batch.OnCommitted(() => feed.Signal(row.TenantId, row.Id));
        },
        cancellationToken);

    public static int Insert(WriteBatch batch, Guid tenantId, Guid projectId, NewArtifact artifact, Guid? runId, DateTimeOffset now)
    {
        var version = (int)(batch.Number(
            CodegenStatements.NextVersion, ("@tenant", tenantId), ("@project", projectId), ("@kind", artifact.Kind.ToString()), ("@name", artifact.Name)) ?? 1);
        batch.Execute(
            CodegenStatements.InsertArtifact,
            ("@id", Guid.CreateVersion7(now)), ("@tenant", tenantId), ("@project", projectId), ("@kind", artifact.Kind.ToString()), ("@name", artifact.Name), ("@version", version),
            ("@basis", artifact.Basis), ("@content", artifact.Content), ("@hash", Digest.Of(artifact.Content)), ("@neuron", artifact.Neuron), ("@user", artifact.UserId),
            ("@run", runId), ("@label", artifact.Label), ("@now", now.ToUnixTimeMilliseconds()));
        return version;
    }
}

/// <summary>A run is at work on the project: it has to end or be stopped first.</summary>
public sealed class ProjectBusy() : Exception("A run is at work on this project. Wait for its end, or stop it.");
