using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Models;

namespace Hal9.Engine.Runs;

/// <summary>A run as its watchers see it: an immutable snapshot.</summary>
public sealed record RunView(
    Guid Id, RunKind Kind, string Goal, RunMode Mode, RunStatus Status, string? Answer, Guid? ConversationId, Guid UserId, Guid? KeyId,
    Usd Cost, Usd? Quote, Provenance Provenance, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, Refusal? Refusal, string? Error,
    IReadOnlyList<string> Tags, EnvelopeLimits Envelope, long LastEvent, StepView? Root)
{
    /// <summary>By how much the cost is above (or, negative, below) the quote, as a share of the quote; null: it has not ended, or there was no quote.</summary>
    public double? QuoteError => EndedAt is not null && Quote is { Nano: > 0 } quote ? (double)(Cost.Nano - quote.Nano) / quote.Nano : null;

    /// <summary>What budgets' on-limit ladders changed in its calls, each thing once.</summary>
    public IReadOnlyList<LadderTaken> OnLimit => [.. CallsOf(Root).SelectMany(call => call.OnLimit).Distinct()];

    private static IEnumerable<ModelCallView> CallsOf(StepView? step) => step is null ? [] : step.ModelCalls.Concat(step.Steps.SelectMany(CallsOf));
}

/// <summary>A step of a run's tree.</summary>
public sealed record StepView(
    Guid Id, Guid? ParentId, string Path, Layer Layer, string Neuron, StepStatus Status, string Goal, string? Result, string? Error, Usd Cost,
    DateTimeOffset StartedAt, DateTimeOffset? EndedAt, IReadOnlyList<ModelCallView> ModelCalls, IReadOnlyList<StepView> Steps)
{
    /// <summary>The money that its parent allowed it, with all below it; null: only the envelopes above limit it.</summary>
    public Usd? Plan { get; init; }
}

/// <summary>An attempt of a model call. <see cref="Leaf"/> groups the attempts of one call; its last part but one is the purpose.</summary>
public sealed record ModelCallView(
    Guid Id, string Leaf, int Attempt, string Provider, string Model, CallStatus Status, Provenance Provenance, TokenUsage Usage, Usd Reserved, Usd Cost,
    string? PriceVersion, bool UsageEstimated, long Milliseconds, long? FirstTokenMilliseconds, string? Error, DateTimeOffset StartedAt)
{
    /// <summary>What budgets' on-limit ladders changed in it.</summary>
    public IReadOnlyList<LadderTaken> OnLimit { get; init; } = [];
}

/// <summary>What is behind an attempt of a model call.</summary>
/// <param name="Prompt">What the model was asked, by source; empty for a pass-through, whose request is the run's own.</param>
/// <param name="Bill">What the cost is made of; empty when nothing was charged. Where tokens were estimated, the cost may be less than its sum.</param>
/// <param name="RawUsage">The provider's usage as it came, JSON.</param>
/// <param name="Answer">The answer's text, if it succeeded.</param>
public sealed record CallDetail(IReadOnlyList<CountedPart> Prompt, IReadOnlyList<BillLine> Bill, string? RawUsage, string? Answer);

/// <summary>A piece of a prompt with its size, counted here: about so many tokens.</summary>
public sealed record CountedPart(PromptSource Source, string Text, long Tokens);

/// <summary>The runs next to one in time, of those that the viewer may see.</summary>
public sealed record RunNeighbours(Guid? Newer, Guid? Older);

/// <summary>A run in a list.</summary>
public sealed record RunLine(
    Guid Id, RunKind Kind, string Goal, RunMode Mode, RunStatus Status, Usd Cost, Provenance Provenance, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, Guid UserId, string? Error);

/// <summary>A page of a list: items and where the next page begins.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Which runs a list shows. A text is looked for in the goals of the newest 50,000 runs.</summary>
public sealed record RunFilter(RunStatus? Status = null, RunKind? Kind = null, string? Text = null, string? After = null, int Limit = 50)
{
    /// <summary>How deep; null: any.</summary>
    public RunMode? Mode { get; init; }

    /// <summary>Ended at this instant or later; null: whenever, or not yet.</summary>
    public DateTimeOffset? EndedFrom { get; init; }

    /// <summary>Ended before this instant; null: whenever, or not yet.</summary>
    public DateTimeOffset? EndedBefore { get; init; }

    /// <summary>Whose; null: everybody's.</summary>
    public Guid? UserId { get; init; }

    /// <summary>With which API key; empty: without one; null: with any or none.</summary>
    public Guid? KeyId { get; init; }

    /// <summary>With a call to this <c>provider/model</c>.</summary>
    public string? Model { get; init; }

    /// <summary>With a call to this provider.</summary>
    public string? Provider { get; init; }

    /// <summary>With a step of this neuron.</summary>
    public string? Neuron { get; init; }

    /// <summary>With a step on this layer.</summary>
    public Layer? Layer { get; init; }

    /// <summary>With this label.</summary>
    public string? Tag { get; init; }

    /// <summary>What decides the order. A cursor belongs to the order in which it was given out.</summary>
    public RunSort Sort { get; init; }

    /// <summary>Lowest first instead of highest first.</summary>
    public bool Ascending { get; init; }
}

/// <summary>What a list of runs is sorted by.</summary>
public enum RunSort
{
    /// <summary>When they began.</summary>
    Started,

    /// <summary>What they cost; equal ones by when they began.</summary>
    Cost,
}

/// <summary>What the user of a run asked it to keep to.</summary>
public sealed record EnvelopeRequest(Usd? Cost = null, long? Tokens = null, int? Steps = null, int? Seconds = null);

/// <summary>The order to start a run.</summary>
public sealed record StartRun
{
    /// <summary>The goal, 1 to 100,000 characters.</summary>
    public required string Goal { get; init; }

    /// <summary>How deep.</summary>
    public RunMode Mode { get; init; } = RunMode.Auto;

    /// <summary>What for.</summary>
    public RunKind Kind { get; init; } = RunKind.Api;

    /// <summary>Its limits; what is not said comes from the defaults.</summary>
    public EnvelopeRequest? Envelope { get; init; }

    /// <summary>Labels for cost reports, at most 20.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>
    /// The most tokens of the final answer, where the entry neuron writes it; what neurons say to each other is not cut. Null: the neuron's own limit.
    /// A direct run has its own in <see cref="Direct"/>.
    /// </summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>What was said before the goal, oldest first.</summary>
    public IReadOnlyList<Microsoft.Extensions.AI.ChatMessage> History { get; init; } = [];

    /// <summary>For <see cref="RunMode.Direct"/>: the model and the caller's own options.</summary>
    public DirectRequest? Direct { get; init; }

    /// <summary>Ids of the files that belong to the goal, for a chat.</summary>
    public IReadOnlyList<Guid> Files { get; init; } = [];

    /// <summary>The conversation, for a chat.</summary>
    public Guid? ConversationId { get; init; }

    /// <summary>The message that will hold the answer, for a chat.</summary>
    public Guid? MessageId { get; init; }

    /// <summary>The project that it works on, for code generation.</summary>
    internal Guid? ProjectId { get; init; }

    /// <summary>It belongs to a temporary chat: it is in no list.</summary>
    public bool IsTemporary { get; init; }

    /// <summary>Somebody holds a connection open for the answer: a budget's ladder cannot make it wait for a person.</summary>
    public bool CallerWaits { get; init; }
}

/// <summary>A pass-through to one model: the caller's messages and options, no prompt of ours.</summary>
/// <param name="Model">The model.</param>
/// <param name="Messages">All messages, the last one included.</param>
/// <param name="Options">The caller's options: max tokens, temperature, tools, response format.</param>
public sealed record DirectRequest(ModelRef Model, IReadOnlyList<Microsoft.Extensions.AI.ChatMessage> Messages, Microsoft.Extensions.AI.ChatOptions Options);
