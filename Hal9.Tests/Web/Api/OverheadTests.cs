using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Hal9.Tests.Support;

namespace Hal9.Tests.Web.Api;

/// <summary>What a reply says of our own part of its time is true: neither the provider's time nor less than nothing.</summary>
[Collection(Hal9HostCollection.Name)]
public sealed class OverheadTests(Hal9Host host)
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData("hal9/quick")]
    [InlineData("scripted/strong")]
    public async Task Overhead_OfACallWhoseProviderTakesItsTime_IsTheRest(string model)
    {
        host.Provider.Reset();
        var hold = new ScriptedGate();
        host.Provider.Enqueue(ScriptedReply.Of("Here it is.") with { Hold = hold });
        var begun = Stopwatch.GetTimestamp();
        var asking = host.Owner.ChatAsync(new JsonObject { ["model"] = model, ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "How long?" }) }, Now);
        await hold.Reached.WaitAsync(Now);
        var reached = Stopwatch.GetTimestamp();
        // The provider's own time is what is measured here; how long it is does not matter.
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(400));
        await timer.WaitForNextTickAsync(Now);
        var held = Stopwatch.GetElapsedTime(reached);
        hold.Open();
        var (_, _, headers) = await asking;
        var wall = Stopwatch.GetElapsedTime(begun);

        var overhead = double.Parse(Assert.Single(headers.GetValues("x-hal9-overhead-ms")), CultureInfo.InvariantCulture);

        Assert.InRange(overhead, 0.05, (wall - held).TotalMilliseconds);
    }
}
