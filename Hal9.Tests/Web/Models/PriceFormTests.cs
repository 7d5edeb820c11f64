using Hal9.Web.Models;

namespace Hal9.Tests.Web.Models;

public sealed class PriceFormTests
{
    [Theory]
    [InlineData("0", 0.0)]
    [InlineData(" 0.25 ", 0.25)]
    [InlineData("0,25", 0.25)]
    [InlineData("1234", 1234.0)]
    public void Rate_WithAPointOrAComma_IsRead(string text, double rate) => Assert.Equal((decimal)rate, PriceForm.Read(text)!.Rate);

    [Theory]
    [InlineData("1,234.5")]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("a")]
    public void Rate_ThatIsNone_IsNotGuessed(string text) => Assert.Null(PriceForm.Read(text));

    [Fact]
    public void Rate_ThatIsLeftOut_IsNoZero() => Assert.Null(PriceForm.Read(" ")!.Rate);
}
