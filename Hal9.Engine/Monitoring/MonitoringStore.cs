using System.Text.Json;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Monitoring;

/// <summary>Reads run counts, and signals of before this process.</summary>
internal sealed class MonitoringStore(TenantScope scope)
{
    // A run that is older than this and still at work shows only what it does from now on.
    private static readonly TimeSpan LongestRun = TimeSpan.FromHours(1);

    private static readonly TimeSpan[] Steps =
    [
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(12),
        TimeSpan.FromDays(1), TimeSpan.FromDays(7),
    ];

    /// <summary>About how many points a chart has at most.</summary>
    private const int MostPoints = 100;

    public async Task<RunStatistics> StatisticsAsync(Guid tenantId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var step = Steps.FirstOrDefault(s => (to - from) / s <= MostPoints, Steps[^1]);
        var begin = DateTimeOffset.FromUnixTimeMilliseconds(RunCountWriter.Begin(from, step));
        var tier = step < RunCountWriter.Hour ? "m" : "h";
        await using var db = scope.Open(tenantId);
        var rows = await db.Set<RunCountRow>().AsNoTracking().Where(r => r.Tier == tier && r.At >= begin && r.At < to)
            .Select(r => new { r.At, r.Status, r.Bucket, r.Runs, r.Cost }).ToListAsync(cancellationToken).ConfigureAwait(false);
        var counts = rows.ConvertAll(r => new Count(r.At, r.Status, r.Bucket, r.Runs, r.Cost));
        var byPoint = counts.ToLookup(c => RunCountWriter.Begin(c.At, step));
        var points = new List<RunPoint>();
        for (var at = begin; at < to; at += step)
        {
            points.Add(PointOf(at, byPoint[at.ToUnixTimeMilliseconds()]));
        }
        return new RunStatistics(begin, points[^1].At + step, step, points, PointOf(begin, counts));
    }

    /// <summary>What the neurons did between two instants, oldest first.</summary>
    public async Task<IReadOnlyList<NeuronSignal>> SignalsAsync(Guid tenantId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var startedAfter = from - LongestRun;
        await using var db = scope.Open(tenantId);
        var events = await (
            from run in db.Set<RunRow>().AsNoTracking()
            join e in db.Set<RunEventRow>().AsNoTracking() on run.Id equals e.RunId
            where run.StartedAt >= startedAfter && e.At < to
            orderby run.Id descending, e.Number
            select new { e.RunId, e.At, e.Data }).Take(2 * SignalFeed.MostKept).ToListAsync(cancellationToken).ConfigureAwait(false);
        var signals = new List<NeuronSignal>();
        foreach (var run in events.GroupBy(e => e.RunId))
        {
            var reader = new SignalReader(run.Key);
            // Those before the time are read, too: they say which neuron a step belongs to.
            signals.AddRange(run.Select(e => reader.Read(JsonSerializer.Deserialize<RunEvent>(e.Data, RunJson.Options)!)).OfType<NeuronSignal>().Where(s => s.At >= from));
        }
        return [.. signals.OrderBy(s => s.At).ThenBy(s => s.RunId).ThenBy(s => s.Number).TakeLast(SignalFeed.MostKept)];
    }

    private static RunPoint PointOf(DateTimeOffset at, IEnumerable<Count> counts)
    {
        var all = counts.ToList();
        var succeeded = all.Where(c => c.Status == RunStatus.Succeeded).Select(c => (c.Bucket, c.Runs)).ToList();
        return new RunPoint(
            at, all.Sum(c => c.Runs), Of(RunStatus.Failed), Of(RunStatus.Refused), Of(RunStatus.Cancelled),
            Durations.Quantile(succeeded, 0.5), Durations.Quantile(succeeded, 0.95), new Usd(all.Sum(c => c.Cost.Nano)));

        long Of(RunStatus status) => all.Where(c => c.Status == status).Sum(c => c.Runs);
    }

    private sealed record Count(DateTimeOffset At, RunStatus Status, int Bucket, long Runs, Usd Cost);
}
