namespace Hal9.Engine.Budgets;

/// <summary>A budget that a call, or a run that is not started yet, draws on.</summary>
/// <param name="BudgetId">The budget.</param>
/// <param name="ScopeKind">What it limits.</param>
/// <param name="ScopeId">Which one.</param>
/// <param name="Period">Over which time.</param>
/// <param name="Limit">Its limit of money, with raises.</param>
/// <param name="Left">Money left, what is set aside taken off; at least 0.</param>
/// <param name="LimitTokens">Its limit of tokens.</param>
/// <param name="LeftTokens">Tokens left, likewise.</param>
/// <param name="ResetsAt">When it begins anew (UTC); null: never by itself.</param>
/// <param name="Ladder">What happens at its limit.</param>
/// <param name="FitsExpected">There is room for what is expected.</param>
/// <param name="FitsWorst">There is room for the worst case.</param>
public sealed record BudgetDraw(
    Guid BudgetId, BudgetScopeKind ScopeKind, string ScopeId, BudgetPeriod Period, Usd? Limit, Usd? Left, long? LimitTokens, long? LeftTokens, DateTimeOffset? ResetsAt,
    IReadOnlyList<LadderStep> Ladder, bool FitsExpected, bool FitsWorst)
{
    internal static BudgetDraw Of(Balance balance, Usd expected, Usd worst)
    {
        Usd? left = balance.LimitNano is { } nano ? new Usd((long)Int128.Max(0, nano - balance.SpentNano - balance.OpenNano)) : null;
        return new BudgetDraw(
            balance.BudgetId, balance.Scope.Kind, balance.Scope.Text, balance.Period, balance.LimitNano is { } limit ? new Usd(limit) : null, left, balance.LimitTokens,
            balance.LimitTokens is { } tokens ? (long)Int128.Max(0, tokens - balance.SpentTokens - balance.OpenTokens) : null, balance.End, balance.Terms.Ladder,
            left is not { } room || expected <= room, left is not { } most || worst <= most);
    }
}
