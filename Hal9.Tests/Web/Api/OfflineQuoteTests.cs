using Hal9.Engine;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Web.Api;

[Collection(WebCollection.Name)]
public sealed class OfflineQuoteTests(WebFixture host)
{
    [Fact]
    public async Task Quote_WhereEveryModelIsFree_IsNothingAtWorst()
    {
        var owner = await host.OwnerAsync(TestContext.Current.CancellationToken);

        var quote = await host.Services.GetRequiredService<RunService>().QuoteAsync(owner, new StartRun { Goal = "Compare three ways to archive mail.", Mode = RunMode.Deep }, TestContext.Current.CancellationToken);

        Assert.Equal(["offline/hal9"], quote.Models);
        Assert.Equal((Usd.Zero, Usd.Zero), (quote.Expected, quote.Worst));
    }
}
