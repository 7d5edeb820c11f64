using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Hal9.Engine.Models.Coats;

/// <summary>
/// No attempt without money: its worst case is set aside in the envelope and in the ledger, on disk, before it is made, and settled with the
/// stored answer in one transaction afterwards. Every way out settles or releases, a reader who walks away included. The stream of the provider is the gate's own: when
/// the caller has left it is read on for a while, because only its end says what it cost.
/// </summary>
internal sealed partial class BudgetGate(
    IChatClient inner, BudgetLedger ledger, CallBounds bounds, BudgetsOptions budgets, ModelTimeouts timeouts, TokenCounter counter, TimeProvider time, ILogger<BudgetGate> log) : Coat(inner)
{
    // Less than this is no answer: about a hundred words.
    private const int LeastShortened = 128;

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var call = CallOptions.Of(options);
        call.MaxOutputTokens = CallBounds.MostOutput(call.Ticket.Provider, call.Ticket.Model, call.MaxOutputTokens, call.Ticket.IsPassThrough);
        var hold = await ReserveAsync(call, messages, cancellationToken);
        call.Ticket.Attempt.Wire.Clock = call.Ticket.Context.Waiting;
        var begun = time.GetTimestamp();
        List<ChatResponseUpdate> updates = [];
        TimeSpan? firstToken = null;
        Exception? fault = null;
        var (ended, unread) = (false, false);
        using var own = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var leaving = cancellationToken.Register(() => Leave(call.Ticket.Context, own));
        try
        {
            await using var stream = OpenInner(messages, call, own.Token);
            while (true)
            {
                (var moved, fault) = await stream.TryMoveAsync();
                if (!moved)
                {
                    ended = true;
                    break;
                }
                if (firstToken is null && stream.Current.HasContent())
                {
                    firstToken = time.GetElapsedTime(begun);
                }
                updates.Add(stream.Current);
                if (cancellationToken.IsCancellationRequested)
                {
                    unread = true;
                    continue;
                }
                yield return stream.Current;
            }
        }
        finally
        {
            await EndAsync(call, hold, new Ending(ended, fault, updates, time.GetElapsedTime(begun), firstToken) { Unread = unread });
        }
        if (unread)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
        if (fault is not null)
        {
            ExceptionDispatchInfo.Throw(fault);
        }
    }

    /// <summary>The caller stops the call at once, or has left: then the rest is read, for its usage.</summary>
    private void Leave(CallContext context, CancellationTokenSource own)
    {
        if (context.CallerLeft?.Invoke() == true && timeouts.DrainSeconds > 0)
        {
            own.CancelAfter(TimeSpan.FromSeconds(timeouts.DrainSeconds));
        }
        else
        {
            own.Cancel();
        }
    }

    private async Task<Hold> ReserveAsync(CallOptions call, IEnumerable<ChatMessage> messages, CancellationToken cancellationToken)
    {
        var (context, model) = (call.Ticket.Context, call.Ticket.Model);
        var now = time.GetUtcNow();
        var bound = bounds.Of(call.Ticket.Provider, model, messages, call, now);
        var price = bound.Price ?? throw new ModelCallFailed(
            ModelFault.Unpriced,
            $"There is no price for {model}, so it is not called. Set one under Hal9:Models:Prices (0 is allowed for a model of your own), or a ceiling price under Hal9:Budgets.");
        var attempt = new CallAttempt
        {
            Id = Guid.CreateVersion7(now),
            Attempt = context.Journal.AttemptsOf(context.Leaf) + 1,
            Model = model,
            Provenance = call.Ticket.Provider.Kind == ProviderKind.Offline ? Provenance.Offline : Provenance.Live,
            Reserved = price.WorstCase(bound.Input, bound.Output),
            StartedAt = now,
            OnLimit = call.Ticket.Ladder?.Taken ?? [],
        };
        var dimensions = new LedgerDimensions(
            context.TenantId, context.UserId, context.KeyId, context.RunId, context.StepId, attempt.Id, context.Neuron, context.Layer, context.Kind, model.Provider, model.Model);
        var hold = new Hold(attempt, dimensions, price, bound.Input, bound.Output, bound.Surplus);
        if (context.Envelope.TryReserve(attempt.Reserved, hold.Tokens) is { } refusal)
        {
            throw new BudgetRefused(refusal);
        }
        var waitUntil = now + TimeSpan.FromSeconds(budgets.WaitSeconds);
        var order = new ReserveOrder(dimensions, attempt.Reserved, hold.Tokens, waitUntil < call.Ticket.Deadline ? waitUntil : call.Ticket.Deadline)
        {
            RefuseWhenUsedUp = context.IsFirst,
            Tried = call.Ticket.Ladder?.Tried ?? [],
        };
        if (call.ResponseFormat is not ChatResponseFormatJson)
        {
            // JSON that is cut off is worth nothing, so only words are shortened.
            order = order with { Shorten = (money, tokens) => Shorten(order, hold, money, tokens) };
        }
        try
        {
            // Made before it is known whether the ledger shortens the call: that is rare, and what is long to write is not written on the writer's thread.
            var starting = context.Journal.Starting(context, attempt);
            var granted = await ledger.ReserveAsync(
                order,
                (batch, granted) => (granted.ShortenedBy is null ? starting : context.Journal.Starting(context, Shortened(hold, granted).Attempt))(batch),
                cancellationToken);
            if (granted.ShortenedBy is not null)
            {
                var shorter = Shortened(hold, granted);
                context.Envelope.Settle(attempt.Reserved - shorter.Attempt.Reserved, hold.Tokens - shorter.Tokens, Usd.Zero, 0);
                hold = shorter;
                call.MaxOutputTokens = (int)(shorter.Output - bound.Surplus.Output);
            }
        }
        catch
        {
            context.Envelope.Settle(attempt.Reserved, hold.Tokens, Usd.Zero, 0);
            throw;
        }
        call.Ticket.Attempt.Stored = hold.Attempt;
        return hold;
    }

    /// <summary>The same call with the longest answer that fits; null when that would be no answer.</summary>
    private static ReserveOrder? Shorten(ReserveOrder order, Hold hold, Usd? money, long? tokens)
    {
        // Half-open: what fits, and what does not. A price rises with the length, whatever its tiers.
        var (fits, over) = (LeastShortened + hold.Surplus.Output, hold.Output);
        if (fits >= over || !Fits(fits))
        {
            return null;
        }
        while (over - fits > 1)
        {
            var middle = (fits + over) / 2;
            (fits, over) = Fits(middle) ? (middle, over) : (fits, middle);
        }
        return order with { Amount = hold.Price.WorstCase(hold.Input, fits), Tokens = hold.Input + fits };

        bool Fits(long output) => (money is not { } most || hold.Price.WorstCase(hold.Input, output) <= most) && (tokens is not { } limit || hold.Input + output <= limit);
    }

    private static Hold Shortened(Hold hold, Granted granted)
    {
        var output = granted.Order.Tokens - hold.Input;
        var by = granted.ShortenedBy!;
        var step = new LadderTaken(
            LadderStep.Clamp, by.BudgetId, by.Scope, $"The answer is limited to {output - hold.Surplus.Output} instead of {hold.Output - hold.Surplus.Output} tokens. {by.Reason}");
        return hold with { Attempt = hold.Attempt with { Reserved = granted.Order.Amount, OnLimit = [.. hold.Attempt.OnLimit, step] }, Output = output };
    }

    private async Task EndAsync(CallOptions call, Hold hold, Ending ending)
    {
        var (context, attempt) = (call.Ticket.Context, call.Ticket.Attempt);
        // What was stopped before it was sent costs nothing either.
        attempt.Wire.NotCharged |= call.Ticket.Provider.Kind != ProviderKind.Offline && !attempt.Wire.Sent;
        var (outcome, cost, usage) = Outcome(call.Ticket, hold, ending);
        if (cost > hold.Attempt.Reserved || usage.Total > hold.Tokens)
        {
            counter.Learn(hold.Attempt.Model, new TokenSurplus(usage.Input - hold.Input + hold.Surplus.Input, usage.Output - hold.Output + hold.Surplus.Output));
        }
        try
        {
            // Never cancelled: what was reserved must be settled even when nobody waits for the answer any more.
            if (attempt.Wire.NotCharged || (ending.Fault is not null && attempt.Usage is null))
            {
                await ledger.ReleaseAsync(hold.Dimensions, outcome.Error ?? "Nothing was used.", context.Journal.Ending(context, hold.Attempt, outcome), CancellationToken.None);
            }
            else
            {
                var settlement = new Settlement(cost, usage, hold.Price.Version, outcome.UsageEstimated ? ["estimated"] : [], outcome.Error);
                if (context.IsLast && outcome.Status == CallStatus.Succeeded)
                {
                    context.Journal.EndLater(context, hold.Attempt, outcome, batch => ledger.Settle(batch, hold.Dimensions, settlement, static _ => { }));
                }
                else
                {
                    await ledger.SettleAsync(hold.Dimensions, settlement, context.Journal.Ending(context, hold.Attempt, outcome), CancellationToken.None);
                }
            }
        }
        catch (InvalidOperationException e)
        {
            // The reservation is gone: whoever took the run over has settled it at its worst case.
            SettledElsewhere(log, hold.Attempt.Id, e.Message);
            throw new RunTakenOver(context.RunId);
        }
        finally
        {
            context.Envelope.Settle(hold.Attempt.Reserved, hold.Tokens, cost, usage.Total);
        }
    }

    private static (CallOutcome Outcome, Usd Cost, TokenUsage Usage) Outcome(CallTicket ticket, Hold hold, Ending ending)
    {
        var reading = ticket.Attempt.Usage;
        var wire = ticket.Attempt.Wire;
        var usage = reading is null || wire.NotCharged ? default : reading.Usage;
        var estimated = reading?.Estimated == true && !wire.NotCharged;
        if (estimated)
        {
            usage = usage with { Input = Math.Min(usage.Input, hold.Input), Output = Math.Min(usage.Output, hold.Output) };
        }
        var cost = reading is null || wire.NotCharged ? Usd.Zero : hold.Price.CostOf(usage);
        if (estimated && cost > hold.Attempt.Reserved)
        {
            cost = hold.Attempt.Reserved;
        }
        var succeeded = ending is { Ended: true, Fault: null, Unread: false };
        return (new CallOutcome
        {
            Status = succeeded ? CallStatus.Succeeded : ending.Fault is null or OperationCanceledException ? CallStatus.Cancelled : CallStatus.Failed,
            Provenance = hold.Attempt.Provenance,
            Usage = usage,
            UsageEstimated = estimated,
            RawUsage = reading?.Raw,
            Cost = cost,
            Bill = reading is null || wire.NotCharged ? [] : hold.Price.BillOf(usage),
            PriceVersion = hold.Price.Version,
            Milliseconds = (long)ending.Took.TotalMilliseconds,
            FirstTokenMilliseconds = (long?)ending.FirstToken?.TotalMilliseconds,
            Error = ending.Fault switch
            {
                null => succeeded ? null : ending.Ended ? "The caller left; the rest was read to learn what it cost." : "The reader left before the answer was complete.",
                OperationCanceledException => "Cancelled.",
                ModelCallFailed failed => failed.Message,
                _ => $"{ticket.Model} failed: {ending.Fault.GetType().Name}.",
            },
            Response = succeeded ? ending.Updates.ToChatResponse() : null,
        }, cost, usage);
    }

    private sealed record Hold(CallAttempt Attempt, LedgerDimensions Dimensions, ModelPrice Price, long Input, long Output, TokenSurplus Surplus)
    {
        public long Tokens => Input + Output;
    }

    private sealed record Ending(bool Ended, Exception? Fault, List<ChatResponseUpdate> Updates, TimeSpan Took, TimeSpan? FirstToken)
    {
        /// <summary>Something came after the caller had left.</summary>
        public bool Unread { get; init; }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The reservation of call {CallId} was settled elsewhere: {Reason}")]
    private static partial void SettledElsewhere(ILogger log, Guid callId, string reason);
}
