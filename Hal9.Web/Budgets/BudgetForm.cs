using System.Globalization;
using Hal9.Engine;
using Hal9.Engine.Budgets;

namespace Hal9.Web.Budgets;

/// <summary>What is typed for a budget, as texts; the engine's own rules decide, and their words are shown.</summary>
public sealed class BudgetForm
{
    /// <summary>The ladder's steps in the one order in which they make sense.</summary>
    public static readonly LadderStep[] Steps = [LadderStep.Clamp, LadderStep.Cheaper, LadderStep.Offline, LadderStep.Pause];

    /// <summary>What it limits.</summary>
    public BudgetScopeKind Kind { get; set; } = BudgetScopeKind.Tenant;

    /// <summary>Which one.</summary>
    public string ScopeId { get; set; } = "";

    /// <summary>Over which time.</summary>
    public BudgetPeriod Period { get; set; } = BudgetPeriod.Month;

    /// <summary>USD, as typed.</summary>
    public string LimitUsd { get; set; } = "";

    /// <summary>Tokens, as typed.</summary>
    public string LimitTokens { get; set; } = "";

    /// <summary>Percentages with commas or spaces between, as typed.</summary>
    public string Marks { get; set; } = "50, 80, 95";

    /// <summary>First day of the month, as typed.</summary>
    public string FiscalStart { get; set; } = "1";

    /// <summary>The steps of the ladder that are chosen.</summary>
    public HashSet<LadderStep> Ladder { get; } = [];

    /// <summary>The form of a budget that is there.</summary>
    public static BudgetForm Of(BudgetView budget)
    {
        ArgumentNullException.ThrowIfNull(budget);
        var form = new BudgetForm
        {
            Kind = budget.ScopeKind, ScopeId = budget.ScopeId, Period = budget.Period, LimitUsd = budget.Limit?.Amount.ToString("0.#########", CultureInfo.CurrentCulture) ?? "",
            LimitTokens = budget.LimitTokens?.ToString(CultureInfo.CurrentCulture) ?? "", Marks = string.Join(", ", budget.Marks), FiscalStart = budget.FiscalStart.ToString(CultureInfo.CurrentCulture),
        };
        form.Ladder.UnionWith(budget.Ladder);
        return form;
    }

    /// <summary>The order that puts a budget back as it was.</summary>
    public static PutBudget Restore(BudgetView budget)
    {
        ArgumentNullException.ThrowIfNull(budget);
        return new()
        {
            ScopeKind = budget.ScopeKind, ScopeId = budget.ScopeId.Length == 0 ? null : budget.ScopeId, Period = budget.Period, Limit = budget.Limit, LimitTokens = budget.LimitTokens,
            Marks = budget.Marks, Ladder = budget.Ladder, FiscalStart = budget.Period is BudgetPeriod.Month ? budget.FiscalStart : null,
        };
    }

    /// <summary>The order, or the names of the fields that cannot be read: <c>limitUsd</c>, <c>limitTokens</c>, <c>marks</c>, <c>fiscalStart</c>.</summary>
    public (PutBudget? Order, IReadOnlyList<string> Faults) Read()
    {
        var faults = new List<string>();
        Usd? usd = null;
        if (LimitUsd.Trim().Length > 0)
        {
            if (decimal.TryParse(LimitUsd.Trim().TrimStart('$'), NumberStyles.Number, CultureInfo.CurrentCulture, out var amount) && amount is >= 0 and < 1_000_000_000)
            {
                usd = Usd.FromAmount(amount);
            }
            else
            {
                faults.Add("limitUsd");
            }
        }
        long? tokens = null;
        if (LimitTokens.Trim().Length > 0)
        {
            if (long.TryParse(LimitTokens.Trim(), NumberStyles.Integer | NumberStyles.AllowThousands, CultureInfo.CurrentCulture, out var count) && count >= 0)
            {
                tokens = count;
            }
            else
            {
                faults.Add("limitTokens");
            }
        }
        var marks = new List<int>();
        foreach (var text in Marks.Split([',', ' ', ';', '%'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var mark) && mark is >= 1 and <= 100)
            {
                marks.Add(mark);
            }
            else
            {
                faults.Add("marks");
                break;
            }
        }
        var day = 1;
        if (Period is BudgetPeriod.Month && (!int.TryParse(FiscalStart, NumberStyles.None, CultureInfo.InvariantCulture, out day) || day is < 1 or > 28))
        {
            faults.Add("fiscalStart");
        }
        if (usd is null && tokens is null && faults.Count == 0)
        {
            faults.Add("limitUsd");
        }
        return faults.Count > 0
            ? (null, faults)
            : (new PutBudget
            {
                ScopeKind = Kind, ScopeId = Kind is BudgetScopeKind.Tenant ? null : ScopeId, Period = Period, Limit = usd, LimitTokens = tokens, Marks = [.. marks.Distinct().Order()],
                Ladder = [.. Steps.Where(Ladder.Contains)], FiscalStart = Period is BudgetPeriod.Month ? day : null,
            }, []);
    }
}
