using Bunit;
using Hal9.Engine;
using Hal9.Engine.Events;
using Hal9.Tests.Support;
using Hal9.Web.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Web.Shared;

public sealed class PartsTests : PartsContext
{
    [Fact]
    public void HalIconButton_HasItsLabelAsName()
    {
        var button = Render<HalIconButton>(p => p.Add(b => b.Label, "Copy the answer").Add(b => b.Shape, Glyphs.Copy)).Find("button");

        Assert.Equal("Copy the answer", button.GetAttribute("aria-label"));
        Assert.Equal("true", button.QuerySelector("svg")!.GetAttribute("aria-hidden"));
    }

    [Fact]
    public void StatusLook_OfEveryState_HasIconAndWord()
    {
        StatusLook[] looks = [.. Enum.GetValues<RunStatus>().Select(StatusLook.Of), .. Enum.GetValues<StepStatus>().Select(StatusLook.Of), .. Enum.GetValues<CallStatus>().Select(StatusLook.Of)];

        var words = Services.GetRequiredService<Words>();

        Assert.All(looks, look => Assert.True(look.Icon.Length > 0 && words.Of(look) != $"Status.{look.Name}"));
    }

    [Fact]
    public void ProvenanceChip_OfTheBuiltInModel_SaysThatItIsNoAi() =>
        Assert.Contains("rules, not AI", Render<ProvenanceChip>(p => p.Add(c => c.Value, Provenance.Offline)).Markup, StringComparison.Ordinal);

    [Fact]
    public void Money_KeepsTheExactAmountInReach()
    {
        var money = Render<Money>(p => p.Add(m => m.Value, new Usd(4_213_749))).Find("data");

        Assert.Equal("0.004213749", money.GetAttribute("value"));
        Assert.Equal("$0.004214", money.TextContent);
    }

    [Fact]
    public async Task RelativeTime_MovesOnWithTheClock()
    {
        var time = new FakeTimeProvider();
        var clock = new ViewerClock(time, TimeZoneInfo.Utc);
        var shown = Render<RelativeTime>(p => p.Add(t => t.At, time.GetUtcNow()).AddCascadingValue(clock));
        Assert.Equal("just now", shown.Find("time").TextContent);

        time.Advance(TimeSpan.FromMinutes(3));
        await shown.InvokeAsync(clock.Tick);

        Assert.Equal("3 min ago", shown.Find("time").TextContent);
    }

    [Fact]
    public void ErrorState_CarriesItsTraceAndItsWayOn()
    {
        var tries = 0;
        var error = Render<ErrorState>(p => p.Add(e => e.Title, "Failed").Add(e => e.TraceId, "abc").Add(e => e.OnRetry, () => tries++));

        error.Find("button").Click();

        Assert.Equal(1, tries);
        Assert.Contains("abc", error.Find("code").TextContent, StringComparison.Ordinal);
    }
}
