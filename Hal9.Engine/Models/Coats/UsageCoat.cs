using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Hal9.Engine.Budgets;
using Hal9.Engine.Diagnostics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Hal9.Engine.Models.Coats;

/// <summary>
/// Takes the provider's usage out of the stream and puts one normalised usage at its end. Without a usable one it counts here and says so.
/// However the stream ends, the attempt has a reading afterwards.
/// </summary>
internal sealed partial class UsageCoat(IChatClient inner, TokenCounter counter, ILogger<UsageCoat> log) : Coat(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var call = CallOptions.Of(options);
        var attempt = call.Ticket.Attempt;
        List<AIContent> received = [];
        UsageDetails? told = null;
        Exception? fault = null;
        var complete = false;
        ChatResponseUpdate? last = null;
        try
        {
            await using var stream = OpenInner(messages, call, cancellationToken);
            while (true)
            {
                (var moved, fault) = await stream.TryMoveAsync();
                if (!moved)
                {
                    complete = fault is null;
                    break;
                }
                last = stream.Current;
                foreach (var usage in last.Contents.OfType<UsageContent>().ToList())
                {
                    told = usage.Details;
                    last.Contents.Remove(usage);
                }
                received.AddRange(last.Contents);
                yield return last;
            }
        }
        finally
        {
            attempt.Usage = Read(call, messages, received, told, complete);
        }
        if (fault is not null)
        {
            ExceptionDispatchInfo.Throw(fault);
        }
        yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(Details(attempt.Usage!.Usage))])
        {
            ResponseId = last?.ResponseId,
            MessageId = last?.MessageId,
            ModelId = last?.ModelId,
            FinishReason = last?.FinishReason,
            CreatedAt = last?.CreatedAt,
        };
    }

    private UsageReading Read(CallOptions call, IEnumerable<ChatMessage> messages, List<AIContent> received, UsageDetails? told, bool complete)
    {
        var wire = call.Ticket.Attempt.Wire;
        var normalised = wire.Usage is { } usage
            ? call.Ticket.Provider.Kind == ProviderKind.Anthropic ? UsageNormaliser.Anthropic(usage) : UsageNormaliser.OpenAI(usage)
            : told is not null && !wire.Sent ? UsageNormaliser.Plain(told) : null;
        // A whole answer can still be a fault (no choice in it, say): what it cost is known all the same.
        complete |= wire.Finished;
        if (complete && normalised is { } whole)
        {
            return new UsageReading(whole, false, wire.RawUsage);
        }
        if (complete && wire.RawUsage is { } refused)
        {
            UsageRefused(log, call.Ticket.Model, refused);
            EngineMeters.UsageRefused(call.Ticket.Model.Provider, call.Ticket.Model.Model);
        }
        // A stream that broke off may have told its input already (Anthropic does, at its start); its output is counted from what came.
        var output = counter.Estimate(received);
        return normalised is { } begun
            ? new UsageReading(begun with { Output = Math.Max(output, begun.Output), Reasoning = 0 }, true, wire.RawUsage)
            : new UsageReading(new TokenUsage(counter.Estimate(messages, call), output), true, wire.RawUsage);
    }

    private static UsageDetails Details(TokenUsage usage)
    {
        var details = new UsageDetails
        {
            InputTokenCount = usage.Input,
            OutputTokenCount = usage.Output,
            TotalTokenCount = usage.Total,
            CachedInputTokenCount = usage.Cached,
            ReasoningTokenCount = usage.Reasoning,
        };
        if (usage.CacheWrite + usage.CacheWrite1h > 0)
        {
            details.AdditionalCounts = new() { ["cacheWriteTokens"] = usage.CacheWrite, ["cacheWrite1hTokens"] = usage.CacheWrite1h };
        }
        return details;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Model} told a usage that cannot be; the tokens were counted here instead: {Usage}")]
    private static partial void UsageRefused(ILogger log, ModelRef model, string usage);
}
