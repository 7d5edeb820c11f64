using Hal9.Engine.Learning.Statistics;
using Hal9.Tests.Support.LearnBench;

namespace Hal9.Tests.Engine.Learning;

public sealed class StatisticsTests
{
    [Fact]
    public void BettingProcess_OfKnownDifferences_IsTheMeanOfSixBets()
    {
        var process = new BettingProcess(0);

        process.Add(1);
        process.Add(-0.5);

        double[] bets = [0.1, 0.2, 0.3, 0.45, 0.6, 0.8];
        Assert.Equal(bets.Average(bet => (1 + bet) * (1 - (bet / 2))), process.Value, 12);
    }

    [Theory]
    [InlineData(1.01)]
    [InlineData(-1.01)]
    [InlineData(double.NaN)]
    public void BettingProcess_OutOfBounds_IsRefused(double difference) => Assert.Throws<ArgumentOutOfRangeException>(() => new BettingProcess(0).Add(difference));

    // A-4, small form.
    [Fact]
    public void BettingProcess_OfEqualsLookedAtAfterEveryPair_PromotesAtMostAsOftenAsAlpha()
    {
        var (reached, _) = GateTrials.Reach(streams: 2_000, pairs: 300, gain: 0, disagreement: 0.28, alpha: 0.05, seed: 1);

        Assert.InRange(reached, 1, 100);
    }

    // A-5, small form.
    [Fact]
    public void BettingProcess_OfABetterChallenger_FindsItWithinAThousandPairs()
    {
        Assert.InRange(GateTrials.Reach(200, 1_000, 0.075, 0.20, 0.05, 2).Reached, 190, 200);
        Assert.InRange(GateTrials.Reach(200, 1_000, 0.05, 0.20, 0.05, 3).Reached, 150, 200);
    }

    // A-6, small form.
    [Theory]
    [InlineData(0.053)]
    [InlineData(-0.1)]
    public void ConfidenceSequence_HoldsTheTruthAtAllCounts_InAtLeast95Of100(double truth)
    {
        var (covered, width) = GateTrials.Cover(streams: 150, pairs: 250, truth, disagreement: 0.28, seed: 5);

        Assert.InRange(covered, 143, 150);
        Assert.InRange(width, 1, 2);
    }

    [Fact]
    public void ConfidenceSequence_OfNothing_IsEverything() => Assert.Equal(new Interval(0, -1, 1, 0), new ConfidenceSequence().Read());

    [Fact]
    public void AlphaSpending_OfAllGates_IsFivePercent()
    {
        Assert.Equal(0.05, Enumerable.Range(1, 100_000).Sum(AlphaSpending.Of), 5);
        Assert.Equal(32.9, AlphaSpending.Threshold(1), 1);
    }

    [Fact]
    public void EBenjaminiHochberg_OfMixedEvidence_TakesTheLargestConsistentSet()
    {
        // Four values at 10 %: the first needs 40, two 20, three 13.3.
        Assert.Equal([true, false, true, false], EBenjaminiHochberg.Select([21, 1, 25, 12]));
        Assert.Equal([false, false, false, false], EBenjaminiHochberg.Select([19, 1, 25, 12]));
        Assert.Empty(EBenjaminiHochberg.Select([]));
    }

    [Fact]
    public void Wilson_OfKnownRates_IsTheTextbooks()
    {
        Assert.Equal((0.0552, 0.1744), (Math.Round(Wilson.Of(10, 100).Low, 4), Math.Round(Wilson.Of(10, 100).High, 4)));
        Assert.Equal((0, 1), (Wilson.Of(0, 0).Low, Wilson.Of(0, 0).High));
        Assert.False(Wilson.Trips(19, 19, 0, 1_000));
        Assert.True(Wilson.Trips(10, 20, 10, 1_000));
    }

    [Fact]
    public void HarmProcess_OfAnArmThatWasGoodForLong_FindsTheChange()
    {
        var harm = new HarmProcess();
        for (var i = 0; i < 500; i++)
        {
            harm.Add(0.5);
        }

        var until = 0;
        while (!harm.Harms && until < 100)
        {
            harm.Add(-0.5);
            until++;
        }

        Assert.True(harm.Harms);
        Assert.True(harm.Value < HarmProcess.Threshold);
    }

    [Fact]
    public void HarmProcess_OfEquals_StaysQuiet()
    {
        var random = new Random(7);
        var harm = new HarmProcess();

        for (var i = 0; i < 2_000; i++)
        {
            harm.Add(GateTrials.Pair(random, 0, 0.2));
        }

        Assert.False(harm.Harms);
    }

    [Fact]
    public void OffPolicy_OfAnotherPolicy_EstimatesWhatItWouldHaveEarned()
    {
        // Arm 1 earns 0.8, arm 0 0.2; logged with 30 % arm 1. The other policy always takes arm 1.
        var random = new Random(3);
        var logged = Enumerable.Range(0, 20_000).Select(_ =>
        {
            var arm = random.NextDouble() < 0.3 ? 1 : 0;
            var reward = random.NextDouble() < (arm == 1 ? 0.8 : 0.2) ? 1 : 0;
            return new LoggedDecision(arm == 1 ? 0.3 : 0.7, arm, reward, Predicted: 0.5, PredictedTarget: 0.5);
        }).ToList();

        var estimate = OffPolicy.Estimate(logged);

        Assert.Equal(0.8, estimate.Ips, 1);
        Assert.Equal(0.8, estimate.DoublyRobust, 1);
        Assert.InRange(estimate.EffectiveSamples, 5_800, 6_200);
        Assert.False(OffPolicy.Estimate([.. logged.Take(40)]).Enough);
        Assert.Throws<ArgumentException>(() => OffPolicy.Estimate([new LoggedDecision(0, 1, 1)]));
    }

    [Fact]
    public void ThompsonSampler_OfLearnedArms_PicksTheBestChallengersAndNeverTheIncumbent()
    {
        var sampler = new ThompsonSampler(classes: 2, arms: 4);
        var random = new Random(5);
        for (var i = 0; i < 400; i++)
        {
            sampler.Observe(i / 4 % 2, i % 4, i % 4 / 4.0);
        }

        var picks = Enumerable.Range(0, 200).SelectMany(_ => sampler.Challengers(1, incumbent: 3, count: 1, random)).ToList();

        Assert.DoesNotContain(3, picks);
        Assert.True(picks.Count(arm => arm == 2) > 190);
        Assert.Equal([0, 1, 2], sampler.Challengers(1, incumbent: 3, count: 9, random).Order());
    }

    [Fact]
    public void ThompsonSampler_OfAnUnseenCell_BelievesTheArmsOverallMean()
    {
        var sampler = new ThompsonSampler(2, 2);
        for (var i = 0; i < 100; i++)
        {
            sampler.Observe(0, 0, 1);
            sampler.Observe(0, 1, 0);
        }

        Assert.Equal(1, sampler.Belief(1, 0).Mean, 1);
        Assert.Equal(0, sampler.Belief(1, 1).Mean, 1);
        Assert.True(sampler.Belief(1, 0).Deviation > sampler.Belief(0, 0).Deviation);
    }

    [Fact]
    public void Assignment_OfManyEpisodes_KeepsItsSharesAndNeverMovesAnEpisode()
    {
        var lanes = Enumerable.Range(0, 10_000).Select(i => Assignment.Of("t:route", $"run {i}", 0.25)).ToList();

        Assert.InRange(lanes.Count(lane => lane.Lane == Lane.Holdback), 900, 1_100);
        Assert.InRange(lanes.Count(lane => lane.Lane == Lane.Canary), 2_350, 2_650);
        Assert.All(lanes, lane => Assert.True(lane.Propensity > 0));
        // Who is held back stays so at every stage, or the meter would compare others each time.
        Assert.All(Enumerable.Range(0, 500), i => Assert.Equal(lanes[i].Lane == Lane.Holdback, Assignment.Of("t:route", $"run {i}", 0.5).Lane == Lane.Holdback));
    }
}
