using System.ComponentModel;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;

namespace Hal9.Web.Api;

/// <summary>A page of a list.</summary>
/// <param name="Items">The items.</param>
/// <param name="Next">Give it as <c>after</c> to get the next page; null at the end.</param>
internal sealed record ListBody<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>What was made.</summary>
/// <param name="Id">Its id.</param>
internal sealed record MadeBody(Guid Id);

/// <summary>Why something is asked for.</summary>
/// <param name="Reason">In words; kept with the event.</param>
internal sealed record ReasonBody(string? Reason = null);

/// <summary>The order to start a run.</summary>
internal sealed record StartRunBody
{
    /// <summary>The goal, 1 to 100,000 characters.</summary>
    public required string Goal { get; init; }

    /// <summary>How deep: <c>auto</c>, <c>quick</c>, <c>standard</c> or <c>deep</c>.</summary>
    [DefaultValue(RunMode.Auto)]
    public RunMode Mode { get; init; } = RunMode.Auto;

    /// <summary>Its limits; what is not said comes from the defaults.</summary>
    public EnvelopeBody? Envelope { get; init; }

    /// <summary>Labels for cost reports, at most 20.</summary>
    public IReadOnlyList<string>? Tags { get; init; }
}

/// <summary>Limits of a run.</summary>
/// <param name="CostUsd">Money, as a decimal string or a number.</param>
/// <param name="Tokens">Input and output tokens.</param>
/// <param name="Steps">Steps in the whole tree.</param>
/// <param name="Seconds">Time.</param>
internal sealed record EnvelopeBody(Usd? CostUsd = null, long? Tokens = null, int? Steps = null, int? Seconds = null);

/// <summary>A run.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">What for.</param>
/// <param name="Goal">The goal.</param>
/// <param name="Mode">How deep.</param>
/// <param name="Status">Its state.</param>
/// <param name="Answer">The answer, or what had come of it.</param>
/// <param name="ConversationId">The conversation it belongs to.</param>
/// <param name="Cost">What it cost so far, USD as a decimal string and as integer nano-USD.</param>
/// <param name="Quote">What was expected.</param>
/// <param name="Provenance">Where the answer comes from: the weakest of the leaves that fed it.</param>
/// <param name="StartedAt">When it began (UTC).</param>
/// <param name="EndedAt">When it ended (UTC).</param>
/// <param name="Refusal">The limit that ended it.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="Tags">Labels for cost reports.</param>
/// <param name="LastEvent">The number of its newest event.</param>
/// <param name="Steps">The tree: one root, or none yet.</param>
/// <param name="OnLimit">What budgets' on-limit ladders changed in its calls.</param>
/// <param name="QuoteError">By how much the cost is above (or, negative, below) the quote, as a share of the quote; null until it has ended.</param>
internal sealed record RunBody(
    Guid Id, RunKind Kind, string Goal, RunMode Mode, RunStatus Status, string? Answer, Guid? ConversationId, Usd Cost, Usd? Quote, Provenance Provenance,
    DateTimeOffset StartedAt, DateTimeOffset? EndedAt, RefusalBody? Refusal, string? Error, IReadOnlyList<string> Tags, long LastEvent, IReadOnlyList<StepBody> Steps,
    IReadOnlyList<OnLimitBody> OnLimit, double? QuoteError)
{
    public static RunBody Of(RunView run) => new(
        run.Id, run.Kind, run.Goal, run.Mode, run.Status, run.Answer, run.ConversationId, run.Cost, run.Quote, run.Provenance, run.StartedAt, run.EndedAt,
        run.Refusal is { } no ? RefusalBody.Of(no) : null, run.Error, run.Tags, run.LastEvent, run.Root is { } root ? [StepBody.Of(root)] : [], [.. run.OnLimit.Select(OnLimitBody.Of)],
        run.QuoteError is { } error ? Math.Round(error, 4) : null);
}

/// <summary>A limit that said no.</summary>
/// <param name="BudgetId">The budget; null when it was the run's own envelope.</param>
/// <param name="Scope">Whose limit.</param>
/// <param name="Limit">The limit in money.</param>
/// <param name="LimitTokens">The limit in tokens.</param>
/// <param name="ResetsAt">When it begins anew (UTC); null: never by itself.</param>
/// <param name="Reason">The whole reason in a sentence.</param>
/// <param name="Needed">What the call may cost.</param>
/// <param name="NeededTokens">How many tokens it may use.</param>
/// <param name="Raise">Where a raise can be asked for (POST); null when it was the run's own envelope.</param>
internal sealed record RefusalBody(
    Guid? BudgetId, string Scope, Usd? Limit, long? LimitTokens, DateTimeOffset? ResetsAt, string Reason, Usd? Needed, long? NeededTokens, string? Raise)
{
    public static RefusalBody Of(Refusal no) => new(
        no.BudgetId, no.Scope, no.Limit, no.LimitTokens, no.ResetsAt, no.Reason, no.Needed, no.NeededTokens, no.BudgetId is { } budget ? $"/api/v1/budgets/{budget}/raises" : null);
}

/// <summary>A step of a budget's on-limit ladder that was taken.</summary>
/// <param name="Step">Which.</param>
/// <param name="BudgetId">Of which budget.</param>
/// <param name="Scope">Whose budget, in words.</param>
/// <param name="Reason">What was done and why.</param>
internal sealed record OnLimitBody(LadderStep Step, Guid? BudgetId, string Scope, string Reason)
{
    public static OnLimitBody Of(LadderTaken taken) => new(taken.Step, taken.BudgetId, taken.Scope, taken.Reason);
}

/// <summary>A step of a run's tree.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ParentId">The step that gave the assignment.</param>
/// <param name="Layer">The neuron's layer.</param>
/// <param name="Neuron">The neuron's name.</param>
/// <param name="Status">Its state.</param>
/// <param name="Goal">Its assignment.</param>
/// <param name="Result">What came out.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="Cost">What it cost with all below it.</param>
/// <param name="StartedAt">When it began (UTC).</param>
/// <param name="EndedAt">When it ended (UTC).</param>
/// <param name="ModelCalls">The attempts of its model calls.</param>
/// <param name="ToolCalls">Its tool calls.</param>
/// <param name="Steps">The steps below.</param>
/// <param name="Plan">The money that its parent allowed it, with all below it.</param>
internal sealed record StepBody(
    Guid Id, Guid? ParentId, Layer Layer, string Neuron, StepStatus Status, string Goal, string? Result, string? Error, Usd Cost,
    DateTimeOffset StartedAt, DateTimeOffset? EndedAt, IReadOnlyList<ModelCallBody> ModelCalls, IReadOnlyList<ToolCallBody> ToolCalls, IReadOnlyList<StepBody> Steps, Usd? Plan)
{
    public static StepBody Of(StepView step) => new(
        step.Id, step.ParentId, step.Layer, step.Neuron, step.Status, step.Goal, step.Result, step.Error, step.Cost, step.StartedAt, step.EndedAt,
        [.. step.ModelCalls.Select(ModelCallBody.Of)], [], [.. step.Steps.Select(Of)], step.Plan);
}

/// <summary>An attempt of a model call.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Attempt">1, 2, 3… of the same call.</param>
/// <param name="Provider">The provider's configured name.</param>
/// <param name="Model">The model's name there.</param>
/// <param name="Status">Its state.</param>
/// <param name="Provenance">Where the answer comes from.</param>
/// <param name="InputTokens">All input tokens, cached and cache-write ones included.</param>
/// <param name="CachedTokens">Of them read from the provider's cache.</param>
/// <param name="CacheWriteTokens">Of them written to the provider's cache.</param>
/// <param name="OutputTokens">All output tokens, reasoning included.</param>
/// <param name="ReasoningTokens">Of them spent on reasoning.</param>
/// <param name="Reserved">What was set aside for it.</param>
/// <param name="Cost">What it cost.</param>
/// <param name="PriceVersion">The version of the price used.</param>
/// <param name="UsageEstimated">The tokens were counted or assumed here, because the provider did not say.</param>
/// <param name="Ms">Duration, milliseconds.</param>
/// <param name="FirstTokenMs">Time to the first content token, milliseconds.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="OnLimit">What budgets' on-limit ladders changed in it.</param>
internal sealed record ModelCallBody(
    Guid Id, int Attempt, string Provider, string Model, CallStatus Status, Provenance Provenance, long InputTokens, long CachedTokens, long CacheWriteTokens,
    long OutputTokens, long ReasoningTokens, Usd Reserved, Usd Cost, string? PriceVersion, bool UsageEstimated, long Ms, long? FirstTokenMs, string? Error,
    IReadOnlyList<OnLimitBody> OnLimit)
{
    public static ModelCallBody Of(ModelCallView call) => new(
        call.Id, call.Attempt, call.Provider, call.Model, call.Status, call.Provenance, call.Usage.Input, call.Usage.Cached,
        call.Usage.CacheWrite + call.Usage.CacheWrite1h, call.Usage.Output, call.Usage.Reasoning, call.Reserved, call.Cost, call.PriceVersion,
        call.UsageEstimated, call.Milliseconds, call.FirstTokenMilliseconds, call.Error,
        [.. call.OnLimit.Select(OnLimitBody.Of)]);
}

/// <summary>A tool call. This version's neurons have no tools: the list is always empty.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Tool">The tool.</param>
/// <param name="Status">Its state.</param>
/// <param name="Ms">Duration, milliseconds.</param>
/// <param name="CostNanoUsd">What it cost.</param>
/// <param name="Error">What went wrong.</param>
internal sealed record ToolCallBody(Guid Id, string Tool, CallStatus Status, long Ms, long CostNanoUsd, string? Error);

/// <summary>A run in a list.</summary>
internal sealed record RunLineBody(
    Guid Id, RunKind Kind, string Goal, RunMode Mode, RunStatus Status, Usd Cost, Provenance Provenance, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, Guid UserId, string? Error)
{
    public static RunLineBody Of(RunLine run) =>
        new(run.Id, run.Kind, run.Goal, run.Mode, run.Status, run.Cost, run.Provenance, run.StartedAt, run.EndedAt, run.UserId, run.Error);
}
