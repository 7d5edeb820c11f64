using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hal9.Web.Api.OpenAi;

/// <summary>The body of <c>POST /v1/chat/completions</c>. Fields that are not named here are ignored, as OpenAI's clients expect.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record ChatRequest
{
    /// <summary><c>hal9/auto</c>, <c>hal9/quick</c>, <c>hal9/standard</c>, <c>hal9/deep</c>, or <c>provider/model</c> for a pass-through.</summary>
    [JsonPropertyName("model")]
    public string? Model { get; init; }

    /// <summary>The conversation, oldest first.</summary>
    [JsonPropertyName("messages")]
    public IReadOnlyList<ChatRequestMessage>? Messages { get; init; }

    /// <summary>Answer as a stream of server-sent events.</summary>
    [JsonPropertyName("stream")]
    public bool? Stream { get; init; }

    /// <summary>What the stream carries besides the answer.</summary>
    [JsonPropertyName("stream_options")]
    public StreamOptions? StreamOptions { get; init; }

    /// <summary>The most output tokens (older name). With <c>hal9/*</c> of the final answer: what neurons say to each other has limits of its own.</summary>
    [JsonPropertyName("max_tokens")]
    public int? MaxTokens { get; init; }

    /// <summary>The most output tokens. With <c>hal9/*</c> of the final answer: what neurons say to each other has limits of its own.</summary>
    [JsonPropertyName("max_completion_tokens")]
    public int? MaxCompletionTokens { get; init; }

    /// <summary>Pass-through only.</summary>
    [JsonPropertyName("temperature")]
    public float? Temperature { get; init; }

    /// <summary>Pass-through only.</summary>
    [JsonPropertyName("top_p")]
    public float? TopP { get; init; }

    /// <summary>Only 1.</summary>
    [JsonPropertyName("n")]
    public int? N { get; init; }

    /// <summary>A string or a list of strings. Pass-through only.</summary>
    [JsonPropertyName("stop")]
    public JsonElement? Stop { get; init; }

    /// <summary>Pass-through only.</summary>
    [JsonPropertyName("seed")]
    public long? Seed { get; init; }

    /// <summary>Pass-through only.</summary>
    [JsonPropertyName("presence_penalty")]
    public float? PresencePenalty { get; init; }

    /// <summary>Pass-through only.</summary>
    [JsonPropertyName("frequency_penalty")]
    public float? FrequencyPenalty { get; init; }

    /// <summary><c>none</c>, <c>minimal</c>, <c>low</c>, <c>medium</c>, <c>high</c>, <c>xhigh</c>. Pass-through only.</summary>
    [JsonPropertyName("reasoning_effort")]
    public string? ReasoningEffort { get; init; }

    /// <summary>Functions that the model may ask the caller to run. Pass-through only.</summary>
    [JsonPropertyName("tools")]
    public IReadOnlyList<RequestTool>? Tools { get; init; }

    /// <summary><c>none</c>, <c>auto</c>, <c>required</c> or a named function. Pass-through only.</summary>
    [JsonPropertyName("tool_choice")]
    public JsonElement? ToolChoice { get; init; }

    /// <summary>Pass-through only.</summary>
    [JsonPropertyName("parallel_tool_calls")]
    public bool? ParallelToolCalls { get; init; }

    /// <summary><c>text</c>, <c>json_object</c> or <c>json_schema</c>. Pass-through only.</summary>
    [JsonPropertyName("response_format")]
    public ResponseFormat? ResponseFormat { get; init; }

    /// <summary>Becomes the cost tag <c>user:…</c>.</summary>
    [JsonPropertyName("user")]
    public string? User { get; init; }

    /// <summary>Each entry becomes the cost tag <c>key:value</c>.</summary>
    [JsonPropertyName("metadata")]
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Not offered: only false.</summary>
    [JsonPropertyName("logprobs")]
    public bool? Logprobs { get; init; }

    /// <summary>Not offered.</summary>
    [JsonPropertyName("logit_bias")]
    public JsonElement? LogitBias { get; init; }

    /// <summary>Not offered: use <c>tools</c>.</summary>
    [JsonPropertyName("functions")]
    public JsonElement? Functions { get; init; }

    /// <summary>Not offered: only <c>["text"]</c>.</summary>
    [JsonPropertyName("modalities")]
    public IReadOnlyList<string>? Modalities { get; init; }
}

/// <summary>A message of the request.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record ChatRequestMessage
{
    /// <summary><c>system</c>, <c>developer</c>, <c>user</c>, <c>assistant</c> or <c>tool</c>.</summary>
    [JsonPropertyName("role")]
    public string? Role { get; init; }

    /// <summary>Text, or a list of parts (<c>text</c>, <c>image_url</c>, <c>input_audio</c>, <c>refusal</c>).</summary>
    [JsonPropertyName("content")]
    public JsonElement? Content { get; init; }

    /// <summary>Who speaks.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>The function calls that the assistant asked for.</summary>
    [JsonPropertyName("tool_calls")]
    public IReadOnlyList<ToolCall>? ToolCalls { get; init; }

    /// <summary>Which call a tool message answers.</summary>
    [JsonPropertyName("tool_call_id")]
    public string? ToolCallId { get; init; }
}

/// <summary>What a stream carries besides the answer.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record StreamOptions
{
    /// <summary>Ends with a chunk that holds the usage, and what HAL9 adds to it.</summary>
    [JsonPropertyName("include_usage")]
    public bool? IncludeUsage { get; init; }
}

/// <summary>A tool of the request.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record RequestTool
{
    /// <summary>Only <c>function</c>.</summary>
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    /// <summary>The function.</summary>
    [JsonPropertyName("function")]
    public RequestFunction? Function { get; init; }
}

/// <summary>A function that the model may ask for.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record RequestFunction
{
    /// <summary>Its name.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>When to use it.</summary>
    [JsonPropertyName("description")]
    public string? Description { get; init; }

    /// <summary>The JSON schema of its arguments.</summary>
    [JsonPropertyName("parameters")]
    public JsonElement? Parameters { get; init; }

    /// <summary>Whether arguments must fit the schema exactly.</summary>
    [JsonPropertyName("strict")]
    public bool? Strict { get; init; }
}

/// <summary>The wanted form of the answer.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record ResponseFormat
{
    /// <summary><c>text</c>, <c>json_object</c> or <c>json_schema</c>.</summary>
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    /// <summary>With <c>json_schema</c>.</summary>
    [JsonPropertyName("json_schema")]
    public NamedSchema? JsonSchema { get; init; }
}

/// <summary>A schema that the answer must fit.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record NamedSchema
{
    /// <summary>Its name.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>What it is for.</summary>
    [JsonPropertyName("description")]
    public string? Description { get; init; }

    /// <summary>The JSON schema.</summary>
    [JsonPropertyName("schema")]
    public JsonElement? Schema { get; init; }

    /// <summary>Whether the answer must fit exactly.</summary>
    [JsonPropertyName("strict")]
    public bool? Strict { get; init; }
}

/// <summary>A function call that the model asked for.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record ToolCall(
    [property: JsonPropertyName("index"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Index,
    [property: JsonPropertyName("id")] string? Id,
    [property: JsonPropertyName("type")] string? Type,
    [property: JsonPropertyName("function")] CalledFunction? Function);

/// <summary>Which function, with which arguments.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record CalledFunction(
    [property: JsonPropertyName("name")] string? Name,
    [property: JsonPropertyName("arguments")] string? Arguments);
