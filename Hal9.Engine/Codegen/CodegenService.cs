using System.Runtime.CompilerServices;
using System.Text.Json;
using Hal9.Engine.Budgets;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.Extensions.Options;

namespace Hal9.Engine.Codegen;

/// <summary>A project that was made, or the reason why there was no room for it.</summary>
/// <param name="Id">The project.</param>
/// <param name="RunId">The run that works on it.</param>
/// <param name="Refusal">The limit that refused its run; null: it is at work.</param>
public sealed record StartedProject(Guid Id, Guid RunId, Refusal? Refusal);

/// <summary>The door to code generation: make projects, see, watch and steer them. Who may do what is checked here, by the <see cref="Actor"/>.</summary>
public sealed partial class CodegenService
{
    private const int MostBrief = 20_000;
    private const int MostText = 200_000;
    private const int NewestProjects = 20;

    private readonly ProjectStore store;
    private readonly ProjectReader reader;
    private readonly RunService runs;
    private readonly RunFeed feed;
    private readonly RequestKeyStore keys;
    private readonly Exporter exporter;
    private readonly ProofSeal seal;
    private readonly VerifyCode verify;
    private readonly CodegenOptions options;
    private readonly TimeProvider time;

    internal CodegenService(
        ProjectStore store, ProjectReader reader, RunService runs, RunFeed feed, RequestKeyStore keys, Exporter exporter, ProofSeal seal, VerifyCode verify,
        IOptions<CodegenOptions> options, TimeProvider time)
    {
        this.store = store;
        this.reader = reader;
        this.runs = runs;
        this.feed = feed;
        this.keys = keys;
        this.exporter = exporter;
        this.seal = seal;
        this.verify = verify;
        this.options = options.Value;
        this.time = time;
    }

    /// <summary>Stores a project and starts its first run, in one transaction. With a key the same order within a day gives the same project.</summary>
    /// <exception cref="AccessDenied">The actor may not.</exception>
    /// <exception cref="ArgumentException">The order is out of range; the message names the field.</exception>
    /// <exception cref="RequestKeyReused">The key belongs to another order.</exception>
    public async Task<StartedProject> StartAsync(Actor actor, NewProject order, RequestKey? key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        Check(actor, Permission.UseRuns);
        Check(order);
        while (true)
        {
            if (key is not null && await keys.FindAsync(actor, key, cancellationToken).ConfigureAwait(false) is { } known
                && await store.FindAsync(actor.TenantId, known, cancellationToken).ConfigureAwait(false) is { RunId: { } first })
            {
                return new StartedProject(known, first, null);
            }
            try
            {
                return await StartNewAsync(actor, order, key, cancellationToken).ConfigureAwait(false);
            }
            catch (RequestKeyTaken)
            {
                // The other one's group is not committed yet; the next look-up queues up behind it.
            }
        }
    }

    /// <summary>What a project may cost; nothing is stored or spent.</summary>
    public async Task<ProjectQuote> QuoteAsync(Actor actor, Usd? envelope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        Check(actor, Permission.UseRuns);
        var costs = await store.CostsAsync(actor.TenantId, NewestProjects, cancellationToken).ConfigureAwait(false);
        return new ProjectQuote(costs.Count == 0 ? null : new Usd(costs.Sum(cost => cost.Nano) / costs.Count), costs.Count, envelope ?? Usd.FromAmount(options.EnvelopeUsd));
    }

    /// <summary>A project, or null when the tenant has none of that id (or the actor may not see it).</summary>
    public async Task<ProjectView?> FindAsync(Actor actor, Guid id, CancellationToken cancellationToken) =>
        await RowAsync(actor, id, cancellationToken).ConfigureAwait(false) is { } row ? await reader.ReadAsync(row, cancellationToken).ConfigureAwait(false) : null;

    /// <summary>Projects, newest first; a member sees their own.</summary>
    /// <exception cref="ArgumentException">The cursor is none of this list.</exception>
    public async Task<Page<ProjectLine>> ListAsync(Actor actor, string? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var everybody = actor.May(Permission.ReadRuns);
        Check(actor, everybody ? Permission.ReadRuns : Permission.UseRuns);
        var page = await store.ListAsync(actor.TenantId, everybody ? null : actor.UserId, after, limit, cancellationToken).ConfigureAwait(false);
        return new Page<ProjectLine>([.. page.Items.Select(ProjectReader.Line)], page.Next);
    }

    /// <summary>The project as it is, and again each time that something of it changes. Ends with the token.</summary>
    /// <exception cref="KeyNotFoundException">There is no such project for the actor.</exception>
    public async IAsyncEnumerable<ProjectView> WatchAsync(Actor actor, Guid id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Registered before the first look, so that nothing falls between the two.
        using var watch = feed.WatchRun(id);
        while (true)
        {
            yield return await FindAsync(actor, id, cancellationToken).ConfigureAwait(false) ?? throw new KeyNotFoundException($"There is no project {id}.");
            await watch.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until no run is at work on the project.</summary>
    /// <exception cref="KeyNotFoundException">There is no such project for the actor.</exception>
    public async Task<ProjectView> RestAsync(Actor actor, Guid id, CancellationToken cancellationToken)
    {
        using var watch = feed.WatchRun(id);
        while (true)
        {
            var row = await RowAsync(actor, id, cancellationToken).ConfigureAwait(false) ?? throw new KeyNotFoundException($"There is no project {id}.");
            if (row.Status != ProjectStatus.Working && (row.RunId is not { } run || (await runs.FindAsync(actor, run, cancellationToken).ConfigureAwait(false))?.Status.IsFinal() != false))
            {
                return await reader.ReadAsync((await RowAsync(actor, id, cancellationToken).ConfigureAwait(false))!, cancellationToken).ConfigureAwait(false);
            }
            await watch.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<StartedProject> StartNewAsync(Actor actor, NewProject order, RequestKey? key, CancellationToken cancellationToken)
    {
        var (id, runId, now) = (Guid.CreateVersion7(), Guid.CreateVersion7(), time.GetUtcNow());
        var row = new ProjectRow
        {
            Id = id, TenantId = actor.TenantId, UserId = actor.UserId, KeyId = actor.KeyId, Brief = order.Brief.Trim(), Title = TitleOf(order.Brief), Kind = order.Kind,
            Approval = order.Approval, Phase = ProjectPhase.Intake, Status = ProjectStatus.Working, RunId = runId, RunIds = JsonSerializer.Serialize(new[] { runId }),
            EnvelopeNano = (order.Cost ?? Usd.FromAmount(options.EnvelopeUsd)).Nano, EnvelopeTokens = order.Tokens ?? options.EnvelopeTokens,
            EnvelopeSeconds = order.Seconds ?? options.EnvelopeSeconds, CreatedAt = now, UpdatedAt = now,
        };
        var started = await runs.StartAsync(
            actor, OrderOf(row, 0), runId,
            (batch, at) =>
            {
                ProjectStore.Insert(batch, row);
                ProjectStore.Insert(batch, row.TenantId, id, new NewArtifact(ArtifactKind.Brief, "", "", row.Brief) { UserId = actor.UserId }, runId, at);
                if (key is not null)
                {
                    RequestKeyStore.Write(batch, actor, key, id, at);
                }
            },
            cancellationToken).ConfigureAwait(false);
        if (started.Run.Refusal is { } refusal && key is not null)
        {
            await keys.ForgetAsync(actor, key, cancellationToken).ConfigureAwait(false);
        }
        return new StartedProject(id, runId, started.Run.Refusal);
    }

    private StartRun OrderOf(ProjectRow row, long tokensUsed) => new()
    {
        Goal = row.Brief, Mode = RunMode.Deep, Kind = RunKind.Codegen, ProjectId = row.Id, Tags = ["codegen"],
        Envelope = new EnvelopeRequest(
            new Usd(Math.Max(0, row.EnvelopeNano - row.Cost.Nano)), Math.Max(1, row.EnvelopeTokens - tokensUsed), options.EnvelopeSteps, row.EnvelopeSeconds),
    };

    private async Task<ProjectRow?> RowAsync(Actor actor, Guid id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return await store.FindAsync(actor.TenantId, id, cancellationToken).ConfigureAwait(false) is { } row
            && (actor.May(Permission.ReadRuns) || (row.UserId == actor.UserId && actor.May(Permission.UseRuns))) ? row : null;
    }

    private static void Check(NewProject order)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (string.IsNullOrWhiteSpace(order.Brief) || order.Brief.Length > MostBrief)
        {
            throw new ArgumentException($"brief: 1 to {MostBrief} characters.");
        }
    }

    private static string TitleOf(string brief)
    {
        const int Longest = 80;
        var line = brief.Trim().ReplaceLineEndings(" ");
        return line.Length <= Longest ? line : line[..(Longest - 1)] + "…";
    }

    private static void Check(Actor actor, Permission permission)
    {
        if (!actor.May(permission))
        {
            throw new AccessDenied(permission);
        }
    }
}
