using Hal9.Engine.Codegen.Verification;

namespace Hal9.Tests.Engine.Codegen.Verification;

/// <summary>A small project that is right, and ways to spoil it.</summary>
internal static class Samples
{
    public const string Basket = """
        namespace Shop;

        /// <summary>Sums prices.</summary>
        public sealed class Basket
        {
            private readonly List<int> prices = [];

            public int Count => prices.Count;

            public void Add(int cents)
            {
                if (cents < 0)
                {
                    throw new ArgumentOutOfRangeException(nameof(cents));
                }
                prices.Add(cents);
            }

            public int Total()
            {
                var sum = prices.Sum();
                return sum >= 1000 ? sum - sum / 10 : sum;
            }
        }
        """;

    private const string Unit = """
        using Xunit;

        namespace Shop.Tests;

        public sealed class BasketUnitTests
        {
            [Fact]
            public void Empty_HasNothing()
            {
                var basket = new Basket();
                Assert.Equal(0, basket.Count);
                Assert.Equal(0, basket.Total());
            }
        }
        """;

    private const string Visible = """
        using Xunit;

        namespace Shop.Tests;

        public sealed class BasketVisibleTests
        {
            [Theory]
            [InlineData(999, 999)]
            [InlineData(1000, 900)]
            public void AC_1_Total_OfOnePrice(int price, int total)
            {
                var basket = new Basket();
                basket.Add(price);
                Assert.Equal(total, basket.Total());
                Assert.Equal(1, basket.Count);
            }
        }
        """;

    private const string HeldOut = """
        using Xunit;

        namespace Shop.Tests;

        public sealed class BasketHeldOutTests
        {
            [Fact]
            public void AC_2_Negative_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => new Basket().Add(-1));

            [Fact]
            public void AC_1_Total_OfTwo()
            {
                var basket = new Basket();
                basket.Add(0);
                basket.Add(2000);
                Assert.Equal(1800, basket.Total());
                Assert.Equal(2, basket.Count);
            }
        }
        """;

    /// <summary>The project with one file of the program, or with the parts that are given instead.</summary>
    public static VerificationInput With(string program = Basket, string unit = Unit, string visible = Visible, string heldOut = HeldOut, params string[] api)
    {
        var shown = new Dictionary<string, string> { ["tests/Visible.cs"] = visible };
        var hidden = new Dictionary<string, string> { ["tests/HeldOut.cs"] = heldOut };
        return new(
            Language.CSharp, ProjectKind.CSharpLib, new Dictionary<string, string> { ["src/Basket.cs"] = program }, new Dictionary<string, string> { ["tests/Unit.cs"] = unit },
            shown, hidden, api, VerificationInput.SealOf(shown, hidden), []);
    }

    /// <summary>The program with the body of <c>Total</c> replaced.</summary>
    public static VerificationInput WithTotal(string body) => With(Basket.Replace("var sum = prices.Sum();\n        return sum >= 1000 ? sum - sum / 10 : sum;", body, StringComparison.Ordinal));
}
