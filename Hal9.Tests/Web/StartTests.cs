using Hal9.Tests.Support;
using Hal9.Web;
using Microsoft.Extensions.Configuration;

namespace Hal9.Tests.Web;

/// <summary>A setting that would have no effect, or a part that is not released, stops the start and is named.</summary>
public sealed class StartTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("Hal9:Models:Providers:x:Kid", "OpenAI", "Hal9:Models:Providers:x:Kid is not a known setting.")]
    [InlineData("Hal9:Models:Providers:x:Kind", "Open", "Hal9:Models:Providers:x:Kind is 'Open', which cannot be read; it is one of OpenAI, Anthropic, Offline.")]
    [InlineData("Hal9:Models:Timeouts:TotalSeconds", "soon", "Hal9:Models:Timeouts:TotalSeconds is 'soon', which cannot be read.")]
    [InlineData("Hal9:Modles:Tiers:Strong", "x", "Hal9:Modles is not a known setting.")]
    [InlineData("Hal9:Data:Provider", "PostgreSql", "Hal9:Data:Provider=PostgreSql is not released yet")]
    [InlineData("Hal9:Runs:MaxConcurrent", "0", "Hal9:Runs:MaxConcurrent must be between 1 and 10000.")]
    [InlineData("Hal9:Telemetry:MetricsTokenFile", "/nowhere", "Hal9:Telemetry:MetricsTokenFile: there is no file /nowhere.")]
    public async Task Mistake_OfTheOperator_IsExplainedInASentence(string key, string value, string says)
    {
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => WebFixture.StartAsync(new() { [key] = value }));

        Assert.StartsWith(says, StartFault.Explain(fault, new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build()), StringComparison.Ordinal);
    }

    [Fact]
    public void Fault_OfOurs_IsNotExplainedAway() =>
        Assert.Null(StartFault.Explain(new InvalidOperationException("Sequence contains no elements."), new ConfigurationBuilder().Build()));

    [Fact(Timeout = 60_000)]
    public async Task Process_ThatCannotStart_SaysWhyWithoutATrace()
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            await Hal9Process.StartAsync(new Dictionary<string, string?> { ["Hal9:Nope"] = "1" }, TestContext.Current.CancellationToken));

        Assert.Contains("HAL9 Console cannot start:", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Hal9:Nope is not a known setting", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Address_ThatIsNone_IsExplained() => Assert.StartsWith(
        "Invalid url: 'x' Set ASPNETCORE_URLS", StartFault.Explain(new FormatException("Invalid url: 'x'"), new ConfigurationBuilder().Build()), StringComparison.Ordinal);

    [Theory(Timeout = 60_000)]
    [InlineData("Hal9:Modles:Tiers:Strong", "x", "Hal9:Modles")]
    [InlineData("Hal9:Tools:Servers", "x", "Hal9:Tools is set, but this version does not have that part yet")]
    [InlineData("Hal9:Codegen:Language", "x", "Language")]
    [InlineData("Hal9:Sandbox:Level", "x", "Level")]
    [InlineData("Hal9:Learning:Rate", "x", "Rate")]
    [InlineData("Hal9:Telemetry:MetricToken", "0123456789abcdef", "MetricToken")]
    [InlineData("Hal9:Telemetry:MetricsToken", "short", "Hal9:Telemetry:MetricsToken")]
    [InlineData("Hal9:Telemetry:OtlpEndpoint", "file:///tmp/x", "Hal9:Telemetry:OtlpEndpoint")]
    [InlineData("Hal9:Runs:MaxRuns", "1", "MaxRuns")]
    [InlineData("Hal9:Data:Folder", "x", "Folder")]
    [InlineData("Hal9:Budgets:Limit", "1", "Limit")]
    [InlineData("Hal9:Models:Provider:x:Kind", "OpenAI", "Provider")]
    [InlineData("Hal9:Setup:Mail", "x", "Mail")]
    [InlineData("Hal9:Cluster:Mode", "Cluster", "Hal9:Cluster:Mode=Cluster is not released yet")]
    [InlineData("Hal9:Cluster:Redis", "localhost:6379", "Hal9:Cluster:Redis")]
    [InlineData("Hal9:Data:ConnectionString", "Host=localhost", "Hal9:Data:ConnectionString")]
    [InlineData("Hal9:Data:Provider", "PostgreSql", "Hal9:Data:Provider=PostgreSql is not released yet")]
    public async Task Start_WithASettingThatCannotWork_IsRefusedByName(string key, string value, string named)
    {
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => WebFixture.StartAsync(new() { [key] = value }));

        Assert.Contains(named, fault.ToString(), StringComparison.Ordinal);
    }
}
