namespace Hal9.Engine.Learning.Credit;

/// <summary>What the checks of one run found, as facts; which rule applies follows from them.</summary>
internal sealed record RunFacts
{
    /// <summary>The provider, the network or a limit of the machine failed; nobody in the hierarchy did.</summary>
    public bool InfrastructureFailed { get; init; }

    /// <summary>An L2 step broke a contract it was given: its file does not compile by itself, or differs from the L3 interface.</summary>
    public bool ContractBroken { get; init; }

    /// <summary>Every module is green by itself.</summary>
    public bool ModulesGreen { get; init; }

    /// <summary>The whole is green.</summary>
    public bool IntegrationGreen { get; init; }

    /// <summary>The design passed its own checks.</summary>
    public bool DesignGreen { get; init; }

    /// <summary>An acceptance criterion has no item in the plan.</summary>
    public bool CriterionUnplanned { get; init; }

    /// <summary>A generated test contradicts the requirement: the reference or a person overruled it.</summary>
    public bool TestOverruled { get; init; }

    /// <summary>How often the last step was tried again with the same error; 0 when never.</summary>
    public int RetriesAtSameError { get; init; }
}

/// <summary>Which rule applied.</summary>
internal enum BlameRule
{
    /// <summary>Nothing is wrong, or no rule explains it: no blame is given.</summary>
    None,

    /// <summary>(a) charged to the provider's arm.</summary>
    Infrastructure,

    /// <summary>(b) L2 broke its contract.</summary>
    BrokenContract,

    /// <summary>(c) the L3 design contradicts itself.</summary>
    Contradiction,

    /// <summary>(d) the L4 plan leaves a criterion out.</summary>
    MissingPlanItem,

    /// <summary>(e) the author of the test.</summary>
    WrongTest,
}

/// <summary>Who is to blame for a run that went wrong.</summary>
/// <param name="Rule">By which rule.</param>
/// <param name="Shares">How much of it is whose; sums to 1, or to 0 when nobody of the hierarchy is.</param>
internal readonly record struct Blame(BlameRule Rule, LayerShares Shares);

/// <summary>The structural rules of blame, in order: the first that matches wins. They look at what the checks found and never at what a model thinks of it.</summary>
internal static class CreditRules
{
    /// <summary>Applies the rules.</summary>
    public static Blame Judge(RunFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var blame = facts switch
        {
            { InfrastructureFailed: true } => new Blame(BlameRule.Infrastructure, default),
            { ContractBroken: true } => new Blame(BlameRule.BrokenContract, new LayerShares(0.80, 0.15, 0.05)),
            { ModulesGreen: true, IntegrationGreen: false } => new Blame(BlameRule.Contradiction, new LayerShares(0.15, 0.75, 0.10)),
            { DesignGreen: true, CriterionUnplanned: true } => new Blame(BlameRule.MissingPlanItem, new LayerShares(0.05, 0.25, 0.70)),
            // The tests of a contract are the designer's work, sealed before the first file.
            { TestOverruled: true } => new Blame(BlameRule.WrongTest, new LayerShares(0, 1, 0)),
            _ => default,
        };
        return blame with { Shares = PassUp(blame.Shares, facts.RetriesAtSameError) };
    }

    // (f) Who fails again and again at the same error was given something that cannot be done: each try beyond the second halves its share, the rest goes to who gave it.
    private static LayerShares PassUp(LayerShares shares, int retries)
    {
        if (retries <= 2)
        {
            return shares;
        }
        var kept = Math.Pow(0.5, retries - 2);
        return new LayerShares(shares.L2 * kept, shares.L3 + (shares.L2 * (1 - kept)), shares.L4);
    }
}
