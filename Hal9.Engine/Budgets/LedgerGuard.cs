using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics.Metrics;
using Hal9.Engine.Diagnostics;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hal9.Engine.Budgets;

/// <summary>A rule of the ledger that does not hold.</summary>
/// <param name="TenantId">Whose ledger.</param>
/// <param name="Seq">The entry that shows it; null: the ledger as a whole.</param>
/// <param name="Rule">What does not hold, in words.</param>
public sealed record LedgerFault(Guid TenantId, long? Seq, string Rule);

/// <summary>
/// Watches the ledgers of all tenants while they are written. Each look reads what was appended since the last one and holds it against the rules: the chain is whole, a
/// reservation is closed exactly once, what is open is open, more than was set aside is marked, and the roll-ups have grown by just that. The first look takes the
/// ledger as it stands; the whole of it is examined by <see cref="LedgerVerifier"/>.
/// </summary>
public sealed partial class LedgerGuard : IDisposable
{
    private const int MostTenants = 10_000;
    private const int MostFaults = 100;
    private readonly Database database;
    private readonly TenantScope tenants;
    private readonly LedgerVerifier verifier;
    private readonly TimeProvider time;
    private readonly ILogger<LedgerGuard> logger;
    private readonly Meter meter = new(EngineTelemetry.Name);
    private readonly Counter<long> checks;
    private readonly Dictionary<Guid, LedgerWatch> watches = [];
    private readonly ConcurrentDictionary<(Guid, string), LedgerFault> faults = new();

    internal LedgerGuard(Database database, TenantScope tenants, LedgerVerifier verifier, TimeProvider time, ILogger<LedgerGuard> logger)
    {
        (this.database, this.tenants, this.verifier, this.time, this.logger) = (database, tenants, verifier, time, logger);
        checks = meter.CreateCounter<long>(EngineTelemetry.LedgerChecks, "{check}", "Looks at a ledger.");
    }

    /// <summary>What does not hold, since the start of this process.</summary>
    public IReadOnlyList<LedgerFault> Faults => [.. faults.Values];

    /// <summary>When the last look ended (UTC); null: there was none yet.</summary>
    public DateTimeOffset? LookedAt { get; private set; }

    /// <summary>Looks at all ledgers once. Not to be called twice at a time.</summary>
    /// <exception cref="DbException">The database refused; the next look goes on from where the last one ended.</exception>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var tenantId in await OwnersAsync(cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Note(tenantId, await Task.Run(() => Look(tenantId, cancellationToken), cancellationToken).ConfigureAwait(false));
        }
        LookedAt = time.GetUtcNow();
    }

    /// <summary>Examines every ledger from its first entry, and the roll-ups against the whole of it: for a quiet hour.</summary>
    public async Task ExamineAsync(CancellationToken cancellationToken)
    {
        foreach (var tenantId in await OwnersAsync(cancellationToken).ConfigureAwait(false))
        {
            var found = await verifier.VerifyAsync(tenantId, cancellationToken).ConfigureAwait(false);
            // Without an anchor nothing is proven, but nothing is wrong either: that is so for a while after each crash.
            LedgerFault? fault = found.Verdict is LedgerVerdict.Intact or LedgerVerdict.Unanchored ? null : new(tenantId, found.FirstBad, $"The examination found the ledger {found.Verdict}.");
            fault ??= await verifier.RollUpsAgreeAsync(tenantId, cancellationToken).ConfigureAwait(false) ? null : new(tenantId, null, "The roll-ups are not the sum of the ledger.");
            Note(tenantId, fault);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();

    private LedgerFault? Look(Guid tenantId, CancellationToken cancellationToken)
    {
        using var reading = new LedgerReading(database, tenantId);
        if (!watches.TryGetValue(tenantId, out var watch))
        {
            watches[tenantId] = LedgerWatch.From(reading);
            return null;
        }
        var fault = watch.Read(reading, cancellationToken);
        if (fault is not null)
        {
            // Told once; from here on it is watched anew.
            watches.Remove(tenantId);
        }
        return fault;
    }

    private void Note(Guid tenantId, LedgerFault? fault)
    {
        checks.Add(1, new KeyValuePair<string, object?>("result", fault is null ? "ok" : "fault"));
        if (fault is not null && faults.Count < MostFaults && faults.TryAdd((tenantId, fault.Rule), fault))
        {
            LogFault(logger, tenantId, fault.Rule, fault.Seq);
        }
    }

    private async Task<List<Guid>> OwnersAsync(CancellationToken cancellationToken)
    {
        await using var db = tenants.System("the rules of all tenants' ledgers are watched");
        return await db.Set<LedgerHeadRow>().AsNoTracking().Select(head => head.TenantId).OrderBy(id => id).Take(MostTenants).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    [LoggerMessage(LogLevel.Critical, "A rule of tenant {TenantId}'s ledger does not hold: {Rule} (entry {Seq})")]
    private static partial void LogFault(ILogger logger, Guid tenantId, string rule, long? seq);
}
