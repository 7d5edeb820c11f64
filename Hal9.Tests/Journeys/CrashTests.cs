using Hal9.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Hal9.Tests.Journeys;

/// <summary>The small form of <c>Hal9.Benchmarks crash</c>.</summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Killed_three_times_the_product_loses_nothing_that_it_had_told_and_what_was_forged_at_a_fourth_is_noticed()
    {
        var driver = new CrashDriver(kills: 4, seed: 7, output.WriteLine) { Sabotage = ForgeAsync };

        var report = await driver.RunAsync(TestContext.Current.CancellationToken);

        Assert.Empty(report.Violations);
        Assert.Equal(4, report.Kills);
        Assert.True(report.Resumed > 0, "no run was on its way at any kill: the moments are not spread over the runs");
        Assert.True(report.Events > 0, "nothing had been seen before the kills");
        Assert.Contains(report.Sabotaged, v => v.Contains("was seen and is now", StringComparison.Ordinal) && v.Contains("coffee shop", StringComparison.Ordinal));
        Assert.Contains(report.Sabotaged, v => v.StartsWith("ledger entry 1 was ", StringComparison.Ordinal));
        Assert.Contains(report.Sabotaged, v => v.Contains("\"verdict\":\"altered\"", StringComparison.Ordinal));
    }

    private static async Task ForgeAsync(string data, CancellationToken cancellationToken)
    {
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(data, "hal9.db"), Pooling = false }.ToString());
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "UPDATE run_events SET data = replace(data, 'tea shop', 'coffee shop') WHERE number = 1; UPDATE ledger SET amount = amount + 1 WHERE seq = 1;";
        Assert.True(await command.ExecuteNonQueryAsync(cancellationToken) >= 2, "nothing was there to sabotage");
    }
}
