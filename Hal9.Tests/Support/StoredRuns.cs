using Hal9.Engine;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Support;

/// <summary>Runs put straight into the database, for what reads them.</summary>
internal static class StoredRuns
{
    private static int made;

    public static RunRow Of(Actor actor, string goal, RunStatus status, double? seconds, RunMode mode = RunMode.Deep, long nano = 0)
    {
        // Ids of the same millisecond have no order: each run gets one of its own.
        var start = DateTimeOffset.UtcNow.AddMinutes(-10).AddMilliseconds(Interlocked.Increment(ref made));
        return new RunRow
        {
            Id = Guid.CreateVersion7(start),
            TenantId = actor.TenantId,
            UserId = actor.UserId,
            Kind = RunKind.Chat,
            Mode = mode,
            Status = status,
            Goal = goal,
            Cost = new Usd(nano),
            StartedAt = start,
            EndedAt = seconds is { } length ? start.AddSeconds(length) : null,
            HeartbeatAt = start.AddYears(1),
        };
    }

    public static async Task AddAsync(EngineHost engine, Actor actor, params RunRow[] rows)
    {
        await using var db = engine.Services.GetRequiredService<TenantScope>().Open(actor.TenantId);
        db.AddRange(rows);
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
    }
}
