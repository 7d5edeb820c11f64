using Hal9.Engine.Budgets;

namespace Hal9.Web.Budgets;

/// <summary>What becomes of a budget at the pace of late.</summary>
public enum Outlook
{
    /// <summary>Nothing was spent of late.</summary>
    Still,

    /// <summary>The period ends before the limit is reached.</summary>
    Holds,

    /// <summary>The limit is reached before the period ends.</summary>
    Reached,

    /// <summary>There is nothing left.</summary>
    UsedUp,
}

/// <summary>How fast something is spent: an hour's money and tokens, measured over the time before now.</summary>
/// <param name="NanoPerHour">Nano-USD an hour.</param>
/// <param name="TokensPerHour">Tokens an hour.</param>
public sealed record Pace(double NanoPerHour, double TokensPerHour)
{
    /// <summary>Nothing is spent.</summary>
    public static Pace None { get; } = new(0, 0);
}

/// <summary>What becomes of a budget: what is settled and set aside now, and from then on the pace of late.</summary>
/// <param name="Kind">What.</param>
/// <param name="At">When the limit is reached.</param>
/// <param name="UsedAtEnd">The share that will be used when the period ends.</param>
public sealed record BudgetOutlook(Outlook Kind, DateTimeOffset? At = null, double? UsedAtEnd = null)
{
    /// <summary>Over which time before now the pace is measured: short budgets look back shortly, and a week has a weekend in it.</summary>
    public static TimeSpan LookBack(BudgetPeriod period) => period switch
    {
        BudgetPeriod.Hour => TimeSpan.FromHours(1),
        BudgetPeriod.Day => TimeSpan.FromDays(1),
        _ => TimeSpan.FromDays(7),
    };

    /// <summary>Looks ahead; of a budget of money and tokens, at the limit that comes first.</summary>
    public static BudgetOutlook Of(BudgetView budget, Pace pace, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(budget);
        ArgumentNullException.ThrowIfNull(pace);
        var money = budget.Limit is { } limit ? Of(limit.Nano + (budget.Raised?.Nano ?? 0), budget.Spent.Nano + budget.Reserved.Nano, pace.NanoPerHour, budget.ResetsAt, now) : null;
        var tokens = budget.LimitTokens is { } most ? Of(most + (budget.RaisedTokens ?? 0), budget.SpentTokens + budget.ReservedTokens, pace.TokensPerHour, budget.ResetsAt, now) : null;
        if (money is null || tokens is null)
        {
            return money ?? tokens ?? new BudgetOutlook(Outlook.Still);
        }
        return tokens.Kind > money.Kind || (tokens.Kind == money.Kind && (tokens.At < money.At || tokens.UsedAtEnd > money.UsedAtEnd)) ? tokens : money;
    }

    /// <summary>The share of a budget that is settled and set aside, of its money or its tokens, whichever is more; 1 for a limit of nothing.</summary>
    public static double UsedOf(BudgetView budget) => Math.Max(SettledOf(budget) + ReservedOf(budget), budget is { Limit.Nano: 0 } or { LimitTokens: 0 } ? 1 : 0);

    /// <summary>The settled share.</summary>
    public static double SettledOf(BudgetView budget) => Share(budget, b => b.Spent.Nano, b => b.SpentTokens);

    /// <summary>The share that is set aside.</summary>
    public static double ReservedOf(BudgetView budget) => Share(budget, b => b.Reserved.Nano, b => b.ReservedTokens);

    private static double Share(BudgetView budget, Func<BudgetView, long> money, Func<BudgetView, long> tokens) => Math.Max(
        budget.Limit is { Nano: > 0 } limit ? (double)money(budget) / (limit.Nano + (budget.Raised?.Nano ?? 0)) : 0,
        budget.LimitTokens is > 0 and var most ? (double)tokens(budget) / (most + (budget.RaisedTokens ?? 0)) : 0);

    private static BudgetOutlook Of(long limit, long used, double perHour, DateTimeOffset? ends, DateTimeOffset now)
    {
        if (used >= limit)
        {
            return new BudgetOutlook(Outlook.UsedUp);
        }
        if (perHour <= 0)
        {
            return new BudgetOutlook(Outlook.Still);
        }
        var hours = (limit - used) / perHour;
        var at = hours < TimeSpan.FromDays(3650).TotalHours ? now.AddHours(hours) : (DateTimeOffset?)null;
        return at is { } reached && !(reached >= ends)
            ? new BudgetOutlook(Outlook.Reached, reached)
            : new BudgetOutlook(Outlook.Holds, UsedAtEnd: ends is { } end ? (used + (perHour * (end - now).TotalHours)) / limit : null);
    }
}
