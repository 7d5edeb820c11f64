namespace Hal9.Engine.Budgets;

/// <summary>What the tightest budget leaves to somebody who spends.</summary>
/// <param name="BudgetId">The budget.</param>
/// <param name="ScopeKind">Whose it is.</param>
/// <param name="Period">Over which time it counts.</param>
/// <param name="Limit">Its limit in money; null: it is one of tokens.</param>
/// <param name="Left">Money left, what is set aside for calls on their way taken off; at least 0.</param>
/// <param name="LimitTokens">Its limit in tokens; null: it is one of money.</param>
/// <param name="LeftTokens">Tokens left, likewise.</param>
/// <param name="UsedRatio">The spent share of the limit, 0 to 1 and above.</param>
/// <param name="Mark">The highest of its warning marks that is passed, percent.</param>
/// <param name="ResetsAt">When it begins anew (UTC); null: never by itself.</param>
public sealed record BudgetRoom(
    Guid BudgetId, BudgetScopeKind ScopeKind, BudgetPeriod Period, Usd? Limit, Usd? Left, long? LimitTokens, long? LeftTokens, double UsedRatio, int? Mark, DateTimeOffset? ResetsAt)
{
    /// <summary>From this mark on a person is warned.</summary>
    private const int WarnsFrom = 80;

    /// <summary>A mark is passed that people should know of.</summary>
    public bool IsNear => Mark >= WarnsFrom;

    /// <summary>Nothing is left: the next call is refused.</summary>
    public bool IsExhausted => UsedRatio >= 1;

    internal static BudgetRoom Of(Balance balance, bool money)
    {
        var (limit, spent, open) = money ? (balance.LimitNano!.Value, balance.SpentNano, balance.OpenNano) : (balance.LimitTokens!.Value, balance.SpentTokens, balance.OpenTokens);
        var left = (long)Int128.Max(0, limit - spent - open);
        var ratio = limit == 0 ? 1 : (double)spent / limit;
        return new BudgetRoom(
            balance.BudgetId, balance.Scope.Kind, balance.Period, money ? new Usd(limit) : null, money ? new Usd(left) : null, money ? null : limit, money ? null : left, ratio,
            balance.Terms.Marks.Where(mark => ratio * 100 >= mark).Select(mark => (int?)mark).Max(), balance.End);
    }
}
