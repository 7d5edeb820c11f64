using Hal9.Engine;

namespace Hal9.Tests.Engine;

public sealed class UsdTests
{
    [Theory]
    [InlineData("0.25", 250_000_000)]
    [InlineData("0.000000001", 1)]
    [InlineData("-1", -1_000_000_000)]
    public void TryParse_PlainDecimal_IsExactNano(string text, long nano)
    {
        Assert.True(Usd.TryParse(text, out var usd));

        Assert.Equal(nano, usd.Nano);
        Assert.Equal(text, usd.ToString());
    }

    [Theory]
    [InlineData("1e3")]
    [InlineData("0.0000000001")]
    [InlineData("99999999999999")]
    [InlineData("")]
    public void TryParse_WhatIsNotAnExactAmount_IsRefused(string text) => Assert.False(Usd.TryParse(text, out _));
}
