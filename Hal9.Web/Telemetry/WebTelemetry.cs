using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Hal9.Engine.Events;

namespace Hal9.Web.Telemetry;

/// <summary>The names under which the web host traces itself.</summary>
internal static class WebTelemetry
{
    /// <summary>Name of the activity source.</summary>
    public const string Name = "Hal9.Web";

    public static ActivitySource Source { get; } = new(Name);

    /// <summary>What the product adds to a chat completion: its time without that in which it waited for providers, by <c>mode</c>.</summary>
    public const string ChatOverhead = "hal9.chat.overhead";

    /// <summary>Upper bounds, in seconds.</summary>
    public static double[] OverheadBounds { get; } = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

    private static readonly Histogram<double> Overhead = new Meter(Name).CreateHistogram(
        ChatOverhead, "s", "Time of a chat completion that was not spent waiting for providers.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = OverheadBounds });

    public static void Measured(RunMode mode, TimeSpan overhead) =>
        Overhead.Record(overhead.TotalSeconds, new KeyValuePair<string, object?>("mode", JsonNamingPolicy.CamelCase.ConvertName(mode.ToString())));
}
