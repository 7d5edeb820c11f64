using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Runs;

namespace Hal9.Tests.Engine.Runs;

public sealed class CalibrationTests
{
    private static readonly ModelRef Large = new("test", "large");
    private static readonly ModelRef Small = new("test", "small");

    [Fact]
    public void Expect_WithoutHistory_IsARuleOfThumbThatGrowsWithDepthAndGoal()
    {
        var quick = Expect(Calibration.None, Layer.L2);
        var deep = Expect(Calibration.None, Layer.L4);
        var longer = Expect(Calibration.None, Layer.L2, goal: 40_000);

        Assert.Equal((0, 0, 0), (quick.Runs, deep.Runs, longer.Runs));
        Assert.True(quick.Cost > Usd.Zero && deep.Cost > quick.Cost && longer.Cost > quick.Cost);
    }

    [Fact]
    public void Expect_FromRunsLikeIt_IsTheirAverageAtThePricesOfNow()
    {
        var calibration = new Calibration([Run(100, 10), Run(200, 20), Run(300, 30)]);

        var now = Expect(calibration, Layer.L2);
        var dearer = Expect(calibration, Layer.L2, inputPrice: 3_000_000);

        Assert.Equal((new Usd((200 * 1_000) + (20 * 2_000)), 220L, 3), (now.Cost!.Value, now.Tokens, now.Runs));
        Assert.Equal(new Usd((200 * 3_000) + (20 * 2_000)), dearer.Cost);
    }

    [Fact]
    public void Expect_OfALongerGoal_CarriesItInEachCall()
    {
        var calibration = new Calibration([Run(1000, 10, calls: 2), Run(1000, 10, calls: 2), Run(1000, 10, calls: 2)]);

        // 4,000 characters more are about 1,000 tokens, in each of two calls.
        Assert.Equal(2_000 * 1_000, Expect(calibration, Layer.L2, goal: 4_100).Cost!.Value.Nano - Expect(calibration, Layer.L2, goal: 100).Cost!.Value.Nano);
    }

    [Fact]
    public void Expect_WhenTheModelChanged_LearnsFromItsOwnRunsAsSoonAsThereAreEnough()
    {
        PastRun[] old = [.. Enumerable.Range(0, 10).Select(_ => Run(1000, 100, model: Large))];

        var before = Expect(new Calibration(old), Layer.L2);
        var after = Expect(new Calibration([Run(10, 1), Run(10, 1), Run(10, 1), .. old]), Layer.L2);

        Assert.Equal(1_100, before.Tokens);
        Assert.Equal(11, after.Tokens);
    }

    [Fact]
    public void Expect_OfAModelWithoutPrice_SaysNothingOfMoney() =>
        Assert.Null(Calibration.None.Expect(Layer.L2, 10, new Dictionary<Layer, ModelRef> { [Layer.L2] = Small }, static _ => null).Cost);

    [Fact]
    public void Errors_AreSharesOfTheLargerOne()
    {
        Assert.Equal((0, 0.5, 0.5, 1, 0), (Calibration.ErrorOf(new Usd(5), new Usd(5)), Calibration.ErrorOf(new Usd(5), new Usd(10)), Calibration.ErrorOf(new Usd(10), new Usd(5)),
            Calibration.ErrorOf(Usd.Zero, new Usd(5)), Calibration.ErrorOf(Usd.Zero, Usd.Zero)));
        Assert.Equal(0.25, new Calibration([Run(1, 1, cost: 10, quote: 5), Run(1, 1, cost: 10, quote: 10), Run(1, 1)]).TypicalError(Layer.L2));
        Assert.Null(Calibration.None.TypicalError(Layer.L2));
    }

    private static Expectation Expect(Calibration calibration, Layer entry, int goal = 100, long inputPrice = 1_000_000) => calibration.Expect(
        entry, goal, new Dictionary<Layer, ModelRef> { [Layer.L4] = Large, [Layer.L3] = Large, [Layer.L2] = Small },
        _ => new ModelPrice { Version = "test", Input = inputPrice, Output = 2_000_000 });

    private static PastRun Run(long input, long output, int calls = 1, ModelRef? model = null, long cost = 1, long? quote = null) =>
        new(Layer.L2, 100, new Usd(cost), quote is { } nano ? new Usd(nano) : null, [new LayerUse(Layer.L2, model ?? Small, calls, input, output)]);
}
