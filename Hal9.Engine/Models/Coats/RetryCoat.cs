using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Hal9.Engine.Models.Providers;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Hal9.Engine.Models.Coats;

/// <summary>
/// Tries again what may pass: exponential waits with jitter, the provider's own Retry-After before ours, never after the first content, never
/// beyond the deadline. Then the configured fallbacks, in order; there are none unless configured. What a budget refuses goes down the budget's own ladder, whoever
/// named the model: the alternative is no answer, and who set the ladder pays.
/// </summary>
internal sealed partial class RetryCoat(
    IChatClient inner, ModelsOptions options, ProviderTable providers, CheaperModels cheaper, TimeProvider time, Func<double> random, ILogger<RetryCoat> log) : Coat(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? chatOptions = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var call = CallOptions.Of(chatOptions);
        var models = Models(call.Ticket);
        var ladder = new LadderWalk(cheaper);
        for (var choice = 0; ; choice++)
        {
            var last = choice == models.Count - 1;
            for (var attempt = 1; ; attempt++)
            {
                var ticket = call.Ticket with { Model = models[choice], Provider = providers.Of(models[choice]), Attempt = new AttemptState(), Ladder = ladder };
                var begun = false;
                Exception? fault;
                List<ChatResponseUpdate> held = [];
                await using (var stream = OpenInner(messages, call.With(ticket), cancellationToken))
                {
                    while (true)
                    {
                        (var moved, fault) = await stream.TryMoveAsync();
                        if (!moved)
                        {
                            break;
                        }
                        // What comes before the first content is held back: a second attempt would say it again.
                        if (!begun && !stream.Current.HasContent())
                        {
                            held.Add(stream.Current);
                            continue;
                        }
                        foreach (var update in held)
                        {
                            yield return update;
                        }
                        held.Clear();
                        begun = true;
                        yield return stream.Current;
                    }
                }
                call.Ticket.Attempt.Stored = ticket.Attempt.Stored;
                if (fault is null)
                {
                    foreach (var update in held)
                    {
                        yield return update;
                    }
                    yield break;
                }
                if (fault is Budgets.BudgetRefused refused && ladder.Next(ticket.Model, refused.Refusal) is { } instead)
                {
                    models[choice] = instead;
                    attempt = 0;
                    continue;
                }
                if (begun || cancellationToken.IsCancellationRequested || fault is not ModelCallFailed failed)
                {
                    ExceptionDispatchInfo.Throw(fault);
                    throw fault;
                }
                if (ticket.Attempt.Wire.Learned)
                {
                    // The endpoint lacks something that the request had: the next request leaves it out. Each lack is learned once.
                    continue;
                }
                if (!(failed.ShouldRetry ?? MayPass(failed.Fault)) || attempt >= options.Retry.Attempts)
                {
                    if (last || !MayFallBack(failed.Fault))
                    {
                        ExceptionDispatchInfo.Throw(fault);
                    }
                    FellBack(log, models[choice], models[choice + 1], failed.Message);
                    break;
                }
                var wait = Wait(attempt, failed);
                if (TooLong(failed, wait, ticket) is { } refusal)
                {
                    if (last)
                    {
                        throw refusal;
                    }
                    FellBack(log, models[choice], models[choice + 1], refusal.Message);
                    break;
                }
                Retried(log, ticket.Model, attempt, wait, failed.Message);
                await Task.Delay(wait, time, cancellationToken);
            }
        }
    }

    private List<ModelRef> Models(CallTicket ticket)
    {
        List<ModelRef> models = [ticket.Model];
        if (ticket.MayFallBack)
        {
            foreach (var text in options.Fallbacks)
            {
                if (ModelRef.TryParse(text, out var model) && !models.Contains(model))
                {
                    models.Add(model);
                }
            }
        }
        return models;
    }

    private static bool MayPass(ModelFault fault) =>
        fault is ModelFault.Unreachable or ModelFault.RateLimited or ModelFault.ProviderError or ModelFault.Timeout or ModelFault.BadResponse;

    private static bool MayFallBack(ModelFault fault) => MayPass(fault) || fault is ModelFault.CircuitOpen;

    private TimeSpan Wait(int attempt, ModelCallFailed failed)
    {
        var whole = Math.Min(options.Retry.MostDelaySeconds, options.Retry.FirstDelaySeconds * Math.Pow(2, attempt - 1));
        var own = TimeSpan.FromSeconds(whole * (0.5 + (random() / 2)));
        return failed.RetryAfter is { } asked && asked > own ? asked : own;
    }

    private ModelCallFailed? TooLong(ModelCallFailed failed, TimeSpan wait, CallTicket ticket)
    {
        var left = ticket.Deadline - time.GetUtcNow();
        var most = TimeSpan.FromSeconds(options.Retry.MostRetryAfterSeconds);
        if (failed.RetryAfter is { } asked && (asked > most || asked >= left))
        {
            var reason = asked > most
                ? $"more than the {most.TotalSeconds:0.###} s that a call waits for"
                : $"more than the {Math.Max(0, left.TotalSeconds):0.#} s that the call has left";
            return new ModelCallFailed(failed.Fault, string.Create(CultureInfo.InvariantCulture, $"{failed.Message} It asked to wait {asked.TotalSeconds:0.###} s (Retry-After), {reason}."), failed) { RetryAfter = asked };
        }
        return wait >= left ? failed : null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Model}: attempt {Attempt} failed, the next begins in {Wait}: {Reason}")]
    private static partial void Retried(ILogger log, ModelRef model, int attempt, TimeSpan wait, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Model} failed, {Fallback} is asked instead: {Reason}")]
    private static partial void FellBack(ILogger log, ModelRef model, ModelRef fallback, string reason);
}
