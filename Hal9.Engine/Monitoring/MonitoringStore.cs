using System.Buffers.Binary;
using System.Data.Common;
using System.Text.Json;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Monitoring;

/// <summary>Reads run counts, how calls ended, and signals of before this process.</summary>
internal sealed class MonitoringStore(TenantScope scope, Database database)
{
    // A run that is older than this and still at work shows only what it does from now on.
    private static readonly TimeSpan LongestRun = TimeSpan.FromHours(1);

    // An id is made a moment before its row's time is read.
    private static readonly TimeSpan IdMargin = TimeSpan.FromMinutes(1);

    /// <summary>The runs that ended in a grid's time, of one person or of all.</summary>
    public RunStatistics Statistics(Guid tenantId, Guid? userId, TimeGrid grid, CancellationToken cancellationToken)
    {
        var tier = grid.Step < RunCountWriter.Hour ? "m" : "h";
        var counts = Counts(tenantId, userId, tier, grid.From, grid.To, grid.Step, cancellationToken);
        var previous = Counts(tenantId, userId, tier, grid.Before, grid.From, TimeGrid.Longest, cancellationToken);
        var byPoint = counts.ToLookup(c => c.At);
        return new RunStatistics(
            grid, [.. Enumerable.Range(0, grid.Count).Select(i => grid.From + (i * grid.Step)).Select(at => PointOf(at, byPoint[at.ToUnixTimeMilliseconds()]))],
            PointOf(grid.From, counts), PointOf(grid.Before, previous));
    }

    /// <summary>What runs cost by mode, of those that succeeded in a stretch of whole hours, or, where it is longer than three days, of whole days (UTC).</summary>
    public IReadOnlyList<QueryCost> QueryCosts(Guid tenantId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var isLong = to - from > TimeGrid.MinutesKept;
        return
        [
            .. database.Read(
                MonitoringStatements.RunCosts,
                reader => (Mode: Enum.Parse<RunMode>(reader.GetString(0)), Bucket: reader.GetInt32(1), Runs: reader.GetInt64(2), Cost: reader.GetInt64(3)),
                [
                    ("@tenant", tenantId), ("@tier", isLong ? "d" : "h"), ("@from", TimeGrid.Begin(from, isLong ? RunCostWriter.Day : RunCostWriter.Hour)), ("@to", to.ToUnixTimeMilliseconds()),
                ],
                cancellationToken).GroupBy(row => row.Mode).Select(rows =>
                {
                    List<(int Bucket, long Runs)> rising = [.. rows.Select(row => (row.Bucket, row.Runs))];
                    return new QueryCost(rows.Key, rows.Sum(row => row.Runs), new Usd(rows.Sum(row => row.Cost)), CostBuckets.Quantile(rising, 0.5), CostBuckets.Quantile(rising, 0.95));
                }),
        ];
    }

    /// <summary>How the calls to each provider that were made since an instant ended.</summary>
    public IReadOnlyDictionary<string, CallRecord> Calls(Guid tenantId, DateTimeOffset since, CancellationToken cancellationToken)
    {
        (string, object)[] parameters = [("@tenant", tenantId), ("@first", FirstId(since - IdMargin)), ("@from", since.ToUnixTimeMilliseconds())];
        var newest = database.Read(MonitoringStatements.NewestCalls, NewestCall.Read, parameters, cancellationToken).ToLookup(call => call.Provider, StringComparer.Ordinal);
        return database.Read(
            MonitoringStatements.Calls,
            reader => (Provider: reader.GetString(0), Calls: reader.GetInt64(1), Failed: reader.GetInt64(2), LastAt: Instant(reader.GetInt64(3)), Cost: new Usd(reader.GetInt64(4))),
            parameters, cancellationToken).ToDictionary(
            row => row.Provider,
            row =>
            {
                var succeeded = newest[row.Provider].Where(call => call.Error is null).ToList();
                var failed = newest[row.Provider].FirstOrDefault(call => call.Error is not null);
                return new CallRecord(
                    row.Calls, row.Failed, row.Cost, row.LastAt, Quantile(succeeded.Select(call => call.Milliseconds), 0.5), Quantile(succeeded.Select(call => call.Milliseconds), 0.95),
                    Quantile(succeeded.Select(call => call.FirstToken).OfType<long>(), 0.5), failed is null ? null : new CallFailure(failed.Error!, failed.At, failed.RunId));
            },
            StringComparer.Ordinal);
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

    private List<Count> Counts(Guid tenantId, Guid? userId, string tier, DateTimeOffset from, DateTimeOffset to, TimeSpan step, CancellationToken cancellationToken)
    {
        (string, object)[] parameters =
        [
            ("@tenant", tenantId), ("@tier", tier), ("@from", from.ToUnixTimeMilliseconds()), ("@to", to.ToUnixTimeMilliseconds()), ("@step", (long)step.TotalMilliseconds),
        ];
        return database.Read(
            userId is null ? MonitoringStatements.Counts : MonitoringStatements.CountsOfUser,
            reader => new Count(reader.GetInt64(0), Enum.Parse<RunStatus>(reader.GetString(1)), reader.GetInt32(2), reader.GetInt64(3), new Usd(reader.GetInt64(4))),
            userId is { } user ? [.. parameters, ("@user", user)] : parameters, cancellationToken);
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

    /// <summary>The least id that could have been made at an instant.</summary>
    private static Guid FirstId(DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteInt64BigEndian(bytes, at.ToUnixTimeMilliseconds() << 16);
        (bytes[6], bytes[8]) = (0x70, 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    private static TimeSpan? Quantile(IEnumerable<long> milliseconds, double q)
    {
        var ordered = milliseconds.Order().ToList();
        return ordered.Count == 0 ? null : TimeSpan.FromMilliseconds(ordered[(int)Math.Ceiling(ordered.Count * q) - 1]);
    }

    private static DateTimeOffset Instant(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private sealed record Count(long At, RunStatus Status, int Bucket, long Runs, Usd Cost);

    private sealed record NewestCall(string Provider, long Milliseconds, long? FirstToken, string? Error, DateTimeOffset At, Guid RunId)
    {
        public static NewestCall Read(DbDataReader reader) => new(
            reader.GetString(0), reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetInt64(3),
            reader.GetString(1) == nameof(CallStatus.Failed) ? (reader.IsDBNull(4) ? "" : reader.GetString(4)) : null, Instant(reader.GetInt64(5)), reader.GetGuid(6));
    }
}
