using System.Globalization;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;

namespace Hal9.Engine.Budgets;

/// <summary>Which scope a budget limits: a kind and the id of one.</summary>
internal readonly record struct ScopeKey(BudgetScopeKind Kind, Guid Id)
{
    /// <summary>As roll-ups and budgets store the id: lower case, empty for the tenant.</summary>
    public string Text => Id == Guid.Empty ? "" : Id.ToString("D");
}

/// <summary>What a budget has left now: settled in its period, set aside by open reservations, and its limits. A cache of the database at the ledger's head.</summary>
internal sealed class Balance(Guid budgetId, ScopeKey scope, BudgetPeriod period, int fiscalStart, long? limitNano, long? limitTokens)
{
    private bool loaded;

    public Guid BudgetId => budgetId;
    public ScopeKey Scope => scope;
    public BudgetPeriod Period => period;
    public long? LimitNano => limitNano;
    public long? LimitTokens => limitTokens;
    public DateTimeOffset Start { get; private set; }
    public DateTimeOffset? End { get; private set; }
    public Int128 SpentNano { get; private set; }
    public Int128 SpentTokens { get; private set; }
    public Int128 OpenNano { get; private set; }
    public Int128 OpenTokens { get; private set; }

    public static Balance Read(SqlRow reader, ScopeKey scope) => new(
        reader.GetGuid(0), scope, Enum.Parse<BudgetPeriod>(reader.GetString(1)), reader.GetInt32(4),
        reader.IsDBNull(2) ? null : reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetInt64(3));

    /// <summary>Whether what is known is of the period around now.</summary>
    public bool IsCurrent(DateTimeOffset now) => loaded && now >= Start && (End is null || now < End);

    /// <summary>Reads spend and reservations. Roll-ups of this group must be written before.</summary>
    public void Load(WriteBatch batch, Guid tenantId, TenantCalendar calendar, DateTimeOffset now)
    {
        (Start, End) = calendar.PeriodOf(period, fiscalStart, now);
        (SpentNano, SpentTokens) = Sum(batch, period == BudgetPeriod.Hour ? Hours : Days, tenantId, ("@scope", scope.Text), Start);
        (OpenNano, OpenTokens) = Sum(batch, Open, tenantId, ("@scope", scope.Id), null);
        loaded = true;
    }

    /// <summary>Whether the call would be limited by this budget at all: what costs nothing passes a limit of money.</summary>
    public bool Concerns(ReserveOrder order) => (limitNano is not null && order.Amount.Nano > 0) || (limitTokens is not null && order.Tokens > 0);

    /// <summary>Whether what is settled and this call alone exceed the limit.</summary>
    public bool Refuses(ReserveOrder order) =>
        (limitNano is { } nano && order.Amount.Nano > 0 && SpentNano + order.Amount.Nano > nano)
        || (limitTokens is { } tokens && order.Tokens > 0 && SpentTokens + order.Tokens > tokens);

    /// <summary>Whether there is room now, besides open reservations and so much more.</summary>
    public bool HasRoom(ReserveOrder order, Int128 moreNano, Int128 moreTokens) =>
        (limitNano is not { } nano || order.Amount.Nano == 0 || SpentNano + OpenNano + moreNano + order.Amount.Nano <= nano)
        && (limitTokens is not { } tokens || order.Tokens == 0 || SpentTokens + OpenTokens + moreTokens + order.Tokens <= tokens);

    /// <summary>The used share of the limit, of money or tokens, whichever is fuller; 1 for a limit of nothing.</summary>
    public double UsedRatio => Math.Max(Share(SpentNano, limitNano), Share(SpentTokens, limitTokens));

    public bool IsExhausted => (limitNano is { } nano && SpentNano >= nano) || (limitTokens is { } tokens && SpentTokens >= tokens);

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
    public Refusal Refuse(string owner, ReserveOrder? order, string? because = null)
    {
        var money = limitNano is { } nano && (order is null ? SpentNano >= nano : order.Amount.Nano > 0 && (because is null ? SpentNano : SpentNano + OpenNano) + order.Amount.Nano > nano);
        var limit = money ? $"{new Usd(limitNano!.Value)} USD" : $"{limitTokens} tokens";
        var spent = money ? $"{new Usd((long)SpentNano)} USD" : $"{SpentTokens} tokens";
        var worst = order is null ? "" : money ? $" and this call may cost {order.Amount} USD" : $" and this call may use {order.Tokens} tokens";
        var resets = End is { } end ? string.Create(CultureInfo.InvariantCulture, $" It begins anew at {end:yyyy-MM-dd HH:mm} UTC.") : "";
        return new Refusal(
            budgetId, owner, limitNano is { } n ? new Usd(n) : null, limitTokens, End,
            $"The {owner} budget allows {limit} {Word}; {spent} are spent{worst}{because}.{resets}");
    }

    private string Word => period switch
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
        _ => LedgerStatements.HoursOfTenant,
    };

    private string Days => scope.Kind switch
    {
        BudgetScopeKind.User => LedgerStatements.DaysOfUser,
        BudgetScopeKind.Key => LedgerStatements.DaysOfKey,
        _ => LedgerStatements.DaysOfTenant,
    };

    private string Open => scope.Kind switch
    {
        BudgetScopeKind.User => LedgerStatements.OpenOfUser,
        BudgetScopeKind.Key => LedgerStatements.OpenOfKey,
        _ => LedgerStatements.OpenOfTenant,
    };

    private (Int128 Nano, Int128 Tokens) Sum(WriteBatch batch, string sql, Guid tenantId, SqlParameter id, DateTimeOffset? from)
    {
        SqlParameter tenant = ("@tenant", tenantId);
        SqlParameter since = ("@from", from?.ToUnixTimeMilliseconds());
        var ofTenant = scope.Kind == BudgetScopeKind.Tenant;
        var rows = (from is null, ofTenant) switch
        {
            (true, true) => batch.Query(sql, Pair, tenant),
            (true, false) => batch.Query(sql, Pair, tenant, id),
            (false, true) => batch.Query(sql, Pair, tenant, since),
            _ => batch.Query(sql, Pair, tenant, since, id),
        };
        return rows[0];
    }

    private static double Share(Int128 used, long? limit) => limit switch { null => 0, 0 => 1, { } most => (double)used / most };

    private static (Int128 Nano, Int128 Tokens) Pair(SqlRow reader) => (reader.GetInt64(0), reader.GetInt64(1));
}
