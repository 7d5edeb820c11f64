using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Hal9.Engine.Diagnostics;
using Hal9.Engine.Models;
using Hal9.Tests.Support;
using Microsoft.Extensions.AI;

namespace Hal9.Tests.Engine.Models;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Attempts_GiveASpanAndMeasurementsEach()
    {
        await using var bench = await ModelBench.StartAsync();
        var port = new Uri(bench.Provider.BaseUrl).Port;
        ConcurrentQueue<Activity> spans = [];
        ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)> measured = [];
        // Other tests measure at the same time: the port tells ours apart.
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == EngineTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (Equals(activity.GetTagItem("server.port"), port))
                {
                    spans.Enqueue(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var meters = new MeterListener { InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == EngineTelemetry.Name)
            {
                self.EnableMeasurementEvents(instrument);
            }
        } };
        meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        meters.Start();
        bench.Provider.Enqueue(ScriptedReply.Fail(Fault.ServerError), ScriptedReply.Of("Fine.") with { ChunkSize = 2, Usage = new ScriptedUsage(100, 20, Cached: 40) });

        await bench.AskAsync("A secret question.", new ChatOptions { Temperature = 0.5f });

        Assert.Equal(["chat strong", "chat strong"], spans.Select(s => s.DisplayName));
        var (failed, fine) = (spans.First(), spans.Last());
        Assert.Equal((ActivityStatusCode.Error, nameof(ModelFault.ProviderError)), (failed.Status, failed.GetTagItem("error.type")));
        Assert.Equal(ActivityKind.Client, fine.Kind);
        Assert.Equal(("chat", "openai", 100L, 20L, 40L), (fine.GetTagItem("gen_ai.operation.name"), fine.GetTagItem("gen_ai.provider.name"),
            fine.GetTagItem("gen_ai.usage.input_tokens"), fine.GetTagItem("gen_ai.usage.output_tokens"), fine.GetTagItem("gen_ai.usage.cache_read.input_tokens")));
        Assert.DoesNotContain(spans.SelectMany(s => s.TagObjects), tag => tag.Value?.ToString()?.Contains("secret", StringComparison.Ordinal) == true);
        Assert.Equal(2, measured.Count(m => m.Name == EngineTelemetry.OperationDuration));
        Assert.Single(measured, m => m.Name == EngineTelemetry.TimeToFirstChunk);
        Assert.Equal(2, measured.Count(m => m.Name == EngineTelemetry.TimePerOutputChunk && m.Value >= 0 && m.Tags.ContainsKey("gen_ai.response.model")));
        Assert.Equal([("input", 100d), ("output", 20d)], measured.Where(m => m.Name == EngineTelemetry.TokenUsage).Select(m => ((string)m.Tags["gen_ai.token.type"]!, m.Value)));

        void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var read = tags.ToArray().ToDictionary();
            if (read.TryGetValue("server.port", out var at) && Equals(at, port))
            {
                measured.Enqueue((instrument.Name, value, read));
            }
        }
    }
}
