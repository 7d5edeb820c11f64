using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Storage;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Models;

/// <summary>One attempt of a model call, as it is stored.</summary>
public sealed record CallAttempt
{
    /// <summary>UUIDv7; also the reservation's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>1, 2, 3… within its leaf.</summary>
    public required int Attempt { get; init; }

    /// <summary>The model asked.</summary>
    public required ModelRef Model { get; init; }

    /// <summary>Where its answer will come from.</summary>
    public required Provenance Provenance { get; init; }

    /// <summary>What it was set aside for.</summary>
    public required Usd Reserved { get; init; }

    /// <summary>When it began (UTC).</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Steps of budgets' on-limit ladders that led to it as it is.</summary>
    public IReadOnlyList<LadderTaken> OnLimit { get; init; } = [];
}

/// <summary>How an attempt ended, as it is stored.</summary>
public sealed record CallOutcome
{
    /// <summary>How.</summary>
    public required CallStatus Status { get; init; }

    /// <summary>Where the answer comes from.</summary>
    public required Provenance Provenance { get; init; }

    /// <summary>Tokens, normalised.</summary>
    public TokenUsage Usage { get; init; }

    /// <summary>True when the tokens were counted or assumed here, because the provider did not say.</summary>
    public bool UsageEstimated { get; init; }

    /// <summary>The provider's usage as it came, JSON.</summary>
    public string? RawUsage { get; init; }

    /// <summary>What it cost.</summary>
    public Usd Cost { get; init; }

    /// <summary>What the cost is made of.</summary>
    public IReadOnlyList<BillLine> Bill { get; init; } = [];

    /// <summary>The version of the price used.</summary>
    public string? PriceVersion { get; init; }

    /// <summary>Duration, milliseconds.</summary>
    public long Milliseconds { get; init; }

    /// <summary>Time to the first content token, milliseconds.</summary>
    public long? FirstTokenMilliseconds { get; init; }

    /// <summary>What went wrong, readable, without secrets.</summary>
    public string? Error { get; init; }

    /// <summary>The whole answer, on success.</summary>
    public ChatResponse? Response { get; init; }
}

/// <summary>
/// The run's own record of its model calls. Runs implements it; the coats call it, and what it writes is written inside the ledger's
/// group, so that money and call are stored together or not at all.
/// </summary>
public interface ICallJournal
{
    /// <summary>The stored answer of a leaf that succeeded before, or null.</summary>
    ChatResponse? Replay(string leaf);

    /// <summary>Attempts that the leaf has had, from before a crash too: the next one's number is this plus one.</summary>
    int AttemptsOf(string leaf);

    /// <summary>
    /// What writes that an attempt begins, to be run in the writer's group that holds its reservation. It throws <see cref="RunTakenOver"/> when the run has a
    /// newer epoch; nothing is written then.
    /// </summary>
    Action<WriteBatch> Starting(CallContext context, CallAttempt attempt);

    /// <summary>The same for how an attempt ended, in the group that holds its settlement.</summary>
    Action<WriteBatch> Ending(CallContext context, CallAttempt attempt, CallOutcome outcome);

    /// <summary>
    /// Takes the success of a call after which its run ends (<see cref="CallContext.IsLast"/>): settlement and answer are written in the transaction of the
    /// run's end, and nobody is told of that end before.
    /// </summary>
    /// <param name="context">For whom.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="settle">Settles it inside that group; false when somebody else has.</param>
    void EndLater(CallContext context, CallAttempt attempt, CallOutcome outcome, Func<WriteBatch, bool> settle);

    /// <summary>Tells the watchers that what an attempt streamed is void.</summary>
    Task RestartedAsync(CallContext context, CallAttempt attempt, string reason, CancellationToken cancellationToken);
}

/// <summary>Another process owns the run now: this loop must stop without a trace.</summary>
public sealed class RunTakenOver(Guid runId) : Exception($"Run {runId} is owned by a newer epoch.")
{
    /// <summary>The run.</summary>
    public Guid RunId { get; } = runId;
}

/// <summary>What kind of failure a model call had, for people and for the retry coat.</summary>
public enum ModelFault
{
    /// <summary>The provider could not be reached or broke off.</summary>
    Unreachable,

    /// <summary>The provider refused because of its rate limit (429).</summary>
    RateLimited,

    /// <summary>The provider failed (5xx).</summary>
    ProviderError,

    /// <summary>The provider refused the request (400, 404, 413, 422).</summary>
    BadRequest,

    /// <summary>The provider refused our key (401, 403).</summary>
    Unauthorized,

    /// <summary>A time limit of ours passed.</summary>
    Timeout,

    /// <summary>The answer made no sense: not JSON, HTML, no choice, a stream cut short.</summary>
    BadResponse,

    /// <summary>Structured output that does not fit its schema, after one repair.</summary>
    BadStructure,

    /// <summary>No such provider or model is configured, or the provider does not know the model.</summary>
    UnknownModel,

    /// <summary>There is no price for the model and no ceiling price: it can't be paid, so it is not called.</summary>
    Unpriced,

    /// <summary>The circuit breaker is open: the provider failed too often just now.</summary>
    CircuitOpen,
}

/// <summary>A model call failed for good. The message is for people and holds no secret.</summary>
public sealed class ModelCallFailed(ModelFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What kind.</summary>
    public ModelFault Fault { get; } = fault;

    /// <summary>How long the provider asked to wait, if it did.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the provider asked to try again (<c>x-should-retry</c>); null: it did not say.</summary>
    public bool? ShouldRetry { get; init; }
}
