using System.Diagnostics.Metrics;
using System.Text;
using Hal9.Engine.Diagnostics;
using Hal9.Tests.Support;
using Hal9.Web.Telemetry;
using Microsoft.Extensions.Options;

namespace Hal9.Tests.Web.Telemetry;

public sealed class MeterBridgeTests
{
    [Fact]
    public async Task Histogram_UnderAStandardName_KeepsNameLabelsAndBuckets()
    {
        using var bridge = await StartAsync();
        using var meter = new Meter(EngineTelemetry.Name);
        var tokens = meter.CreateHistogram<long>(EngineTelemetry.TokenUsage, "{token}");

        tokens.Record(
            100, new("gen_ai.operation.name", "chat"), new("gen_ai.provider.name", "openai"), new("gen_ai.request.model", "gpt-4o"), new("gen_ai.token.type", "input"), new("user.id", "never"));

        var text = await ScrapeAsync(bridge);
        Assert.Contains("# TYPE gen_ai_client_token_usage histogram", text, StringComparison.Ordinal);
        Assert.Contains(
            "gen_ai_client_token_usage_bucket{gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"openai\",gen_ai_request_model=\"gpt-4o\",gen_ai_response_model=\"\",server_address=\"\",server_port=\"\",otel_scope_name=\"Hal9.Engine\",gen_ai_token_type=\"input\",le=\"256\"} 1",
            text, StringComparison.Ordinal);
        Assert.DoesNotContain("never", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LabelValues_BeyondTheLimit_BecomeOther()
    {
        using var bridge = await StartAsync(most: 10);
        using var meter = new Meter(EngineTelemetry.Name);
        var state = meter.CreateGauge<int>(EngineTelemetry.CircuitBreakerState);

        for (var i = 0; i < 30; i++)
        {
            state.Record(0, new KeyValuePair<string, object?>("provider", "p" + i));
        }

        var lines = (await ScrapeAsync(bridge)).Split('\n').Where(line => line.StartsWith("hal9_circuit_breaker_state{", StringComparison.Ordinal)).ToList();
        Assert.Equal(11, lines.Count);
        Assert.Contains(lines, line => line.Contains("\"other\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ObservableGauge_ThatIsSilent_Disappears()
    {
        using var bridge = await StartAsync();
        using var meter = new Meter(EngineTelemetry.Name);
        var providers = new List<string> { "one", "two" };
        meter.CreateObservableGauge(EngineTelemetry.CircuitBreakerState, () => providers.Select(p => new Measurement<int>(2, new KeyValuePair<string, object?>("provider", p))));

        var before = await ScrapeAsync(bridge);
        providers.Remove("two");
        var after = await ScrapeAsync(bridge);

        Assert.Contains("hal9_circuit_breaker_state{provider=\"two\"} 2", before, StringComparison.Ordinal);
        Assert.Contains("hal9_circuit_breaker_state{provider=\"one\"} 2", after, StringComparison.Ordinal);
        Assert.DoesNotContain("provider=\"two\"", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_FromStartUp_SatisfyPromtool()
    {
        using var bridge = await StartAsync();
        var text = await ScrapeAsync(bridge);
        Assert.All(MetricCatalogue.All, spec => Assert.Contains($"# HELP {spec.Name} ", text, StringComparison.Ordinal));

        await Promtool.CheckAsync(text, TestContext.Current.CancellationToken);
    }

    private static async Task<MeterBridge> StartAsync(int most = 200)
    {
        var bridge = new MeterBridge(Options.Create(new TelemetryOptions { MaxLabelValues = most }));
        await bridge.StartAsync(TestContext.Current.CancellationToken);
        return bridge;
    }

    private static async Task<string> ScrapeAsync(MeterBridge bridge)
    {
        using var stream = new MemoryStream();
        await bridge.Registry.CollectAndExportAsTextAsync(stream, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
