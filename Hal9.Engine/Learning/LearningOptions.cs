using Microsoft.Extensions.Options;

namespace Hal9.Engine.Learning;

/// <summary>The section <c>Hal9:Learning</c>.</summary>
public sealed class LearningOptions
{
    /// <summary>Quality (0 to 1) that one USD is worth, when what was learned is compared: lambda. 0: cost does not matter.</summary>
    public double CostWeight { get; set; }

    /// <summary>Outcomes that each stage of a canary waits for before the next.</summary>
    public int StageOutcomes { get; set; } = 30;

    /// <summary>Votes of one person that count within a day.</summary>
    public int VotesPerUserDay { get; set; } = 20;

    /// <summary>Days until a proposal that nobody decided expires.</summary>
    public int ProposalDays { get; set; } = 14;
}

internal sealed class LearningOptionsValidator : IValidateOptions<LearningOptions>
{
    public ValidateOptionsResult Validate(string? name, LearningOptions options) =>
        options is { CostWeight: >= 0 and <= 1e6, StageOutcomes: >= 5 and <= 100_000, VotesPerUserDay: >= 1 and <= 10_000, ProposalDays: >= 1 and <= 365 }
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Hal9:Learning: CostWeight is 0 to 1000000, StageOutcomes 5 to 100000, VotesPerUserDay 1 to 10000, ProposalDays 1 to 365.");
}
