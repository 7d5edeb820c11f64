using System.Globalization;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;

namespace Hal9.Engine.Budgets;

/// <summary>Which balance: a budget that stands for each of its kind has one for each.</summary>
internal readonly record struct BalanceKey(Guid BudgetId, ScopeKey Scope);

/// <summary>What a budget has left now: settled in its period, set aside by open reservations, and its limits. A cache of the database at the ledger's head.</summary>
internal sealed class Balance(BudgetTerms terms, ScopeKey scope)
{
    private readonly HashSet<int> latched = [];
    private bool loaded;
    private DateTimeOffset? raiseEnds;

    public BalanceKey Key { get; } = new(terms.Id, scope);
    public Guid BudgetId => terms.Id;
    public BudgetTerms Terms => terms;
    public ScopeKey Scope => scope;
    public BudgetPeriod Period => terms.Period;

    /// <summary>With the raises that hold now.</summary>
    public long? LimitNano => terms.LimitNano + RaisedNano;
    public long? LimitTokens => terms.LimitTokens + RaisedTokens;
    public long RaisedNano { get; private set; }
    public long RaisedTokens { get; private set; }
    public DateTimeOffset Start { get; private set; }
    public DateTimeOffset? End { get; private set; }
    public Int128 SpentNano { get; private set; }
    public Int128 SpentTokens { get; private set; }
    public Int128 OpenNano { get; private set; }
    public Int128 OpenTokens { get; private set; }

    /// <summary>When the raises become fewer or end; null: there are none.</summary>
    public DateTimeOffset? RaisedUntil => RaisedNano > 0 || RaisedTokens > 0 ? raiseEnds : null;

    /// <summary>A budget that stands for each of its kind, as it is for one that has spent nothing.</summary>
    public static Balance Unused(SetBudget set, TenantCalendar calendar, DateTimeOffset now)
    {
        var balance = new Balance(set.Terms, new ScopeKey(set.Kind));
        (balance.Start, balance.End) = calendar.PeriodOf(set.Terms.Period, set.Terms.FiscalStart, now);
        return balance;
    }

    /// <summary>Whether what is known is of the period around now, and of the raises of now.</summary>
    public bool IsCurrent(DateTimeOffset now) => loaded && now >= Start && (End is null || now < End) && (raiseEnds is null || now < raiseEnds);

    /// <summary>Reads spend, reservations, raises and marks. Roll-ups of this group must be written before.</summary>
    public void Load(WriteBatch batch, Guid tenantId, TenantCalendar calendar, DateTimeOffset now)
    {
        (Start, End) = calendar.PeriodOf(Period, terms.FiscalStart, now);
        (SpentNano, SpentTokens) = Sum(batch, Period == BudgetPeriod.Hour ? Hours : Days, tenantId, Start);
        (OpenNano, OpenTokens) = Sum(batch, Open, tenantId, null);
        batch.First(
            BudgetStatements.RaisesNow,
            static row => (row.GetInt64(0), row.GetInt64(1), row.IsDBNull(2) ? (DateTimeOffset?)null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2))),
            out var raise,
            ("@tenant", tenantId), ("@budget", BudgetId), ("@scope", scope.Text), ("@now", now.ToUnixTimeMilliseconds()));
        (RaisedNano, RaisedTokens, raiseEnds) = raise;
        latched.Clear();
        if (terms.Marks.Count > 0)
        {
            latched.UnionWith(batch.Query(
                BudgetStatements.Latched, static row => row.GetInt32(0),
                ("@tenant", tenantId), ("@budget", BudgetId), ("@scope", scope.Text), ("@start", Start.ToUnixTimeMilliseconds())));
        }
        loaded = true;
    }

    /// <summary>Whether the call would be limited by this budget at all: what costs nothing passes a limit of money.</summary>
    public bool Concerns(ReserveOrder order) => (LimitNano is not null && order.Amount.Nano > 0) || (LimitTokens is not null && order.Tokens > 0);

    /// <summary>Whether what is settled and this call alone exceed the limit.</summary>
    public bool Refuses(ReserveOrder order) => Refuses(order.Amount.Nano, order.Tokens);

    /// <summary>The same for so much money and tokens.</summary>
    public bool Refuses(long amountNano, long tokens) =>
        (LimitNano is { } nano && amountNano > 0 && SpentNano + amountNano > nano) || (LimitTokens is { } most && tokens > 0 && SpentTokens + tokens > most);

    /// <summary>Whether there is room now, besides open reservations and so much more.</summary>
    public bool HasRoom(ReserveOrder order, Int128 moreNano, Int128 moreTokens) =>
        (LimitNano is not { } nano || order.Amount.Nano == 0 || SpentNano + OpenNano + moreNano + order.Amount.Nano <= nano)
        && (LimitTokens is not { } tokens || order.Tokens == 0 || SpentTokens + OpenTokens + moreTokens + order.Tokens <= tokens);

    /// <summary>What a call may cost that has all of the rest for itself; null: no limit of that kind.</summary>
    public (Usd? Money, long? Tokens) Rest => (
        LimitNano is { } nano ? new Usd((long)Int128.Max(0, nano - SpentNano)) : null, LimitTokens is { } tokens ? (long)Int128.Max(0, tokens - SpentTokens) : null);

    /// <summary>The used share of the limit, of money or tokens, whichever is fuller; 1 for a limit of nothing.</summary>
    public double UsedRatio => Math.Max(Share(SpentNano, LimitNano), Share(SpentTokens, LimitTokens));

    public bool IsExhausted => (LimitNano is { } nano && SpentNano >= nano) || (LimitTokens is { } tokens && SpentTokens >= tokens);

    /// <summary>The first step of its ladder that is not among these; refusing is no step.</summary>
    public LadderStep? NextStep(IReadOnlyList<LadderStep> tried)
    {
        foreach (var step in terms.Ladder)
        {
            if (step == LadderStep.Refuse)
            {
                return null;
            }
            if (!tried.Contains(step))
            {
                return step;
            }
        }
        return null;
    }

    /// <summary>Marks that are passed now and were not before, in this period; they count as told from now on.</summary>
    public IReadOnlyList<int> TakePassed()
    {
        List<int>? passed = null;
        foreach (var mark in terms.Marks)
        {
            if ((IsPassed(SpentNano, LimitNano, mark) || IsPassed(SpentTokens, LimitTokens, mark)) && latched.Add(mark))
            {
                (passed ??= []).Add(mark);
            }
        }
        return passed ?? (IReadOnlyList<int>)[];
    }

    public void Reserve(long nano, long tokens)
    {
        OpenNano += nano;
        OpenTokens += tokens;
    }

    public void Free(long nano, long tokens)
    {
        OpenNano -= nano;
        OpenTokens -= tokens;
    }

    public void Spend(long nano, long tokens)
    {
        SpentNano += nano;
        SpentTokens += tokens;
    }

    /// <summary>The refusal of a call, or of all calls when <paramref name="order"/> is null.</summary>
    public Refusal Refuse(string owner, ReserveOrder? order, string? because = null, LadderStep? next = null)
    {
        var money = LimitNano is { } nano && (order is null ? SpentNano >= nano : order.Amount.Nano > 0 && (because is null ? SpentNano : SpentNano + OpenNano) + order.Amount.Nano > nano);
        var limit = money ? $"{new Usd(LimitNano!.Value)} USD" : $"{LimitTokens} tokens";
        var raised = (money ? RaisedNano : RaisedTokens) is > 0 and var more ? $" (with a raise of {(money ? $"{new Usd(more)} USD" : $"{more} tokens")})" : "";
        var spent = money ? $"{new Usd((long)SpentNano)} USD" : $"{SpentTokens} tokens";
        var worst = order is null ? "" : money ? $" and this call may cost {order.Amount} USD" : $" and this call may use {order.Tokens} tokens";
        var resets = End is { } end ? string.Create(CultureInfo.InvariantCulture, $" It begins anew at {end:yyyy-MM-dd HH:mm} UTC.") : "";
        return new Refusal(
            BudgetId, owner, LimitNano is { } n ? new Usd(n) : null, LimitTokens, End,
            $"The {owner} budget allows {limit} {Word}{raised}; {spent} are spent{worst}{because}.{resets}")
        {
            Next = next, ScopeKind = scope.Kind, ScopeId = scope.Text, Needed = order?.Amount, NeededTokens = order?.Tokens,
        };
    }

    private string Word => Period switch
    {
        BudgetPeriod.Hour => "per hour",
        BudgetPeriod.Day => "per day",
        BudgetPeriod.Week => "per week",
        BudgetPeriod.Month => "per month",
        _ => "in total",
    };

    private string Hours => scope.Kind switch
    {
        BudgetScopeKind.User => LedgerStatements.HoursOfUser,
        BudgetScopeKind.Key => LedgerStatements.HoursOfKey,
        BudgetScopeKind.Neuron => LedgerStatements.HoursOfNeuron,
        BudgetScopeKind.Model => LedgerStatements.HoursOfModel,
        _ => LedgerStatements.HoursOfTenant,
    };

    private string Days => scope.Kind switch
    {
        BudgetScopeKind.User => LedgerStatements.DaysOfUser,
        BudgetScopeKind.Key => LedgerStatements.DaysOfKey,
        BudgetScopeKind.Neuron => LedgerStatements.DaysOfNeuron,
        BudgetScopeKind.Model => LedgerStatements.DaysOfModel,
        _ => LedgerStatements.DaysOfTenant,
    };

    private string Open => scope.Kind switch
    {
        BudgetScopeKind.User => LedgerStatements.OpenOfUser,
        BudgetScopeKind.Key => LedgerStatements.OpenOfKey,
        BudgetScopeKind.Neuron => LedgerStatements.OpenOfNeuron,
        BudgetScopeKind.Model => LedgerStatements.OpenOfModel,
        _ => LedgerStatements.OpenOfTenant,
    };

    private (Int128 Nano, Int128 Tokens) Sum(WriteBatch batch, string sql, Guid tenantId, DateTimeOffset? from)
    {
        SqlParameter[] own = scope.Kind switch
        {
            BudgetScopeKind.Tenant => [],
            BudgetScopeKind.Neuron => [("@scope", scope.Name)],
            BudgetScopeKind.Model => [("@provider", scope.Provider), ("@scope", scope.Name)],
            // Roll-ups, which have no room for nothing, store ids as texts; reservations as ids.
            _ => from is null ? [("@scope", scope.Id)] : [("@scope", scope.Text)],
        };
        SqlParameter[] since = from is { } start ? [("@from", start.ToUnixTimeMilliseconds())] : [];
        batch.First(sql, static row => ((Int128)row.GetInt64(0), (Int128)row.GetInt64(1)), out var sum, [("@tenant", tenantId), .. since, .. own]);
        return sum;
    }

    private static bool IsPassed(Int128 used, long? limit, int mark) => limit is { } most && used > 0 && used * 100 >= (Int128)most * mark;

    private static double Share(Int128 used, long? limit) => limit switch { null => 0, 0 => 1, { } most => (double)used / most };
}
