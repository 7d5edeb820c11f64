using Hal9.Engine.Learning.Statistics;

namespace Hal9.Tests.Engine.Learning;

public sealed class PromotionGateTests
{
    private static readonly ItemSplit Split = new("gate tests");
    private static readonly string[] Judging = [.. Enumerable.Range(0, 4_000).Select(i => $"item {i}").Where(item => Split.SideOf(item) == ItemSide.Gate)];
    private static readonly string Mined = Enumerable.Range(0, 100).Select(i => $"item {i}").First(item => Split.SideOf(item) == ItemSide.Mine);

    [Fact]
    public void Gate_WithFewerThanThirtyPairs_CollectsWhateverItsEvidence()
    {
        var gate = Gate();

        Fill(gate, PromotionGate.LeastPairs - 1, _ => 1);

        Assert.True(gate.Read().Evidence > gate.Threshold);
        Assert.Equal(GateState.Collecting, gate.Read().State);
        Fill(gate, PromotionGate.LeastPairs, _ => 1);
        Assert.Equal(GateState.Open, gate.Read().State);
    }

    [Fact]
    public void Gate_OfAnItemThatComesAgain_CountsItOnce()
    {
        var gate = Gate();

        for (var i = 0; i < 500; i++)
        {
            gate.Add(Judging[i % 10], 1, 1);
        }

        Assert.Equal(10, gate.Read().Pairs);
    }

    //
    [Fact]
    public void Gate_OfAnItemThatFormedTheProposal_Refuses()
    {
        var mined = new MineSet(Split);
        mined.Use(Mined);

        Assert.Throws<InvalidOperationException>(() => new PromotionGate(1, mined, 1, 100).Add(Mined, 1, 1));
        Assert.Throws<InvalidOperationException>(() => mined.Use(Judging[0]));
    }

    [Fact]
    public void Gate_OfRareLargeLosses_StaysShut()
    {
        var gate = Gate();

        // Cut to -1 the one loss in a hundred looks small; uncut it eats all that was won.
        Fill(gate, 400, i => i % 100 == 99 ? -30 : 0.2);

        Assert.True(gate.Read().Evidence > gate.Threshold);
        Assert.Equal(GateState.Collecting, gate.Read().State);
    }

    [Fact]
    public void Gate_WithoutEvidenceOfTheMinedItems_NeedsMoreOfItsOwn()
    {
        var weak = Gate(minedEvidence: 0.001);
        var strong = Gate(minedEvidence: 100);

        Fill(weak, 60, i => i % 3 == 0 ? 0 : 0.4);
        Fill(strong, 60, i => i % 3 == 0 ? 0 : 0.4);

        Assert.Equal(GateState.Collecting, weak.Read().State);
        Assert.Equal(GateState.Open, strong.Read().State);
    }

    [Fact]
    public void Gate_Read_CountsWinsTiesAndLosses()
    {
        var gate = Gate();

        Fill(gate, 9, i => (i % 3) - 1);

        Assert.Equal((9, 3, 3, 3), (gate.Read().Pairs, gate.Read().Wins, gate.Read().Ties, gate.Read().Losses));
    }

    [Fact]
    public void PairScale_OfDearOutliers_NeverFlattersTheChallenger()
    {
        var scale = new PairScale(50, PairScale.BoundOf([0.001, 0.001, 0.001]), PairScale.BoundOf([0.002]));

        var dearIncumbent = scale.Difference(new Outcome(1, 0.001), new Outcome(1, 1));
        var dearChallenger = scale.Difference(new Outcome(1, 1), new Outcome(1, 0.001));

        Assert.InRange(dearIncumbent, 0, 0.2);
        Assert.Equal(-1, dearChallenger);
    }

    [Fact]
    public void Gate_OfCostsWithALongTail_StaysShutLongerThanOneOfEvenCosts()
    {
        var (skewed, even) = (Gate(), Gate());
        var scale = new PairScale(50, 0.003, 0.003);

        // The same mean cost in both.
        for (var i = 0; i < 200; i++)
        {
            skewed.Add(Judging[i], scale, new Outcome(1, i % 20 == 19 ? 0.04 : 0.0005), new Outcome(1, 0.003));
            even.Add(Judging[i], scale, new Outcome(1, 0.002475), new Outcome(1, 0.003));
        }

        Assert.Equal(skewed.Read().Mean, even.Read().Mean, 9);
        Assert.True(even.Reserve() > 0);
        Assert.True(skewed.Reserve() < 0);
    }

    private static PromotionGate Gate(double minedEvidence = 100) => new(1, new MineSet(Split), minedEvidence, horizon: 1_000);

    private static void Fill(PromotionGate gate, int count, Func<int, double> utility)
    {
        for (var i = 0; i < count; i++)
        {
            gate.Add(Judging[i], Math.Clamp(utility(i), -1, 1), utility(i));
        }
    }
}
