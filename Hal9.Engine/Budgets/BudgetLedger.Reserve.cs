using Hal9.Engine.Diagnostics;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;

namespace Hal9.Engine.Budgets;

// Reserving, and waiting for room.
public sealed partial class BudgetLedger
{
    // How often the first in line looks again: other processes free their reservations without telling this one, and periods begin anew.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    /// <summary>Sets a worst case aside in every budget that applies; it is on disk when this returns.</summary>
    /// <param name="order">The call.</param>
    /// <param name="alongside">Written in the same transaction, after the reservation; an exception of it undoes the reservation.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>What was set aside: less than was asked for when a budget's ladder shortened the call.</returns>
    /// <exception cref="BudgetRefused">A limit said no, even with all open reservations settled at nothing, or the deadline passed.</exception>
    public async Task<Granted> ReserveAsync(ReserveOrder order, Action<WriteBatch, Granted> alongside, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(alongside);
        InRange(order.Amount, order.Tokens);
        var latest = time.GetUtcNow() + mostWait;
        var waiter = new Waiter(order.Deadline <= latest ? order : order with { Deadline = latest });
        try
        {
            while (true)
            {
                var (granted, refusal) = await writer.WriteAsync(order.Dimensions.TenantId, batch => TryReserve(batch, waiter, alongside), cancellationToken).ConfigureAwait(false);
                if (granted is not null)
                {
                    return granted;
                }
                if (refusal is not null)
                {
                    throw Refused(order, refusal);
                }
                await WaitAsync(waiter, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            var granted = waiter.BlockedBy is null;
            if (line.Leave(waiter) && !granted)
            {
                // Those behind may have waited for this one only. Not cancellable: they would wait for ever.
                await writer.WriteAsync(order.Dimensions.TenantId, batch => WakeAfter(batch, Enter(batch, order.Dimensions.TenantId)), CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private (Granted? Granted, Refusal? Refusal) TryReserve(WriteBatch batch, Waiter waiter, Action<WriteBatch, Granted> alongside)
    {
        var order = waiter.Order;
        var book = Enter(batch, order.Dimensions.TenantId);
        var now = Now();
        Refusal? shortenedBy = null;
        Balance? blockedBy;
        while (Check(batch, book, waiter, order, now, out blockedBy) is { } refusal)
        {
            if (refusal.Shorter is null)
            {
                return (null, refusal.Refusal);
            }
            // Shorter, it is looked at anew: a budget that it would have had to wait for may have room for that.
            (order, shortenedBy) = (refusal.Shorter, refusal.Refusal);
        }
        if (blockedBy is not null)
        {
            var late = blockedBy.Refuse(
                OwnerOf(batch, book, blockedBy), order, ", while calls on their way hold the rest until the time to wait was over", blockedBy.NextStep([.. order.Tried, LadderStep.Clamp]));
            if (order.Deadline <= now)
            {
                return (null, late);
            }
            line.Wait(waiter, blockedBy.Key, late);
            return default;
        }
        Book(batch, book, waiter.Scopes, order, now);
        if (waiter.Place is not null)
        {
            var was = (waiter.BlockedBy!.Value, waiter.Late!);
            line.Grant(waiter);
            batch.OnRollback(() => line.Wait(waiter, was.Value, was.Item2));
            WakeAfter(batch, book);
        }
        var granted = new Granted(order, shortenedBy);
        alongside(batch, granted);
        return (granted, null);
    }

    /// <summary>What is in the way: a refusal, with the shorter call if that helps, or else a balance to wait for.</summary>
    private (Refusal Refusal, ReserveOrder? Shorter)? Check(
        WriteBatch batch, TenantBook book, Waiter waiter, ReserveOrder order, DateTimeOffset now, out Balance? blockedBy)
    {
        blockedBy = null;
        var dimensions = order.Dimensions;
        if (book.IsBlocked(dimensions.Provider, dimensions.Model))
        {
            return (Overrun.Refuse(dimensions.Provider, dimensions.Model), null);
        }
        foreach (var scope in waiter.Scopes)
        {
            var balances = book.BalancesOf(scope, now);
            if (balances.Count == 0)
            {
                continue;
            }
            foreach (var balance in balances)
            {
                if (order.RefuseWhenUsedUp && balance.IsExhausted && balance.NextStep([]) is null)
                {
                    return (balance.Refuse(OwnerOf(batch, book, balance), null), null);
                }
                if (balance.Refuses(order))
                {
                    var next = balance.NextStep(order.Tried);
                    if (next == LadderStep.Clamp && balance.Rest is var (money, tokens) && order.Shorten?.Invoke(money, tokens) is { } shorter)
                    {
                        return (balance.Refuse(OwnerOf(batch, book, balance), order), shorter);
                    }
                    next = next == LadderStep.Clamp ? balance.NextStep([.. order.Tried, LadderStep.Clamp]) : next;
                    return (balance.Refuse(OwnerOf(batch, book, balance), order, next: next), null);
                }
                if (!balance.HasRoom(order, 0, 0))
                {
                    blockedBy ??= balance;
                }
            }
            blockedBy ??= line.BlockedAhead(waiter, balances);
        }
        return null;
    }

    private void Book(WriteBatch batch, TenantBook book, ScopeKey[] scopes, ReserveOrder order, DateTimeOffset now)
    {
        var dimensions = order.Dimensions;
        LedgerEntries.Append(book, LedgerKind.Reserve, dimensions, order.Amount, order.Tokens, default, null, "", null, now);
        batch.Execute(
            LedgerStatements.Open,
            ("@call", dimensions.CallId), ("@tenant", dimensions.TenantId), ("@run", dimensions.RunId), ("@amount", order.Amount.Nano), ("@tokens", order.Tokens),
            ("@user", dimensions.UserId), ("@key", dimensions.KeyId), ("@neuron", dimensions.Neuron), ("@provider", dimensions.Provider), ("@model", dimensions.Model),
            ("@at", now.ToUnixTimeMilliseconds()));
        foreach (var scope in scopes)
        {
            foreach (var balance in book.KnownOf(scope) ?? [])
            {
                balance.Reserve(order.Amount.Nano, order.Tokens);
            }
        }
        NoteHead(batch, book);
    }

    private async Task WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        while (true)
        {
            var left = waiter.Order.Deadline - time.GetUtcNow();
            if (left <= TimeSpan.Zero)
            {
                throw Refused(waiter.Order, waiter.Late!);
            }
            try
            {
                await waiter.Signal.Task.WaitAsync(left < LookAgain ? left : LookAgain, time, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (TimeoutException)
            {
                if (line.IsFirst(waiter))
                {
                    return;
                }
            }
        }
    }

    private static BudgetRefused Refused(ReserveOrder order, Refusal refusal)
    {
        // A step of the ladder may still help: only a refusal that stands is a block.
        if (refusal.Next is null)
        {
            EngineMeters.Blocked(order.Dimensions.TenantId);
        }
        return new BudgetRefused(refusal);
    }
}
