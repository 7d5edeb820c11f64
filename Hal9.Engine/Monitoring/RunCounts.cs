using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hal9.Engine.Monitoring;

/// <summary>How many runs of a person ended alike in one minute or hour (UTC).</summary>
internal sealed class RunCountRow : ITenantOwned
{
    public Guid TenantId { get; init; }

    /// <summary><c>m</c>: a minute, kept for <see cref="TimeGrid.MinutesKept"/>; <c>h</c>: an hour.</summary>
    public required string Tier { get; init; }
    public DateTimeOffset At { get; init; }
    public Guid UserId { get; init; }
    public RunStatus Status { get; init; }

    /// <summary>See <see cref="Durations"/>.</summary>
    public int Bucket { get; init; }
    public long Runs { get; init; }
    public Usd Cost { get; init; }
}

internal sealed class RunCountTable : IEntityTypeConfiguration<RunCountRow>
{
    public void Configure(EntityTypeBuilder<RunCountRow> builder)
    {
        builder.ToTable("run_counts");
        builder.HasKey(row => new { row.TenantId, row.Tier, row.At, row.UserId, row.Status, row.Bucket });
    }
}

/// <summary>Counts a run in the transaction that ends it.</summary>
internal sealed class RunCountWriter : IRunEndWriter
{
    public static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    // The hour in which a tenant's old minutes were last deleted; on the writer's thread only.
    private readonly Dictionary<Guid, long> swept = [];

    public void Write(WriteBatch batch, RunRow run, RunEnding ending, Usd cost, Provenance provenance, DateTimeOffset at)
    {
        // What the console does for itself, a provider's test for example, is no work of the organisation's.
        if (run.Kind is RunKind.Evaluation)
        {
            return;
        }
        var bucket = Durations.BucketOf(at - run.StartedAt);
        var hour = TimeGrid.Begin(at, Hour);
        Count("m", TimeGrid.Begin(at, Minute));
        Count("h", hour);
        if (swept.GetValueOrDefault(run.TenantId) != hour)
        {
            batch.Execute(MonitoringStatements.SweepMinutes, ("@tenant", run.TenantId), ("@before", (at - TimeGrid.MinutesKept).ToUnixTimeMilliseconds()));
            swept[run.TenantId] = hour;
        }

        void Count(string tier, long begin) => batch.Execute(
            MonitoringStatements.CountRun,
            ("@tenant", run.TenantId), ("@tier", tier), ("@at", begin), ("@user", run.UserId), ("@status", ending.Status.ToString()), ("@bucket", bucket), ("@cost", cost.Nano));
    }
}

/// <summary>A histogram of durations whose buckets grow by a fourth of an octave: bucket n ends at 2^(n/4) ms, so a quantile is read at most 19 % too high.</summary>
internal static class Durations
{
    private const int Last = 120;

    public static int BucketOf(TimeSpan duration) =>
        duration.TotalMilliseconds <= 1 ? 0 : Math.Min(Last, (int)Math.Ceiling((Math.Log2(duration.TotalMilliseconds) * 4) - 1e-9));

    public static TimeSpan EndOf(int bucket) => TimeSpan.FromMilliseconds(Math.Round(Math.Pow(2, bucket / 4.0), 1));

    /// <summary>The end of the bucket in which the q-th part of all durations is reached; null when there are none.</summary>
    public static TimeSpan? Quantile(IEnumerable<(int Bucket, long Count)> counts, double q)
    {
        var ordered = counts.OrderBy(c => c.Bucket).ToList();
        var rank = Math.Max(1, (long)Math.Ceiling(ordered.Sum(c => c.Count) * q));
        foreach (var (bucket, count) in ordered)
        {
            rank -= count;
            if (rank <= 0)
            {
                return EndOf(bucket);
            }
        }
        return null;
    }
}
