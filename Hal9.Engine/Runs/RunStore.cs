using System.Text.Json;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Runs;

/// <summary>Reads runs.</summary>
internal sealed class RunStore(TenantScope scope)
{
    /// <summary>In how many of the newest runs a goal is looked for.</summary>
    public const int MostSearched = 50_000;

    private const int MostSorted = 5_000;

    public async Task<RunRow?> RowAsync(Guid tenantId, Guid runId, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(tenantId);
        return await db.Set<RunRow>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == runId, cancellationToken).ConfigureAwait(false);
    }

    public async Task<RunView?> FindAsync(Guid tenantId, Guid runId, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(tenantId);
        var row = await db.Set<RunRow>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == runId, cancellationToken).ConfigureAwait(false);
        if (row is null)
        {
            return null;
        }
        var steps = await db.Set<StepRow>().AsNoTracking().Where(s => s.RunId == runId).ToListAsync(cancellationToken).ConfigureAwait(false);
        var calls = await db.Set<ModelCallRow>().AsNoTracking().Where(c => c.RunId == runId).OrderBy(c => c.StartedAt).ThenBy(c => c.Id)
            .Select(c => new
            {
                c.StepId, c.OnLimit,
                View = new ModelCallView(
                    c.Id, c.Leaf, c.Attempt, c.Provider, c.Model, c.Status, c.Provenance,
                    new TokenUsage(c.InputTokens, c.OutputTokens, c.CachedTokens, c.CacheWriteTokens, 0, c.ReasoningTokens),
                    c.Reserved, c.Cost, c.PriceVersion, c.UsageEstimated, c.Milliseconds, c.FirstTokenMilliseconds, c.Error, c.StartedAt),
            })
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        return View(row, Tree(steps, calls.ConvertAll(c => (c.StepId, c.View with { OnLimit = RunJson.OnLimit(c.OnLimit) }))));
    }

    /// <summary>Steps and model calls (in the order of their start) as a tree.</summary>
    public static StepView? Tree(IReadOnlyCollection<StepRow> steps, IReadOnlyList<(Guid StepId, ModelCallView View)> calls)
    {
        return steps.FirstOrDefault(step => step.ParentId is null) is { } root ? Of(root) : null;

        StepView Of(StepRow step)
        {
            var children = steps.Where(s => s.ParentId == step.Id).OrderBy(s => s.Path.Length).ThenBy(s => s.Path, StringComparer.Ordinal).Select(Of).ToList();
            var own = calls.Where(c => c.StepId == step.Id).Select(c => c.View).ToList();
            var cost = new Usd(own.Sum(c => c.Cost.Nano) + children.Sum(c => c.Cost.Nano));
            return new StepView(
                step.Id, step.ParentId, step.Path, step.Layer, step.Neuron, step.Status, step.Goal, step.Result, step.Error, cost,
                step.StartedAt, step.EndedAt, own, children) { Plan = step.PlanNano is { } nano ? new Usd(nano) : null };
        }
    }

    public async Task<Page<RunLine>> ListAsync(Guid tenantId, Guid? userId, RunFilter filter, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(tenantId);
        var limit = Math.Clamp(filter.Limit, 1, 200);
        var timeLeads = await TimeLeadsAsync(db, filter, cancellationToken).ConfigureAwait(false);
        var lines = await From(Narrow(db, userId, filter, timeLeads), filter).Take(limit + 1)
            .Select(r => new RunLine(r.Id, r.Kind, r.Goal, r.Mode, r.Status, r.Cost, r.Provenance, r.StartedAt, r.EndedAt, r.UserId, r.Error))
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        if (lines.Count <= limit)
        {
            return new Page<RunLine>(lines, null);
        }
        var last = lines[limit - 1];
        return new Page<RunLine>(lines[..limit], filter.Sort is RunSort.Cost ? Cursor.WriteSorted(last.Cost.Nano, last.Id) : last.Id.ToString());
    }

    /// <summary>How many runs the filter leaves, counted up to <paramref name="most"/>.</summary>
    public async Task<int> CountAsync(Guid tenantId, Guid? userId, RunFilter filter, int most, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(tenantId);
        // The newest ones: without an order the database may begin where there are none that fit.
        return await Narrow(db, userId, filter).OrderByDescending(r => r.Id).Take(most).CountAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether few ended in that time: then they are read and sorted, else the costs are gone down until there are enough of that time.</summary>
    private static async Task<bool> TimeLeadsAsync(EngineDb db, RunFilter filter, CancellationToken cancellationToken) =>
        filter.Sort is not RunSort.Cost || (filter.EndedFrom is null && filter.EndedBefore is null)
        || await EndedWithin(db.Set<RunRow>(), filter, timeLeads: true).Take(MostSorted + 1).CountAsync(cancellationToken).ConfigureAwait(false) <= MostSorted;

    // What is not a plain comparison of the column is not looked up in its index.
    private static IQueryable<RunRow> EndedWithin(IQueryable<RunRow> query, RunFilter filter, bool timeLeads)
    {
        if (filter.EndedFrom is { } from)
        {
            query = timeLeads ? query.Where(r => r.EndedAt >= from) : query.Where(r => (r.EndedAt ?? DateTimeOffset.UnixEpoch) >= from);
        }
        if (filter.EndedBefore is { } before)
        {
            query = timeLeads ? query.Where(r => r.EndedAt < before) : query.Where(r => (r.EndedAt ?? DateTimeOffset.MaxValue) < before);
        }
        return query;
    }

    private static IQueryable<RunRow> Narrow(EngineDb db, Guid? userId, RunFilter filter, bool timeLeads = true)
    {
        // In this order SQLite asks: what an index holds comes before what has to be looked up.
        var query = EndedWithin(db.Set<RunRow>().AsNoTracking().Where(r => !r.IsTemporary), filter, timeLeads);
        if (userId is { } user)
        {
            query = query.Where(r => r.UserId == user);
        }
        if (filter.Status is { } status)
        {
            // As a constant: only so does the database know that the index of the few that ended like this holds all of them.
            query = query.Where(r => r.Status == EF.Constant(status));
            if (!status.IsFinal())
            {
                query = query.Where(r => r.EndedAt == null);
            }
        }
        query = NarrowByParts(db, query, filter);
        if (filter.Kind is { } kind)
        {
            query = query.Where(r => r.Kind == kind);
        }
        if (filter.Mode is { } mode)
        {
            query = query.Where(r => r.Mode == mode);
        }
        if (!string.IsNullOrWhiteSpace(filter.Text))
        {
            // Goals have no index of words: each has to be read. What is older is found by the words of its messages.
            var floor = db.Set<RunRow>().OrderByDescending(r => r.Id).Skip(MostSearched).Select(r => r.Id).FirstOrDefault();
            query = query.Where(r => r.Id > floor);
            var pattern = "%" + filter.Text.Trim().Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal) + "%";
            query = query.Where(r => EF.Functions.Like(r.Goal, pattern, @"\"));
        }
        return query;
    }

    private static IQueryable<RunRow> NarrowByParts(EngineDb db, IQueryable<RunRow> query, RunFilter filter)
    {
        if (filter.UserId is { } user)
        {
            query = query.Where(r => r.UserId == user);
        }
        if (filter.KeyId is { } key)
        {
            query = key == Guid.Empty ? query.Where(r => r.KeyId == null) : query.Where(r => r.KeyId == key);
        }
        if (filter.Model is { } model)
        {
            query = query.Where(r => db.Set<ModelCallRow>().Any(c => c.RunId == r.Id && c.Provider + "/" + c.Model == model));
        }
        if (filter.Provider is { } provider)
        {
            query = query.Where(r => db.Set<ModelCallRow>().Any(c => c.RunId == r.Id && c.Provider == provider));
        }
        if (filter.Neuron is { } neuron)
        {
            query = query.Where(r => db.Set<StepRow>().Any(s => s.RunId == r.Id && s.Neuron == neuron));
        }
        if (filter.Layer is { } layer)
        {
            query = query.Where(r => db.Set<StepRow>().Any(s => s.RunId == r.Id && s.Layer == layer));
        }
        if (filter.Tag is { } tag)
        {
            query = query.Where(r => db.Set<CostTagRow>().Any(t => t.RunId == r.Id && t.Tag == tag));
        }
        return query;
    }

    private static IQueryable<RunRow> From(IQueryable<RunRow> query, RunFilter filter)
    {
        if (filter.Sort is RunSort.Started)
        {
            if (Cursor.Read(filter.After) is { } after)
            {
                query = filter.Ascending ? query.Where(r => r.Id > after) : query.Where(r => r.Id < after);
            }
            return filter.Ascending ? query.OrderBy(r => r.Id) : query.OrderByDescending(r => r.Id);
        }
        if (Cursor.ReadSorted(filter.After) is { } place)
        {
            var cost = new Usd(place.Value);
            query = filter.Ascending
                ? query.Where(r => r.Cost > cost || (r.Cost == cost && r.Id > place.Id))
                : query.Where(r => r.Cost < cost || (r.Cost == cost && r.Id < place.Id));
        }
        return filter.Ascending ? query.OrderBy(r => r.Cost).ThenBy(r => r.Id) : query.OrderByDescending(r => r.Cost).ThenByDescending(r => r.Id);
    }

    public async Task<IReadOnlyList<RunEvent>> EventsAsync(Guid tenantId, Guid runId, long after, int limit, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(tenantId);
        var rows = await db.Set<RunEventRow>().AsNoTracking().Where(e => e.RunId == runId && e.Number > after).OrderBy(e => e.Number).Take(limit)
            .Select(e => e.Data).ToListAsync(cancellationToken).ConfigureAwait(false);
        return rows.ConvertAll(data => JsonSerializer.Deserialize<RunEvent>(data, RunJson.Options)!);
    }

    public async Task<RunPast> PastAsync(Guid tenantId, Guid runId, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(tenantId);
        var steps = await db.Set<StepRow>().AsNoTracking().Where(s => s.RunId == runId).ToListAsync(cancellationToken).ConfigureAwait(false);
        var calls = await db.Set<ModelCallRow>().AsNoTracking().Where(c => c.RunId == runId).ToListAsync(cancellationToken).ConfigureAwait(false);
        var events = await EventsAsync(tenantId, runId, 0, int.MaxValue, cancellationToken).ConfigureAwait(false);
        return new RunPast(steps, calls, events);
    }

    /// <summary>The newest response that the entry neuron, or the caller of a direct run, got from a model.</summary>
    public async Task<ChatResponse?> LastResponseAsync(Guid tenantId, Guid runId, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(tenantId);
        var json = await (
            from call in db.Set<ModelCallRow>().AsNoTracking()
            join step in db.Set<StepRow>().AsNoTracking() on call.StepId equals step.Id
            where call.RunId == runId && call.Status == CallStatus.Succeeded && step.ParentId == null
            orderby call.Id descending
            select call.Response).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        return json is null ? null : JsonSerializer.Deserialize<ChatResponse>(json, AIJsonUtilities.DefaultOptions);
    }

    public async Task<ModelCallRow?> CallAsync(Guid tenantId, Guid runId, Guid callId, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(tenantId);
        var call = await db.Set<ModelCallRow>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == callId && c.RunId == runId, cancellationToken).ConfigureAwait(false);
        return call;
    }

    /// <summary>What the first attempt of a leaf was asked: the later ones asked the same.</summary>
    public async Task<string?> PromptAsync(Guid tenantId, Guid runId, string leaf, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(tenantId);
        return await db.Set<ModelCallRow>().AsNoTracking().Where(c => c.RunId == runId && c.Leaf == leaf && c.Attempt == 1).Select(c => c.Prompt)
            .SingleOrDefaultAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<RunNeighbours> NeighboursAsync(Guid tenantId, Guid? userId, Guid runId, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(tenantId);
        var runs = db.Set<RunRow>().AsNoTracking().Where(r => !r.IsTemporary && (userId == null || r.UserId == userId));
        var newer = await runs.Where(r => r.Id > runId).OrderBy(r => r.Id).Select(r => (Guid?)r.Id).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        var older = await runs.Where(r => r.Id < runId).OrderByDescending(r => r.Id).Select(r => (Guid?)r.Id).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        return new RunNeighbours(newer, older);
    }

    /// <summary>Runs that no living loop owns: over all tenants, for the sweeper.</summary>
    public async Task<IReadOnlyList<RunRow>> StaleAsync(string owner, DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var db = scope.System("the sweeper takes over runs of every tenant whose owner is gone");
        return await db.Set<RunRow>().AsNoTracking().Where(r => r.EndedAt == null && r.Status != RunStatus.Waiting && r.Owner != owner && r.HeartbeatAt < before).OrderBy(r => r.HeartbeatAt).Take(500)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs that wait for room in a budget: over all tenants, for the sweeper.</summary>
    public async Task<IReadOnlyList<RunRow>> WaitingAsync(CancellationToken cancellationToken)
    {
        await using var db = scope.System("the sweeper looks whether runs of every tenant that wait for a budget have room");
        return await db.Set<RunRow>().AsNoTracking().Where(r => r.EndedAt == null && r.Status == RunStatus.Waiting).OrderBy(r => r.HeartbeatAt).Take(200).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A run as its watchers see it.</summary>
    public static RunView View(RunRow row, StepView? root) => new(
        row.Id, row.Kind, row.Goal, row.Mode, row.Status, row.Answer ?? row.Partial, row.ConversationId, row.UserId, row.KeyId, row.Cost, row.Quote,
        row.Provenance, row.StartedAt, row.EndedAt,
        row.Refusal is null ? null : JsonSerializer.Deserialize<Refusal>(row.Refusal, RunJson.Options), row.Error,
        JsonSerializer.Deserialize<string[]>(row.Tags) ?? [],
        new EnvelopeLimits(
            row.EnvelopeNano is { } nano ? new Usd(nano) : null, row.EnvelopeTokens, row.EnvelopeSteps,
            row.Deadline),
        row.LastEvent, root);
}
