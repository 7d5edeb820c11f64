using Hal9.Engine;
using Hal9.Tests.Support;
using Hal9.Web.Shared;
using Microsoft.Extensions.Localization;

namespace Hal9.Tests.Web.Shared;

public sealed class TextTests
{
    private static readonly IStringLocalizer<SharedTexts> Texts = Speech.Of<SharedTexts>();
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 21, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, "$0.00")]
    [InlineData(1, "$0.000000001")]
    [InlineData(420_000, "$0.00042")]
    [InlineData(4_213_749, "$0.004214")]
    [InlineData(9_999_999, "$0.0100")]
    [InlineData(12_345_678, "$0.0123")]
    [InlineData(250_000_000, "$0.25")]
    [InlineData(1_234_567_890_123, "$1,234.57")]
    [InlineData(-420_000, "−$0.00042")]
    public void Money_IsShownWithItsSignificantDigits(long nano, string text) => Assert.Equal(text, Speech.In("en", () => MoneyText.Format(new Usd(nano))));

    [Theory]
    [InlineData(420_000, "0,00042 $")]
    [InlineData(1_234_567_890_123, "1.234,57 $")]
    [InlineData(-420_000, "−0,00042 $")]
    public void Money_InGerman_StandsBeforeItsSign(long nano, string text) => Assert.Equal(text.Replace(' ', '\u00a0'), Speech.In("de", () => MoneyText.Format(new Usd(nano))));

    [Theory]
    [InlineData(5, "just now")]
    [InlineData(42, "42 s ago")]
    [InlineData(180, "3 min ago")]
    [InlineData(7300, "2 h ago")]
    [InlineData(200_000, "2 d ago")]
    [InlineData(4_000_000, "7 Oct 2026")]
    public void Ago_SpeaksAsPeopleDo(int seconds, string text) => Assert.Equal(text, Speech.In("en", () => TimeText.Ago(Now.AddSeconds(-seconds), Now, TimeZoneInfo.Utc, Texts)));

    [Theory]
    [InlineData(5, "gerade eben")]
    [InlineData(180, "vor 3 min")]
    [InlineData(4_000_000, "7. Okt. 2026")]
    public void Ago_InGerman_SpeaksGerman(int seconds, string text) => Assert.Equal(text, Speech.In("de", () => TimeText.Ago(Now.AddSeconds(-seconds), Now, TimeZoneInfo.Utc, Texts)));

    [Fact]
    public void Absolute_NamesTheZone()
    {
        Assert.Equal("Sun 22 Nov 2026, 21:00:00 UTC", Speech.In("en", () => TimeText.Absolute(Now, TimeZoneInfo.Utc)));
        Assert.Equal("Mon 23 Nov 2026, 06:00:00 UTC+09:00", Speech.In("en", () => TimeText.Absolute(Now, ViewerClock.ZoneOf("Asia/Seoul"))));
        Assert.Equal("So 22. Nov. 2026, 21:00:00 UTC", Speech.In("de", () => TimeText.Absolute(Now, TimeZoneInfo.Utc)));
    }

    [Theory]
    [InlineData("Asia/Seoul", "Asia/Seoul")]
    [InlineData("../../etc/passwd", "UTC")]
    [InlineData("", "UTC")]
    [InlineData(null, "UTC")]
    public void ZoneOf_WhatABrowserSays_IsAZoneOrUtc(string? said, string id) => Assert.Equal(id, ViewerClock.ZoneOf(said).Id);

    [Theory]
    [InlineData(0.85, "850 ms")]
    [InlineData(12.44, "12.4 s")]
    [InlineData(200, "3 min 20 s")]
    [InlineData(7260, "2 h 1 min")]
    public void Length_HasFewDigits(double seconds, string text) => Assert.Equal(text, Speech.In("en", () => TimeText.Length(TimeSpan.FromSeconds(seconds))));
}
