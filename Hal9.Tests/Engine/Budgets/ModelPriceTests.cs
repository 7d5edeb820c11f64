using System.Numerics;
using CsCheck;
using Hal9.Engine;
using Hal9.Engine.Budgets;

namespace Hal9.Tests.Engine.Budgets;

public sealed class ModelPriceTests
{
    private static readonly ModelPrice Full = new()
    {
        Version = "test", Input = 3_000_000, CachedInput = 300_000, CacheWrite = 3_750_000, CacheWrite1h = 6_000_000, Output = 15_000_000, Reasoning = 17_500_000, PerCallNano = 1_000,
        Above = [new PriceTier { Tokens = 200_000, Input = 6_000_000, Output = 22_500_000, PerCallNano = 2_000 }],
    };

    private static readonly Gen<ModelPrice> Prices =
        from rates in Gen.Select(Gen.Long[0, 100_000_000], Gen.Long[0, 100_000_000].Nullable(), Gen.Long[0, 200_000_000].Nullable(), Gen.Long[0, 200_000_000].Nullable())
        from output in Gen.Select(Gen.Long[0, 600_000_000], Gen.Long[0, 600_000_000].Nullable(), Gen.Long[0, 1_000_000_000])
        from tier in Gen.Select(Gen.Long[1, 500_000], Gen.Long[0, 100_000_000], Gen.Long[0, 600_000_000]).Nullable()
        select new ModelPrice
        {
            Version = "generated", Input = rates.Item1, CachedInput = rates.Item2, CacheWrite = rates.Item3, CacheWrite1h = rates.Item4,
            Output = output.Item1, Reasoning = output.Item2, PerCallNano = output.Item3,
            Above = tier is { } t ? [new PriceTier { Tokens = t.Item1, Input = t.Item2, Output = t.Item3, PerCallNano = output.Item3 }] : [],
        };

    private static readonly Gen<TokenUsage> Usages =
        from parts in Gen.Select(Gen.Long[0, 300_000], Gen.Long[0, 300_000], Gen.Long[0, 300_000], Gen.Long[0, 300_000])
        from output in Gen.Select(Gen.Long[0, 100_000], Gen.Long[0, 100_000])
        select new TokenUsage(parts.Item1 + parts.Item2 + parts.Item3 + parts.Item4, output.Item1 + output.Item2, parts.Item2, parts.Item3, parts.Item4, output.Item2);

    [Theory]
    // 1,000 x 3 + 500 x 15 USD per million.
    [InlineData(1000, 500, 0, 0, 0, 0, 10_501_000)]
    // Cached 400 x 0.3, written 100 x 3.75 and 50 x 6, plain 450 x 3; reasoning 200 x 17.5, plain 300 x 15.
    [InlineData(1000, 500, 400, 100, 50, 200, 10_146_000)]
    // At the edge the lower price holds; above it the whole request has the higher one.
    [InlineData(200_000, 0, 0, 0, 0, 0, 600_001_000)]
    [InlineData(200_001, 10, 0, 0, 0, 0, 1_200_233_000)]
    [InlineData(0, 0, 0, 0, 0, 0, 1_000)]
    public void CostOf_EachKindOfToken_HasItsOwnPrice(long input, long output, long cached, long write, long write1h, long reasoning, long nano)
    {
        var cost = Full.CostOf(new TokenUsage(input, output, cached, write, write1h, reasoning));

        Assert.Equal(nano, cost.Nano);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(499, 0)]
    [InlineData(500, 1)]
    public void CostOf_FractionsOfANano_RoundsHalfUpOnce(long pico, long nano) =>
        Assert.Equal(nano, new ModelPrice { Version = "t", Input = pico, Output = 0 }.CostOf(new TokenUsage(1, 0)).Nano);

    [Fact]
    public void CostOf_AnyPriceAndUsage_IsTheExactSumRoundedOnce() => Gen.Select(Prices, Usages).Sample((price, usage) =>
    {
        var above = price.Above.Count > 0 && usage.Input > price.Above[0].Tokens ? price.Above[0] : null;
        var (input, cached, write, write1h) = above is null
            ? (price.Input, price.CachedInput ?? price.Input, price.CacheWrite ?? price.Input, price.CacheWrite1h ?? price.CacheWrite ?? price.Input)
            : (above.Input, above.Input, above.Input, above.Input);
        var (output, reasoning) = above is null ? (price.Output, price.Reasoning ?? price.Output) : (above.Output, above.Output);
        var pico = ((BigInteger)(usage.Input - usage.Cached - usage.CacheWrite - usage.CacheWrite1h) * input) + ((BigInteger)usage.Cached * cached)
            + ((BigInteger)usage.CacheWrite * write) + ((BigInteger)usage.CacheWrite1h * write1h)
            + ((BigInteger)(usage.Output - usage.Reasoning) * output) + ((BigInteger)usage.Reasoning * reasoning);
        var remainder = pico % 1000;

        Assert.Equal((long)((pico / 1000) + (remainder >= 500 ? 1 : 0)) + price.PerCallNano, price.CostOf(usage).Nano);
    }, iter: 5000);

    [Fact]
    public void WorstCase_OfAnyUsageWithinItsBounds_IsNeverBelowTheCost() =>
        Gen.Select(Prices, Usages, Gen.Long[0, 10_000], Gen.Long[0, 10_000]).Sample((price, usage, moreInput, moreOutput) =>
        {
            var worst = price.WorstCase(usage.Input + moreInput, usage.Output + moreOutput);

            Assert.True(worst >= price.CostOf(usage));
            Assert.Equal(price.CostOf(usage), BillLine.Total(price.BillOf(usage)));
            Assert.True(price.ShownAt(usage.Input + moreInput).WorstCase(usage.Input + moreInput, usage.Output + moreOutput) >= price.CostOf(usage));
            Assert.Equal(price.CostOf(usage), price.ShownAt(usage.Input + moreInput).CostOf(usage));
        }, iter: 5000);

    [Fact]
    public void CostOf_BeyondAllMoney_ThrowsInsteadOfWrapping() =>
        Assert.Throws<OverflowException>(() => Full.CostOf(new TokenUsage(long.MaxValue / 2, long.MaxValue / 2)));
}
