using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Hal9.Engine.Budgets;
using Hal9.Engine.Diagnostics;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Models.Coats;

/// <summary>One <c>chat</c> span and its measurements per attempt, with OpenTelemetry's names for generative AI. Contents are never recorded.</summary>
internal sealed class TelemetryCoat(IChatClient inner, TimeProvider time) : Coat(inner)
{
    private static readonly Histogram<long> Tokens = EngineTelemetry.Meter.CreateHistogram(
        EngineTelemetry.TokenUsage, "{token}", "Tokens used by model calls.", advice: new InstrumentAdvice<long>
        { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864] });

    private static readonly Histogram<double> Duration = EngineTelemetry.Meter.CreateHistogram(
        EngineTelemetry.OperationDuration, "s", "Duration of attempts of model calls.", advice: Seconds);

    private static readonly Histogram<double> FirstChunk = EngineTelemetry.Meter.CreateHistogram(
        EngineTelemetry.TimeToFirstChunk, "s", "Time to the first content of a model call.", advice: Seconds);

    private static readonly Histogram<double> PerChunk = EngineTelemetry.Meter.CreateHistogram(
        EngineTelemetry.TimePerOutputChunk, "s", "Time between two pieces of content of a model call.", advice: Seconds);

    private static InstrumentAdvice<double> Seconds => new()
    { HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] };

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var call = CallOptions.Of(options);
        var begun = time.GetTimestamp();
        var seen = new Seen();
        Exception? fault = null;
        var ended = false;
        TagList? tags = null;
        var activity = Start(call);
        try
        {
            await using var stream = OpenInner(messages, call, cancellationToken);
            while (true)
            {
                (var moved, fault) = await stream.TryMoveAsync();
                if (!moved)
                {
                    ended = true;
                    break;
                }
                if (seen.Take(stream.Current, time.GetElapsedTime(begun)) is { } between)
                {
                    PerChunk.Record(between.TotalSeconds, tags ??= Tags(call.Ticket, seen.Model));
                }
                yield return stream.Current;
            }
        }
        finally
        {
            End(call, activity, seen, time.GetElapsedTime(begun), ended ? fault : new OperationCanceledException(cancellationToken));
        }
        if (fault is not null)
        {
            ExceptionDispatchInfo.Throw(fault);
        }
    }

    private static Activity? Start(CallOptions call)
    {
        var ticket = call.Ticket;
        var activity = EngineTelemetry.Source.StartActivity($"chat {ticket.Model.Model}", ActivityKind.Client);
        if (activity is { IsAllDataRequested: true })
        {
            foreach (var (name, value) in Tags(ticket))
            {
                activity.SetTag(name, value);
            }
            activity.SetTag("gen_ai.request.stream", true);
            activity.SetTag("gen_ai.request.max_tokens", call.MaxOutputTokens);
            activity.SetTag("gen_ai.request.temperature", call.Temperature);
            activity.SetTag("gen_ai.request.top_p", call.TopP);
            activity.SetTag("gen_ai.output.type", call.ResponseFormat is ChatResponseFormatJson ? "json" : "text");
            activity.SetTag("gen_ai.agent.name", ticket.Context.Neuron);
            activity.SetTag("hal9.run.id", ticket.Context.RunId);
            activity.SetTag("hal9.step.id", ticket.Context.StepId);
            activity.SetTag("hal9.layer", ticket.Context.Layer.ToString());
        }
        return activity;
    }

    private static void End(CallOptions call, Activity? activity, Seen seen, TimeSpan took, Exception? fault)
    {
        var tags = Tags(call.Ticket, seen.Model);
        // An attempt that was never made (no money, open circuit) took no tokens.
        if (call.Ticket.Attempt is { Stored: not null, Wire.NotCharged: false, Usage: { } reading })
        {
            Tokens.Record(reading.Usage.Input, [.. tags, new("gen_ai.token.type", "input")]);
            Tokens.Record(reading.Usage.Output, [.. tags, new("gen_ai.token.type", "output")]);
            activity?.SetTag("gen_ai.usage.input_tokens", reading.Usage.Input);
            activity?.SetTag("gen_ai.usage.output_tokens", reading.Usage.Output);
            activity?.SetTag("gen_ai.usage.cache_read.input_tokens", reading.Usage.Cached);
            activity?.SetTag("gen_ai.usage.cache_creation.input_tokens", reading.Usage.CacheWrite + reading.Usage.CacheWrite1h);
            activity?.SetTag("gen_ai.usage.reasoning.output_tokens", reading.Usage.Reasoning);
        }
        if (seen.First is { } first)
        {
            FirstChunk.Record(first.TotalSeconds, tags);
            activity?.SetTag("gen_ai.response.time_to_first_chunk", first.TotalSeconds);
        }
        if (fault is not null)
        {
            var type = Type(fault);
            tags.Add("error.type", type);
            activity?.SetTag("error.type", type);
            activity?.SetStatus(ActivityStatusCode.Error, fault is ModelCallFailed or BudgetRefused ? fault.Message : type);
        }
        Duration.Record(took.TotalSeconds, tags);
        activity?.SetTag("gen_ai.response.id", seen.Id);
        activity?.SetTag("gen_ai.response.model", seen.Model);
        activity?.SetTag("gen_ai.response.finish_reasons", seen.Finish is { } finish ? new[] { finish } : null);
        activity?.Dispose();
    }

    private static string Type(Exception fault) => fault switch
    {
        ModelCallFailed failed => failed.Fault.ToString(),
        BudgetRefused => nameof(BudgetRefused),
        OperationCanceledException => "Cancelled",
        _ => fault.GetType().Name,
    };

    private static TagList Tags(CallTicket ticket, string? answered = null)
    {
        var tags = new TagList
        {
            { "gen_ai.operation.name", "chat" },
            { "gen_ai.provider.name", ticket.Provider.Kind switch { ProviderKind.OpenAI => "openai", ProviderKind.Anthropic => "anthropic", _ => "hal9.offline" } },
            { "gen_ai.request.model", ticket.Model.Model },
        };
        if (ticket.Provider.Address is { } address)
        {
            tags.Add("server.address", address.Host);
            tags.Add("server.port", address.Port);
        }
        if (answered is not null)
        {
            tags.Add("gen_ai.response.model", answered);
        }
        return tags;
    }

    private sealed class Seen
    {
        private TimeSpan? last;

        public TimeSpan? First { get; private set; }

        public string? Id { get; private set; }

        public string? Model { get; private set; }

        public string? Finish { get; private set; }

        /// <summary>Takes an update in; returns the time since the last content, if it brings more.</summary>
        public TimeSpan? Take(ChatResponseUpdate update, TimeSpan at)
        {
            var content = update.HasContent();
            var between = content ? at - last : null;
            First ??= content ? at : null;
            last = content ? at : last;
            Id ??= update.ResponseId;
            Model ??= update.ModelId;
            Finish ??= update.FinishReason?.Value;
            return between;
        }
    }
}
