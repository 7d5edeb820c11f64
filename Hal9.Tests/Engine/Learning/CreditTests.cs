using Hal9.Engine.Events;
using Hal9.Engine.Learning.Credit;
using Hal9.Tests.Support.LearnBench;

namespace Hal9.Tests.Engine.Learning;

public sealed class CreditTests
{
    [Fact]
    public void Shapley_OfThreeLayers_IsTheAverageOfAllOrders()
    {
        var value = new Dictionary<Coalition, double>
        {
            [Coalition.None] = 1, [Coalition.L2] = 2, [Coalition.L3] = 4, [Coalition.L4] = 3, [Coalition.L2 | Coalition.L3] = 9, [Coalition.L2 | Coalition.L4] = 5, [Coalition.L3 | Coalition.L4] = 7, [(Coalition)7] = 12,
        };

        var shares = Shapley.Of(coalition => value[coalition]);

        Coalition[][] orders =
        [
            [Coalition.L2, Coalition.L3, Coalition.L4], [Coalition.L2, Coalition.L4, Coalition.L3], [Coalition.L3, Coalition.L2, Coalition.L4],
            [Coalition.L3, Coalition.L4, Coalition.L2], [Coalition.L4, Coalition.L2, Coalition.L3], [Coalition.L4, Coalition.L3, Coalition.L2],
        ];
        double Average(Coalition layer) => orders.Average(order =>
        {
            var before = order.TakeWhile(other => other != layer).Aggregate(Coalition.None, (all, other) => all | other);
            return value[before | layer] - value[before];
        });
        Assert.Equal(Average(Coalition.L2), shares.L2, 12);
        Assert.Equal(Average(Coalition.L3), shares.L3, 12);
        Assert.Equal(Average(Coalition.L4), shares.L4, 12);
        Assert.Equal(11, shares.Sum, 12);
    }

    [Fact]
    public void Rules_InOrder_TheFirstThatMatchesWins()
    {
        var facts = new RunFacts { InfrastructureFailed = true, ContractBroken = true, ModulesGreen = true, DesignGreen = true, CriterionUnplanned = true, TestOverruled = true };

        Assert.Equal((BlameRule.Infrastructure, 0.0), (CreditRules.Judge(facts).Rule, CreditRules.Judge(facts).Shares.Sum));
        Assert.Equal(new Blame(BlameRule.BrokenContract, new LayerShares(0.80, 0.15, 0.05)), CreditRules.Judge(facts with { InfrastructureFailed = false }));
        Assert.Equal(new Blame(BlameRule.Contradiction, new LayerShares(0.15, 0.75, 0.10)), CreditRules.Judge(facts with { InfrastructureFailed = false, ContractBroken = false }));
        Assert.Equal(
            new Blame(BlameRule.MissingPlanItem, new LayerShares(0.05, 0.25, 0.70)),
            CreditRules.Judge(facts with { InfrastructureFailed = false, ContractBroken = false, IntegrationGreen = true }));
        Assert.Equal(BlameRule.WrongTest, CreditRules.Judge(new RunFacts { TestOverruled = true, IntegrationGreen = true }).Rule);
        Assert.Equal(default, CreditRules.Judge(new RunFacts { ModulesGreen = true, IntegrationGreen = true, DesignGreen = true }));
    }

    [Theory]
    [InlineData(2, 0.80)]
    [InlineData(3, 0.40)]
    [InlineData(5, 0.10)]
    public void Rules_OfRetriesAtTheSameError_PassBlameToTheParent(int retries, double kept)
    {
        var shares = CreditRules.Judge(new RunFacts { ContractBroken = true, RetriesAtSameError = retries }).Shares;

        Assert.Equal(kept, shares.L2, 12);
        Assert.Equal(1, shares.Sum, 12);
    }

    // A-8, one fault: small form of L9.
    [Fact]
    public void Rules_OfInjectedFaults_FindTheLayerInNineOfTen()
    {
        var found = Enum.GetValues<Fault>().SelectMany(fault => Enumerable.Range(0, 12).Select(run => FaultTrial.Found(((int)fault * 100) + run, [fault]))).ToList();

        Assert.InRange(found.Average(), 0.9, 1);
    }

    [Theory]
    [InlineData(nameof(Fault.SyntaxError), Layer.L2)]
    [InlineData(nameof(Fault.CyclicDesign), Layer.L3)]
    [InlineData(nameof(Fault.WrongMapping), Layer.L4)]
    public void Replay_OfEachLayer_BlamesTheOneWithTheFault(string fault, Layer layer) => Assert.Equal(layer, new FaultTrial(1, [Enum.Parse<Fault>(fault)]).BlamedByReplay());

    [Fact]
    public void Rules_OfAGoodRun_BlameNobody() => Assert.All(Enumerable.Range(0, 50), seed => Assert.Null(new FaultTrial(seed, []).Blamed()));
}
