using Hal9.Tests.Support;

namespace Hal9.Tests.Journeys;

/// <summary>The small form of <c>Hal9.Benchmarks crash</c>.</summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Killed_three_times_the_product_ends_every_run_and_loses_nothing_that_it_had_told()
    {
        var report = await new CrashDriver(kills: 3, seed: 7, output.WriteLine).RunAsync(TestContext.Current.CancellationToken);

        Assert.Empty(report.Violations);
        Assert.Equal(3, report.Kills);
        Assert.True(report.Resumed > 0, "no run was on its way at any kill: the moments are not spread over the runs");
        Assert.True(report.Events > 0, "nothing had been seen before the kills");
    }
}
