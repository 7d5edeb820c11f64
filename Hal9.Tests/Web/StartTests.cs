using Hal9.Tests.Support;

namespace Hal9.Tests.Web;

/// <summary>A setting that would have no effect, or a part that is not released, stops the start and is named.</summary>
public sealed class StartTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("Hal9:Modles:Tiers:Strong", "x", "Hal9:Modles")]
    [InlineData("Hal9:Codegen:Language", "x", "Hal9:Codegen")]
    [InlineData("Hal9:Telemetry:MetricToken", "0123456789abcdef", "MetricToken")]
    [InlineData("Hal9:Telemetry:MetricsToken", "short", "Hal9:Telemetry:MetricsToken")]
    [InlineData("Hal9:Telemetry:OtlpEndpoint", "file:///tmp/x", "Hal9:Telemetry:OtlpEndpoint")]
    [InlineData("Hal9:Runs:MaxRuns", "1", "MaxRuns")]
    [InlineData("Hal9:Data:Folder", "x", "Folder")]
    [InlineData("Hal9:Budgets:Limit", "1", "Limit")]
    [InlineData("Hal9:Models:Provider:x:Kind", "OpenAI", "Provider")]
    [InlineData("Hal9:Setup:Mail", "x", "Mail")]
    [InlineData("Hal9:Cluster:Mode", "Cluster", "Hal9:Cluster:Mode=Cluster is not released yet")]
    [InlineData("Hal9:Data:Provider", "PostgreSql", "Hal9:Data:Provider=PostgreSql is not released yet")]
    public async Task Start_WithASettingThatCannotWork_IsRefusedByName(string key, string value, string named)
    {
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => WebFixture.StartAsync(new() { [key] = value }));

        Assert.Contains(named, fault.ToString(), StringComparison.Ordinal);
    }
}
