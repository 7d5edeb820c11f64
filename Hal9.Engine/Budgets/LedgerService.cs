using Hal9.Engine.Audit;
using Hal9.Engine.Storage.Sql;
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
    private const int MostNote = 500;
    private readonly LedgerVerifier verifier;
    private readonly BudgetLedger ledger;
    private readonly StatementReader statements;

    internal LedgerService(TenantScope tenants, LedgerVerifier verifier, BudgetLedger ledger, StatementReader statements)
    {
        this.tenants = tenants;
        this.verifier = verifier;
        this.ledger = ledger;
        this.statements = statements;
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

    /// <summary>A month of the tenant's ledger, with where its chain stood before and after.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="month">As <c>2026-11</c>.</param>
    /// <param name="cancellationToken">Stops before the reading begins.</param>
    /// <exception cref="AccessDenied">The actor may not read costs.</exception>
    /// <exception cref="ArgumentException">That is no month.</exception>
    public Task<Statement> StatementAsync(Actor actor, string? month, CancellationToken cancellationToken)
    {
        Demand(actor);
        return StatementReader.TryReadMonth(month, out var first)
            ? Task.Run(() => statements.Read(actor.TenantId, first), cancellationToken)
            : throw new ArgumentException("month: a month such as 2026-11 is required.");
    }

    /// <summary>Calls that cost more than was set aside, newest first.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="open">Only those that nobody has acknowledged: their models are blocked.</param>
    /// <param name="after">The last one of the page before.</param>
    /// <param name="limit">1 to 200.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="AccessDenied">The actor may not read costs.</exception>
    public async Task<IReadOnlyList<Overrun>> OverrunsAsync(Actor actor, bool open, Guid? after, int limit, CancellationToken cancellationToken)
    {
        Demand(actor);
        await using var db = tenants.Open(actor.TenantId);
        var rows = await db.Set<OverrunRow>().AsNoTracking().Where(row => (!open || row.AcknowledgedAt == null) && (after == null || row.CallId < after))
            .OrderByDescending(row => row.CallId).Take(Math.Clamp(limit, 1, 200)).ToListAsync(cancellationToken).ConfigureAwait(false);
        return rows.ConvertAll(row => row.Show());
    }

    /// <summary>Acknowledges an overrun, and with it all others of its model so far: the model can be called again.</summary>
    /// <returns>The overrun; null when the tenant has none of that call.</returns>
    /// <exception cref="AccessDenied">The actor may not edit budgets.</exception>
    /// <exception cref="ArgumentException">The note is too long.</exception>
    public async Task<Overrun?> AcknowledgeAsync(Actor actor, Guid callId, string? note, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.May(Permission.EditBudgets))
        {
            throw new AccessDenied(Permission.EditBudgets);
        }
        if (note?.Length > MostNote)
        {
            throw new ArgumentException($"reason: at most {MostNote} characters.");
        }
        if (await FindAsync().ConfigureAwait(false) is not { } overrun)
        {
            return null;
        }
        await ledger.WithBookAsync(
            actor.TenantId,
            (batch, book, now) =>
            {
                batch.Execute(
                    OverrunStatements.Acknowledge, ("@tenant", actor.TenantId), ("@provider", overrun.Provider), ("@model", overrun.Model), ("@by", actor.UserId),
                    ("@now", now.ToUnixTimeMilliseconds()), ("@note", note));
                AuditLog.Write(batch, actor, now, "overrun.acknowledged", $"model/{overrun.Provider}/{overrun.Model}", new { callId, note });
                book.Revise();
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        return await FindAsync().ConfigureAwait(false);

        async Task<Overrun?> FindAsync()
        {
            await using var db = tenants.Open(actor.TenantId);
            return (await db.Set<OverrunRow>().AsNoTracking().SingleOrDefaultAsync(row => row.CallId == callId, cancellationToken).ConfigureAwait(false))?.Show();
        }
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
