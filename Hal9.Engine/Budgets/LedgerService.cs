using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Budgets;

/// <summary>A ledger entry as shown.</summary>
public sealed record LedgerEntry(
    long Seq, DateTimeOffset At, LedgerKind Kind, Guid CallId, Usd Amount, long Tokens, Guid? UserId, Guid? KeyId, Guid RunId, Guid StepId, string Neuron, string Layer,
    string RunKind, string Provider, string Model, TokenUsage Usage, string? PriceVersion, IReadOnlyList<string> Flags, string? Reason, string PrevHash, string Hash);

/// <summary>The door to the ledger: read and examine.</summary>
public sealed class LedgerService
{
    private readonly TenantScope tenants;
    private readonly LedgerVerifier verifier;

    internal LedgerService(TenantScope tenants, LedgerVerifier verifier)
    {
        this.tenants = tenants;
        this.verifier = verifier;
    }

    /// <summary>Entries with a number above <paramref name="after"/>, in their order; a page shorter than <paramref name="limit"/> is the last one.</summary>
    /// <exception cref="AccessDenied">The actor may not read costs.</exception>
    /// <exception cref="ArgumentException">The limit is not between 1 and 1,000, or after is negative.</exception>
    public async Task<IReadOnlyList<LedgerEntry>> ListAsync(Actor actor, long after, int limit, CancellationToken cancellationToken)
    {
        Demand(actor);
        if (limit is < 1 or > 1000)
        {
            throw new ArgumentException("limit: it must be between 1 and 1000.");
        }
        if (after < 0)
        {
            throw new ArgumentException("after: it must be at least 0.");
        }
        await using var db = tenants.Open(actor.TenantId);
        var rows = await db.Set<LedgerRow>().AsNoTracking().Where(row => row.Seq > after).OrderBy(row => row.Seq).Take(limit).ToListAsync(cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(Show)];
    }

    /// <summary>Examines the whole ledger of the tenant: hashes, links, head and anchors.</summary>
    /// <exception cref="AccessDenied">The actor may not read costs.</exception>
    public Task<LedgerCheck> VerifyAsync(Actor actor, CancellationToken cancellationToken)
    {
        Demand(actor);
        return verifier.VerifyAsync(actor.TenantId, cancellationToken);
    }

    private static void Demand(Actor actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.May(Permission.ReadCosts))
        {
            throw new AccessDenied(Permission.ReadCosts);
        }
    }

    private static LedgerEntry Show(LedgerRow row) => new(
        row.Seq, row.At, row.Kind, row.CallId, row.Amount, row.Tokens, row.UserId, row.KeyId, row.RunId, row.StepId, row.Neuron, row.Layer, row.RunKind, row.Provider, row.Model,
        new TokenUsage(row.InputTokens, row.OutputTokens, row.CachedTokens, row.CacheWriteTokens, 0, row.ReasoningTokens), row.PriceVersion,
        row.Flags.Split(' ', StringSplitOptions.RemoveEmptyEntries), row.Reason, row.PrevHash, row.Hash);
}
