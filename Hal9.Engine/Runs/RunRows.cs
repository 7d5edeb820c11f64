using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Tenancy;

namespace Hal9.Engine.Runs;

/// <summary>A run as stored.</summary>
internal sealed class RunRow : ITenantOwned
{
    public Guid Id { get; init; }
    public Guid TenantId { get; init; }
    public Guid UserId { get; init; }
    public Guid? KeyId { get; init; }
    public RunKind Kind { get; init; }
    public RunMode Mode { get; init; }
    public RunStatus Status { get; set; }
    public required string Goal { get; init; }

    /// <summary>What came before the goal (earlier messages) or, for a direct run, the whole request: JSON.</summary>
    public string? Input { get; init; }
    public Guid? ConversationId { get; init; }
    public Guid? MessageId { get; init; }

    /// <summary>It belongs to a temporary chat: it is in no list, and its texts will be removed.</summary>
    public bool IsTemporary { get; init; }
    public string Tags { get; init; } = "[]";
    public long? EnvelopeNano { get; init; }
    public long? EnvelopeTokens { get; init; }
    public int? EnvelopeSteps { get; init; }
    public int? EnvelopeSeconds { get; init; }
    public string? Answer { get; set; }

    /// <summary>The answer so far, while it streams.</summary>
    public string? Partial { get; set; }
    public string? Error { get; set; }

    /// <summary><see cref="Refusal"/> as JSON.</summary>
    public string? Refusal { get; set; }
    public Provenance Provenance { get; set; }
    public Usd Cost { get; set; }
    public Usd? Quote { get; set; }
    public long LastEvent { get; set; }
    public string? Owner { get; set; }
    public int Epoch { get; set; }
    public DateTimeOffset HeartbeatAt { get; set; }

    /// <summary>Steps asked to stop, JSON array of paths; "" is the whole run.</summary>
    public string Cancelled { get; set; } = "[]";
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Since when it waits for room in a budget.</summary>
    public DateTimeOffset? WaitingSince { get; set; }

    /// <summary>How long it has waited before, milliseconds: time that its envelope does not count.</summary>
    public long WaitedMs { get; set; }

    /// <summary>When its time is over.</summary>
    public DateTimeOffset? Deadline => EnvelopeSeconds is { } seconds ? StartedAt.AddSeconds(seconds).AddMilliseconds(WaitedMs) : null;

    /// <summary>How many people gave its answer a thumb down; kept with the feedback.</summary>
    public int ThumbsDown { get; init; }

    /// <summary>How many judgements there are of it and its steps; kept with the feedback.</summary>
    public int Reviews { get; init; }
}

/// <summary>A step as stored. Its path (<c>1</c>, <c>1.2</c>, <c>1.2.1</c>) is the same when a run is rebuilt.</summary>
internal sealed class StepRow : ITenantOwned
{
    public Guid Id { get; init; }
    public Guid TenantId { get; init; }
    public Guid RunId { get; init; }
    public Guid? ParentId { get; init; }
    public required string Path { get; init; }
    public Layer Layer { get; init; }
    public required string Neuron { get; init; }
    public StepStatus Status { get; set; }
    public required string Goal { get; init; }
    public string? Result { get; set; }
    public string? Error { get; set; }
    public Usd Cost { get; set; }

    /// <summary>The money that its envelope allows it.</summary>
    public long? PlanNano { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; set; }
}

/// <summary>An attempt of a model call as stored.</summary>
internal sealed class ModelCallRow : ITenantOwned
{
    public Guid Id { get; init; }
    public Guid TenantId { get; init; }
    public Guid RunId { get; init; }
    public Guid StepId { get; init; }
    public required string Leaf { get; init; }
    public int Attempt { get; init; }
    public required string Provider { get; init; }
    public required string Model { get; init; }
    public CallStatus Status { get; set; }
    public Provenance Provenance { get; set; }
    public long InputTokens { get; set; }
    public long CachedTokens { get; set; }
    public long CacheWriteTokens { get; set; }
    public long OutputTokens { get; set; }
    public long ReasoningTokens { get; set; }
    public Usd Reserved { get; init; }
    public Usd Cost { get; set; }

    /// <summary>What the model was asked, <see cref="PromptPart"/>s as JSON: on a leaf's first attempt, where it is not the run's own request.</summary>
    public string? Prompt { get; init; }

    /// <summary>What the cost is made of, <see cref="BillLine"/>s as JSON.</summary>
    public string? Bill { get; set; }

    /// <summary>What budgets' ladders changed in it, <see cref="LadderTaken"/>s as JSON.</summary>
    public string? OnLimit { get; init; }
    public string? PriceVersion { get; set; }
    public bool UsageEstimated { get; set; }
    public string? RawUsage { get; set; }
    public long Milliseconds { get; set; }
    public long? FirstTokenMilliseconds { get; set; }
    public string? Error { get; set; }

    /// <summary>The whole answer as JSON, on success: the durable leaf.</summary>
    public string? Response { get; set; }
    public DateTimeOffset StartedAt { get; init; }
}

/// <summary>An event as stored.</summary>
internal sealed class RunEventRow : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid RunId { get; init; }
    public long Number { get; init; }
    public DateTimeOffset At { get; init; }
    public required string Type { get; init; }
    public required string Data { get; init; }
}
