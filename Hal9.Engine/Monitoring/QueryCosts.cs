using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hal9.Engine.Monitoring;

/// <summary>What queries of one mode cost, of those that succeeded in a stretch of time.</summary>
/// <param name="Mode">How deep.</param>
/// <param name="Runs">How many.</param>
/// <param name="Total">All of them.</param>
/// <param name="P50">The median; read at most 4.4 % too high.</param>
/// <param name="P95">What 95 of a hundred stay within; read alike.</param>
public sealed record QueryCost(RunMode Mode, long Runs, Usd Total, Usd P50, Usd P95)
{
    /// <summary>What a complex query, one that goes through all three layers, shall cost at most.</summary>
    public static readonly Usd Aim = new(Usd.NanoPerUsd / 10);

    /// <summary>The mode of complex queries.</summary>
    public const RunMode Complex = RunMode.Deep;
}

/// <summary>How many runs of one mode cost alike in one hour or day (UTC).</summary>
internal sealed class RunCostRow : ITenantOwned
{
    public Guid TenantId { get; init; }

    /// <summary><c>h</c>: an hour; <c>d</c>: a day.</summary>
    public required string Tier { get; init; }
    public DateTimeOffset At { get; init; }
    public RunMode Mode { get; init; }

    /// <summary>See <see cref="CostBuckets"/>.</summary>
    public int Bucket { get; init; }
    public long Runs { get; init; }
    public Usd Cost { get; init; }
}

internal sealed class RunCostTable : IEntityTypeConfiguration<RunCostRow>
{
    public void Configure(EntityTypeBuilder<RunCostRow> builder)
    {
        builder.ToTable("run_costs");
        builder.HasKey(row => new { row.TenantId, row.Tier, row.Mode, row.At, row.Bucket });
    }
}

/// <summary>Counts what a run cost in the transaction that ends it.</summary>
internal sealed class RunCostWriter : IRunEndWriter
{
    public static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    public static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public void Write(WriteBatch batch, RunRow run, RunEnding ending, Usd cost, Provenance provenance, DateTimeOffset at)
    {
        if (ending.Status is not RunStatus.Succeeded)
        {
            return;
        }
        var bucket = CostBuckets.Of(cost);
        Count("h", TimeGrid.Begin(at, Hour));
        Count("d", TimeGrid.Begin(at, Day));

        void Count(string tier, long begin) => batch.Execute(
            MonitoringStatements.CountRunCost, ("@tenant", run.TenantId), ("@tier", tier), ("@at", begin), ("@mode", run.Mode.ToString()), ("@bucket", bucket), ("@cost", cost.Nano));
    }
}

/// <summary>A histogram of costs whose buckets grow by a sixteenth of an octave: bucket n ends at 2^(n/16) nano-USD; the first holds what cost nothing.</summary>
internal static class CostBuckets
{
    public static int Of(Usd cost) => cost.Nano <= 0 ? -1 : (int)Math.Ceiling((Math.Log2(cost.Nano) * 16) - 1e-9);

    public static Usd EndOf(int bucket) => bucket < 0 ? Usd.Zero : new Usd((long)Math.Round(Math.Pow(2, bucket / 16.0)));

    /// <summary>The end of the bucket in which the q-th part of all is reached.</summary>
    public static Usd Quantile(IReadOnlyList<(int Bucket, long Runs)> rising, double q)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(rising.Sum(c => c.Runs) * q));
        foreach (var (bucket, runs) in rising)
        {
            rank -= runs;
            if (rank <= 0)
            {
                return EndOf(bucket);
            }
        }
        return Usd.Zero;
    }
}
