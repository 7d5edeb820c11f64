using Microsoft.Extensions.Options;

namespace Hal9.Engine.Budgets;

/// <summary>Money: section <c>Hal9:Budgets</c>.</summary>
public sealed class BudgetsOptions
{
    /// <summary>The price of models that have none. Not set: such a model is refused.</summary>
    public CeilingPrice? Ceiling { get; set; }

    /// <summary>How long a call may wait for the reservations of others to settle before it is refused, in seconds. 0 to 600.</summary>
    public int WaitSeconds { get; set; } = 30;

    /// <summary>Budgets that may be set in one tenant. 1 to 100,000.</summary>
    public int MostBudgets { get; set; } = 10_000;

    /// <summary>The budgets that a new tenant begins with.</summary>
    public NewTenantBudgets NewTenant { get; set; } = new();
}

/// <summary>The budgets that a new tenant begins with; what is 0 is not made.</summary>
public sealed class NewTenantBudgets
{
    /// <summary>USD an hour.</summary>
    public decimal HourUsd { get; set; } = 10;

    /// <summary>USD a day.</summary>
    public decimal DayUsd { get; set; } = 100;
}

/// <summary>A price for what has none, in USD per million tokens; choose it above all that could be called.</summary>
public sealed class CeilingPrice
{
    /// <summary>Input of any kind.</summary>
    public decimal? InputUsd { get; set; }

    /// <summary>Output of any kind.</summary>
    public decimal? OutputUsd { get; set; }

    internal ModelPrice ToPrice()
    {
        var complaints = new List<string>();
        var price = new ModelPrice
        {
            Version = PriceList.CeilingVersion,
            Input = PriceReading.Pico(InputUsd, "Hal9:Budgets:Ceiling", nameof(InputUsd), complaints) ?? 0,
            Output = PriceReading.Pico(OutputUsd, "Hal9:Budgets:Ceiling", nameof(OutputUsd), complaints) ?? 0,
        };
        return complaints.Count == 0 ? price : throw new OptionsValidationException(nameof(BudgetsOptions), typeof(BudgetsOptions), complaints);
    }
}

internal sealed class BudgetsValidation : IValidateOptions<BudgetsOptions>
{
    public ValidateOptionsResult Validate(string? name, BudgetsOptions options)
    {
        var complaints = new List<string>();
        if (options.WaitSeconds is < 0 or > 600)
        {
            complaints.Add($"Hal9:Budgets:WaitSeconds is {options.WaitSeconds}; it must be between 0 and 600.");
        }
        if (options.MostBudgets is < 1 or > 100_000)
        {
            complaints.Add($"Hal9:Budgets:MostBudgets is {options.MostBudgets}; it must be between 1 and 100000.");
        }
        if (options.NewTenant is { HourUsd: < 0 or > 1_000_000_000 } or { DayUsd: < 0 or > 1_000_000_000 } || !Whole(options.NewTenant.HourUsd) || !Whole(options.NewTenant.DayUsd))
        {
            complaints.Add("Hal9:Budgets:NewTenant: HourUsd and DayUsd must be between 0 (no such budget) and 1000000000, with at most nine decimals.");
        }
        if (options.Ceiling is { } ceiling)
        {
            if (ceiling.InputUsd is null || ceiling.OutputUsd is null)
            {
                complaints.Add("Hal9:Budgets:Ceiling: InputUsd and OutputUsd are required; what is left out would be free.");
            }
            if (ceiling is { InputUsd: 0, OutputUsd: 0 })
            {
                complaints.Add("Hal9:Budgets:Ceiling: a ceiling of nothing would make unpriced models free; set InputUsd and OutputUsd, or leave Ceiling out.");
            }
            PriceReading.Pico(ceiling.InputUsd, "Hal9:Budgets:Ceiling", nameof(ceiling.InputUsd), complaints);
            PriceReading.Pico(ceiling.OutputUsd, "Hal9:Budgets:Ceiling", nameof(ceiling.OutputUsd), complaints);
        }
        return complaints.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(complaints);
    }

    private static bool Whole(decimal usd) => decimal.Truncate(usd * Usd.NanoPerUsd) == usd * Usd.NanoPerUsd;
}
