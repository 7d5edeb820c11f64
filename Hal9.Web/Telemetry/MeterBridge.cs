using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Data.Common;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using Hal9.Engine.Budgets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Prometheus;

namespace Hal9.Web.Telemetry;

/// <summary>
/// Carries the instruments of the catalogue to Prometheus, from start-up on. prometheus-net's own adapter renames standard instruments and
/// loses what was recorded before the first scrape; this one keeps the names and bounds the labels.
/// </summary>
internal sealed partial class MeterBridge : IHostedService, IDisposable
{
    private readonly MeterListener listener = new();
    private readonly FrozenDictionary<(string Meter, string Instrument), Target> targets;

    public MeterBridge(IOptions<TelemetryOptions> options, BudgetUse? budgets = null, ILogger<MeterBridge>? logger = null)
    {
        // A registry of its own: two hosts in one process must not share numbers.
        Registry = Metrics.NewCustomRegistry();
        DotNetStats.Register(Registry);
        var factory = Metrics.WithCustomRegistry(Registry);
        factory.ExemplarBehavior = ExemplarBehavior.NoExemplars();
        targets = MetricCatalogue.All.ToFrozenDictionary(spec => (spec.Meter, spec.Instrument), spec => new Target(spec, factory, options.Value.MaxLabelValues));
        factory.CreateGauge("hal9_build_info", "The running version; always 1.", "version", "runtime")
            .WithLabels(
                typeof(MeterBridge).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown", Environment.Version.ToString())
            .Set(1);
        listener.InstrumentPublished = (instrument, toEnable) =>
        {
            if (targets.TryGetValue((instrument.Meter.Name, instrument.Name), out var target))
            {
                toEnable.EnableMeasurementEvents(instrument, target);
            }
        };
        listener.SetMeasurementEventCallback<double>(static (instrument, value, tags, state) => ((Target)state!).Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>(static (instrument, value, tags, state) => ((Target)state!).Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>(static (instrument, value, tags, state) => ((Target)state!).Record(instrument, value, tags));
        Registry.AddBeforeCollectCallback(async cancellationToken =>
        {
            if (budgets is not null)
            {
                await RefreshAsync(budgets, logger ?? NullLogger<MeterBridge>.Instance, cancellationToken);
            }
            Observe();
        });
    }

    /// <summary>What a scrape reads.</summary>
    public CollectorRegistry Registry { get; }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => listener.Dispose();

    private static async Task RefreshAsync(BudgetUse budgets, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            await budgets.RefreshAsync(cancellationToken);
        }
        catch (DbException e)
        {
            // The other metrics are wanted most when the database is in trouble.
            LogNotRead(logger, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "How full budgets are could not be read; this scrape goes without")]
    private static partial void LogNotRead(ILogger logger, Exception exception);

    private void Observe()
    {
        lock (listener)
        {
            foreach (var target in targets.Values)
            {
                target.BeginRound();
            }
            listener.RecordObservableInstruments();
            foreach (var target in targets.Values)
            {
                target.EndRound();
            }
        }
    }

    /// <summary>One metric and its bounded labels.</summary>
    private sealed class Target
    {
        private readonly MetricSpec spec;
        private readonly int most;
        private readonly ConcurrentDictionary<string, byte>[] seen;
        private readonly Counter? counter;
        private readonly Gauge? gauge;
        private readonly Histogram? histogram;
        private const int MostRecent = 16;
        private (KeyValuePair<string, object?>[] Values, ICollectorChild Child)[] recent = [];
        private HashSet<string[]>? round;
        private HashSet<string[]> before = new(LabelComparer.Instance);

        public Target(MetricSpec spec, IMetricFactory factory, int most)
        {
            this.spec = spec;
            this.most = most;
            seen = [.. spec.Labels.Select(_ => new ConcurrentDictionary<string, byte>())];
            switch (spec.Kind)
            {
                case MetricKind.Counter:
                    counter = factory.CreateCounter(spec.Name, spec.Help, spec.Labels);
                    break;
                case MetricKind.Gauge:
                    gauge = factory.CreateGauge(spec.Name, spec.Help, spec.Labels);
                    break;
                default:
                    histogram = factory.CreateHistogram(spec.Name, spec.Help, spec.Labels, new HistogramConfiguration { Buckets = spec.Buckets });
                    break;
            }
        }

        public void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (!instrument.IsObservable && gauge is null)
            {
                var child = ChildOf(instrument, tags);
                (child as ICounter)?.Inc(value);
                (child as IHistogram)?.Observe(value);
                return;
            }
            var labels = LabelsOf(instrument, tags);
            if (instrument.IsObservable)
            {
                // An observed counter tells its sum, not what came since.
                counter?.WithLabels(labels).IncTo(value);
            }
            else
            {
                counter?.WithLabels(labels).Inc(value);
            }
            histogram?.WithLabels(labels).Observe(value);
            if (gauge is not null)
            {
                if (instrument.IsObservable)
                {
                    round?.Add(labels);
                    gauge.WithLabels(labels).Set(value);
                }
                else if (instrument is UpDownCounter<long> or UpDownCounter<int> or UpDownCounter<double>)
                {
                    gauge.WithLabels(labels).Inc(value);
                }
                else
                {
                    gauge.WithLabels(labels).Set(value);
                }
            }
        }

        /// <summary>
        /// The series of these tags. Most measurements have tags that were seen just before, so the last few series are kept by the values of their tags: that
        /// spares the texts, the labels and their look-up.
        /// </summary>
        private ICollectorChild ChildOf(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var kept = recent;
            foreach (var (values, child) in kept)
            {
                if (IsOf(values, tags))
                {
                    return child;
                }
            }
            var labels = LabelsOf(instrument, tags);
            ICollectorChild found = counter is not null ? counter.WithLabels(labels) : histogram!.WithLabels(labels);
            recent = [(tags.ToArray(), found), .. kept.Take(MostRecent - 1)];
            return found;
        }

        private static bool IsOf(KeyValuePair<string, object?>[] values, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (values.Length != tags.Length)
            {
                return false;
            }
            for (var i = 0; i < values.Length; i++)
            {
                if (!ReferenceEquals(values[i].Key, tags[i].Key) || !Equals(values[i].Value, tags[i].Value))
                {
                    return false;
                }
            }
            return true;
        }

        public void BeginRound() => round = new HashSet<string[]>(LabelComparer.Instance);

        /// <summary>What an observable gauge no longer reports is gone, not frozen at its last value.</summary>
        public void EndRound()
        {
            foreach (var gone in before.Where(labels => !round!.Contains(labels)))
            {
                gauge!.RemoveLabelled(gone);
            }
            before = round!;
            round = null;
        }

        private string[] LabelsOf(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var labels = new string[spec.Tags.Length];
            for (var i = 0; i < labels.Length; i++)
            {
                labels[i] = spec.Tags[i] == "otel.scope.name" ? instrument.Meter.Name : "";
            }
            foreach (var (name, value) in tags)
            {
                var i = Array.IndexOf(spec.Tags, name);
                if (i >= 0)
                {
                    labels[i] = Bound(i, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
                }
            }
            return labels;
        }

        private string Bound(int label, string value)
        {
            var known = seen[label];
            return known.ContainsKey(value) || (known.Count < most && known.TryAdd(value, 0)) ? value : "other";
        }
    }

    private sealed class LabelComparer : IEqualityComparer<string[]>
    {
        public static LabelComparer Instance { get; } = new();

        public bool Equals(string[]? x, string[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(string[] obj)
        {
            var hash = new HashCode();
            foreach (var label in obj)
            {
                hash.Add(label);
            }
            return hash.ToHashCode();
        }
    }
}
