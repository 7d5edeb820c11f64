namespace Hal9.Engine.Budgets;

/// <summary>A call that asks for a reservation, and its place in the line when it has to wait.</summary>
internal sealed class Waiter(ReserveOrder order)
{
    public ReserveOrder Order => order;

    /// <summary>The scopes that it draws on.</summary>
    public ScopeKey[] Scopes { get; } = Budgets.Scopes.Of(order.Dimensions);

    /// <summary>The balance that it waits for; null: it does not wait.</summary>
    public BalanceKey? BlockedBy { get; set; }

    /// <summary>What its refusal would say if its deadline passed now.</summary>
    public Refusal? Late { get; set; }

    public LinkedListNode<Waiter>? Place { get; set; }
    public TaskCompletionSource Signal { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>
/// Who waits for reservations to settle, first come first served: nobody passes somebody who waits for a budget that concerns both. One line
/// per tenant. The writer's thread and the callers' threads meet here, under one lock.
/// </summary>
internal sealed class WaitingLine
{
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, LinkedList<Waiter>> lines = [];

    /// <summary>The first budget among these that somebody ahead waits for.</summary>
    public Balance? BlockedAhead(Waiter waiter, List<Balance> balances)
    {
        lock (gate)
        {
            if (!lines.TryGetValue(waiter.Order.Dimensions.TenantId, out var line))
            {
                return null;
            }
            for (var node = line.First; node is not null && node != waiter.Place; node = node.Next)
            {
                foreach (var balance in balances)
                {
                    if (node.Value.BlockedBy == balance.Key && balance.Concerns(waiter.Order))
                    {
                        return balance;
                    }
                }
            }
            return null;
        }
    }

    /// <summary>Takes a place, or keeps the one it has.</summary>
    public void Wait(Waiter waiter, BalanceKey blockedBy, Refusal late)
    {
        lock (gate)
        {
            waiter.BlockedBy = blockedBy;
            waiter.Late = late;
            waiter.Signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (waiter.Place is null)
            {
                var tenantId = waiter.Order.Dimensions.TenantId;
                if (!lines.TryGetValue(tenantId, out var line))
                {
                    lines[tenantId] = line = new LinkedList<Waiter>();
                }
                waiter.Place = line.AddLast(waiter);
            }
        }
    }

    /// <summary>It holds its reservation if the group commits; a rollback calls <see cref="Wait"/> or this again.</summary>
    public void Grant(Waiter waiter)
    {
        lock (gate)
        {
            waiter.BlockedBy = null;
        }
    }

    /// <summary>Leaves the line.</summary>
    /// <returns>Whether others of the tenant still wait.</returns>
    public bool Leave(Waiter waiter)
    {
        lock (gate)
        {
            if (waiter.Place is not { } place)
            {
                return false;
            }
            var line = place.List!;
            line.Remove(place);
            waiter.Place = null;
            waiter.BlockedBy = null;
            if (line.Count == 0)
            {
                lines.Remove(waiter.Order.Dimensions.TenantId);
            }
            return line.Count > 0;
        }
    }

    /// <summary>Whether nobody ahead waits for the same budget: that one looks again from time to time, for what other processes free and for new periods.</summary>
    public bool IsFirst(Waiter waiter)
    {
        lock (gate)
        {
            for (var node = waiter.Place?.Previous; node is not null; node = node.Previous)
            {
                if (node.Value.BlockedBy == waiter.BlockedBy)
                {
                    return false;
                }
            }
            return true;
        }
    }

    /// <summary>Wakes those who fit now, in order, and those who are to be refused. Runs on the writer's thread after a commit.</summary>
    public void Wake(TenantBook book)
    {
        lock (gate)
        {
            if (!lines.TryGetValue(book.TenantId, out var line))
            {
                return;
            }
            var blocked = new HashSet<BalanceKey>();
            var granted = new Dictionary<BalanceKey, (Int128 Nano, Int128 Tokens)>();
            foreach (var waiter in line)
            {
                if (waiter.BlockedBy is null)
                {
                    continue;
                }
                if (Judge(book, waiter, blocked, granted, out var by))
                {
                    waiter.Signal.TrySetResult();
                }
                else
                {
                    blocked.Add(by!.Key);
                    if (by.Scope.Kind == BudgetScopeKind.Tenant && by.LimitNano is not null)
                    {
                        return;
                    }
                }
            }
        }
    }

    private static bool Judge(TenantBook book, Waiter waiter, HashSet<BalanceKey> blocked, Dictionary<BalanceKey, (Int128 Nano, Int128 Tokens)> granted, out Balance? by)
    {
        by = null;
        var order = waiter.Order;
        var unknown = false;
        foreach (var scope in waiter.Scopes)
        {
            if (book.KnownOf(scope) is not { } balances)
            {
                unknown = true;
                continue;
            }
            foreach (var balance in balances)
            {
                if (!balance.Concerns(order))
                {
                    continue;
                }
                if (balance.Refuses(order))
                {
                    return true;
                }
                var (nano, tokens) = granted.GetValueOrDefault(balance.Key);
                if (blocked.Contains(balance.Key) || !balance.HasRoom(order, nano, tokens))
                {
                    by ??= balance;
                }
            }
        }
        if (by is not null)
        {
            return false;
        }
        if (!unknown)
        {
            foreach (var scope in waiter.Scopes)
            {
                foreach (var balance in book.KnownOf(scope)!)
                {
                    var (nano, tokens) = granted.GetValueOrDefault(balance.Key);
                    granted[balance.Key] = (nano + order.Amount.Nano, tokens + order.Tokens);
                }
            }
        }
        return true;
    }
}
