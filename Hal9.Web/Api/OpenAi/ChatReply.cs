using System.Text.Json.Serialization;

namespace Hal9.Web.Api.OpenAi;

/// <summary>A whole answer.</summary>
internal sealed record ChatCompletion(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("object")] string Object,
    [property: JsonPropertyName("created")] long Created,
    [property: JsonPropertyName("model")] string Model,
    [property: JsonPropertyName("choices")] IReadOnlyList<ChatChoice> Choices,
    [property: JsonPropertyName("usage")] ChatUsage Usage);

/// <summary>The one choice.</summary>
internal sealed record ChatChoice(
    [property: JsonPropertyName("index")] int Index,
    [property: JsonPropertyName("message")] ReplyMessage Message,
    [property: JsonPropertyName("finish_reason")] string FinishReason,
    [property: JsonPropertyName("logprobs")] object? Logprobs = null);

/// <summary>The assistant's message.</summary>
internal sealed record ReplyMessage(
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("content")] string? Content,
    [property: JsonPropertyName("refusal")] string? Refusal,
    [property: JsonPropertyName("tool_calls"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ToolCall>? ToolCalls);

/// <summary>The tokens of all model calls of the run. Prompt tokens include cached ones, completion tokens include reasoning.</summary>
internal sealed record ChatUsage(
    [property: JsonPropertyName("prompt_tokens")] long PromptTokens,
    [property: JsonPropertyName("completion_tokens")] long CompletionTokens,
    [property: JsonPropertyName("total_tokens")] long TotalTokens,
    [property: JsonPropertyName("prompt_tokens_details")] PromptDetails PromptDetails,
    [property: JsonPropertyName("completion_tokens_details")] CompletionDetails CompletionDetails);

/// <summary>Of the prompt tokens.</summary>
internal sealed record PromptDetails([property: JsonPropertyName("cached_tokens")] long CachedTokens);

/// <summary>Of the completion tokens.</summary>
internal sealed record CompletionDetails([property: JsonPropertyName("reasoning_tokens")] long ReasoningTokens);

/// <summary>What HAL9 adds to the last chunk of a stream; plain replies carry it in headers.</summary>
internal sealed record Hal9Note(
    [property: JsonPropertyName("runId")] Guid RunId,
    [property: JsonPropertyName("costUsd")] string CostUsd,
    [property: JsonPropertyName("costNanoUsd")] long CostNanoUsd,
    [property: JsonPropertyName("provenance")] string Provenance,
    [property: JsonPropertyName("overheadMs")] double OverheadMs,
    [property: JsonPropertyName("onLimit"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? OnLimit = null);

/// <summary>A piece of a streamed answer.</summary>
internal sealed record ChatChunk(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("object")] string Object,
    [property: JsonPropertyName("created")] long Created,
    [property: JsonPropertyName("model")] string Model,
    [property: JsonPropertyName("choices")] IReadOnlyList<ChunkChoice> Choices);

/// <summary>The same when usage was asked for: every chunk says null, the last one says it.</summary>
internal sealed record UsageChunk(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("object")] string Object,
    [property: JsonPropertyName("created")] long Created,
    [property: JsonPropertyName("model")] string Model,
    [property: JsonPropertyName("choices")] IReadOnlyList<ChunkChoice> Choices,
    [property: JsonPropertyName("usage")] ChatUsage? Usage,
    [property: JsonPropertyName("hal9"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Hal9Note? Hal9 = null);

/// <summary>The one choice of a chunk.</summary>
internal sealed record ChunkChoice(
    [property: JsonPropertyName("index")] int Index,
    [property: JsonPropertyName("delta")] ChunkDelta Delta,
    [property: JsonPropertyName("finish_reason")] string? FinishReason,
    [property: JsonPropertyName("logprobs")] object? Logprobs = null);

/// <summary>What came new; what did not is left out.</summary>
internal sealed record ChunkDelta(
    [property: JsonPropertyName("role"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Role = null,
    [property: JsonPropertyName("content"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Content = null,
    [property: JsonPropertyName("refusal"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Refusal = null,
    [property: JsonPropertyName("tool_calls"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ToolCall>? ToolCalls = null);

/// <summary>The models that can be named.</summary>
internal sealed record ModelList(
    [property: JsonPropertyName("object")] string Object,
    [property: JsonPropertyName("data")] IReadOnlyList<ModelEntry> Data);

/// <summary>A model that can be named.</summary>
internal sealed record ModelEntry(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("object")] string Object,
    [property: JsonPropertyName("created")] long Created,
    [property: JsonPropertyName("owned_by")] string OwnedBy);
