using System.Text.Json;
using System.Text.Json.Nodes;
using Hal9.Engine.Models;

namespace Hal9.Tests.Support;

/// <summary>A piece of an event stream.</summary>
/// <param name="Event">The SSE event name, or null.</param>
/// <param name="Data">The SSE data.</param>
/// <param name="Content">Whether it carries a part of the answer.</param>
internal readonly record struct Frame(string? Event, string Data, bool Content = false);

/// <summary>A provider's way to say things: pure functions from an exchange to JSON.</summary>
internal abstract class ScriptedShape
{
    public static ScriptedShape Of(ProviderKind kind) => kind == ProviderKind.Anthropic ? new AnthropicShape() : new OpenAIShape();

    /// <summary>The whole answer.</summary>
    public abstract JsonObject Whole(ScriptedExchange exchange);

    /// <summary>The answer as a stream.</summary>
    public abstract IEnumerable<Frame> Stream(ScriptedExchange exchange);

    /// <summary>An error body.</summary>
    public abstract JsonObject Error(Fault fault);

    /// <summary>An error within a stream.</summary>
    public abstract Frame ErrorFrame(Fault fault);

    protected static bool IsEmpty(ScriptedExchange exchange) => exchange.Reply.Fault?.Kind == FaultKind.EmptyChoices;
}

internal sealed class OpenAIShape : ScriptedShape
{
    private const long Created = 1_767_225_600;

    public override JsonObject Whole(ScriptedExchange exchange)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = exchange.Reply.ToolCalls.Count > 0 && exchange.Text.Length == 0 ? null : exchange.Text, ["refusal"] = null };
        if (exchange.Reply.ToolCalls.Count > 0)
        {
            message["tool_calls"] = new JsonArray([.. exchange.Reply.ToolCalls.Select((call, at) => ToolCall(exchange, call, at, call.Arguments))]);
        }
        var body = new JsonObject
        {
            ["id"] = exchange.Id,
            ["object"] = "chat.completion",
            ["created"] = Created,
            ["model"] = exchange.Request.Model,
            ["choices"] = IsEmpty(exchange) ? [] : new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["finish_reason"] = exchange.FinishReason, ["logprobs"] = null }),
        };
        if (exchange.Usage.Told)
        {
            body["usage"] = Usage(exchange.Usage);
        }
        return body;
    }

    public override IEnumerable<Frame> Stream(ScriptedExchange exchange)
    {
        if (!IsEmpty(exchange))
        {
            yield return Chunk(exchange, new JsonObject { ["role"] = "assistant", ["content"] = "" });
            foreach (var piece in exchange.Chunks(exchange.Text))
            {
                yield return Chunk(exchange, new JsonObject { ["content"] = piece }) with { Content = true };
            }
            foreach (var (at, call) in exchange.Reply.ToolCalls.Index())
            {
                yield return Chunk(exchange, new JsonObject { ["tool_calls"] = new JsonArray(ToolCall(exchange, call, at, "")) });
                foreach (var piece in exchange.Chunks(call.Arguments))
                {
                    var delta = new JsonObject { ["index"] = at, ["function"] = new JsonObject { ["arguments"] = piece } };
                    yield return Chunk(exchange, new JsonObject { ["tool_calls"] = new JsonArray(delta) }) with { Content = true };
                }
            }
            yield return Chunk(exchange, [], exchange.FinishReason);
        }
        if (exchange.Request.IncludeUsage && exchange.Usage.Told || IsEmpty(exchange))
        {
            var last = Envelope(exchange, []);
            last["usage"] = exchange.Usage.Told ? Usage(exchange.Usage) : null;
            yield return new Frame(null, last.ToJsonString());
        }
        yield return new Frame(null, "[DONE]");
    }

    public override JsonObject Error(Fault fault) => new()
    {
        ["error"] = new JsonObject
        {
            ["message"] = fault.Message,
            ["type"] = fault.StatusCode >= 500 ? "server_error" : "invalid_request_error",
            ["param"] = fault.Message.Contains("response_format", StringComparison.Ordinal) ? "response_format" : null,
            ["code"] = fault.Code,
        },
    };

    public override Frame ErrorFrame(Fault fault) => new(null, Error(fault).ToJsonString());

    private static Frame Chunk(ScriptedExchange exchange, JsonObject delta, string? finish = null)
    {
        var chunk = Envelope(exchange, new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["logprobs"] = null, ["finish_reason"] = finish }));
        if (exchange.Request.IncludeUsage)
        {
            chunk["usage"] = null;
        }
        return new Frame(null, chunk.ToJsonString());
    }

    private static JsonObject Envelope(ScriptedExchange exchange, JsonArray choices) => new()
    {
        ["id"] = exchange.Id,
        ["object"] = "chat.completion.chunk",
        ["created"] = Created,
        ["model"] = exchange.Request.Model,
        ["choices"] = choices,
    };

    private static JsonObject ToolCall(ScriptedExchange exchange, ScriptedToolCall call, int at, string arguments)
    {
        var json = new JsonObject
        {
            ["id"] = call.Id ?? $"call_{exchange.Request.Number}_{at}",
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = arguments },
        };
        if (exchange.Request.Stream)
        {
            json["index"] = at;
        }
        return json;
    }

    private static JsonNode? Usage(ScriptedUsage usage) => usage.Raw is not null ? JsonNode.Parse(usage.Raw) : new JsonObject
    {
        ["prompt_tokens"] = usage.Input,
        ["completion_tokens"] = usage.Output,
        ["total_tokens"] = usage.Input + usage.Output,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = usage.Cached },
        ["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = usage.Reasoning },
    };
}

internal sealed class AnthropicShape : ScriptedShape
{
    public override JsonObject Whole(ScriptedExchange exchange)
    {
        var content = new JsonArray();
        if (!IsEmpty(exchange))
        {
            if (exchange.Text.Length > 0)
            {
                content.Add(new JsonObject { ["type"] = "text", ["text"] = exchange.Text });
            }
            foreach (var (at, call) in exchange.Reply.ToolCalls.Index())
            {
                content.Add(ToolUse(exchange, call, at, ParseOrText(call.Arguments)));
            }
        }
        var body = Message(exchange, content, StopReason(exchange));
        if (exchange.Usage.Told)
        {
            body["usage"] = Usage(exchange.Usage, exchange.Usage.Output);
        }
        return body;
    }

    public override IEnumerable<Frame> Stream(ScriptedExchange exchange)
    {
        var start = Message(exchange, [], null);
        if (exchange.Usage.Told)
        {
            start["usage"] = Usage(exchange.Usage, Math.Min(1, exchange.Usage.Output));
        }
        yield return Event("message_start", new JsonObject { ["message"] = start });
        if (!IsEmpty(exchange))
        {
            var index = 0;
            if (exchange.Text.Length > 0)
            {
                foreach (var frame in Block(exchange, index++, new JsonObject { ["type"] = "text", ["text"] = "" }, exchange.Text, "text_delta", "text"))
                {
                    yield return frame;
                }
            }
            foreach (var (at, call) in exchange.Reply.ToolCalls.Index())
            {
                foreach (var frame in Block(exchange, index++, ToolUse(exchange, call, at, new JsonObject()), call.Arguments, "input_json_delta", "partial_json"))
                {
                    yield return frame;
                }
            }
        }
        var end = new JsonObject { ["delta"] = new JsonObject { ["stop_reason"] = StopReason(exchange), ["stop_sequence"] = null } };
        if (exchange.Usage.Told)
        {
            end["usage"] = Usage(exchange.Usage, exchange.Usage.Output);
        }
        yield return Event("message_delta", end);
        yield return Event("message_stop", []);
    }

    public override JsonObject Error(Fault fault) => new()
    {
        ["type"] = "error",
        ["error"] = new JsonObject { ["type"] = ErrorType(fault), ["message"] = fault.Message },
    };

    public override Frame ErrorFrame(Fault fault) => new("error", Error(fault).ToJsonString());

    private static IEnumerable<Frame> Block(ScriptedExchange exchange, int index, JsonObject block, string text, string deltaType, string member)
    {
        yield return Event("content_block_start", new JsonObject { ["index"] = index, ["content_block"] = block });
        foreach (var piece in exchange.Chunks(text))
        {
            var delta = new JsonObject { ["type"] = deltaType, [member] = piece };
            yield return Event("content_block_delta", new JsonObject { ["index"] = index, ["delta"] = delta }) with { Content = true };
        }
        yield return Event("content_block_stop", new JsonObject { ["index"] = index });
    }

    private static Frame Event(string name, JsonObject data)
    {
        data.Insert(0, "type", name);
        return new Frame(name, data.ToJsonString());
    }

    private static JsonObject Message(ScriptedExchange exchange, JsonArray content, string? stopReason) => new()
    {
        ["id"] = exchange.Id,
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = exchange.Request.Model,
        ["content"] = content,
        ["stop_reason"] = stopReason,
        ["stop_sequence"] = null,
    };

    private static JsonObject ToolUse(ScriptedExchange exchange, ScriptedToolCall call, int at, JsonNode? input) => new()
    {
        ["type"] = "tool_use",
        ["id"] = call.Id ?? $"toolu_{exchange.Request.Number}_{at}",
        ["name"] = call.Name,
        ["input"] = input,
    };

    private static JsonNode? ParseOrText(string arguments)
    {
        try
        {
            return JsonNode.Parse(arguments);
        }
        catch (JsonException)
        {
            return arguments;
        }
    }

    private static string StopReason(ScriptedExchange exchange) => exchange.FinishReason switch
    {
        "length" => "max_tokens",
        "tool_calls" => "tool_use",
        "content_filter" => "refusal",
        _ => "end_turn",
    };

    private static string ErrorType(Fault fault) => fault.StatusCode switch
    {
        400 => "invalid_request_error",
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        429 => "rate_limit_error",
        503 or 529 => "overloaded_error",
        _ => "api_error",
    };

    /// <summary>Anthropic's input_tokens leaves cached and cache-write tokens out.</summary>
    private static JsonNode? Usage(ScriptedUsage usage, long output) => usage.Raw is not null ? JsonNode.Parse(usage.Raw) : new JsonObject
    {
        ["input_tokens"] = usage.Input - usage.Cached - usage.CacheWrite - usage.CacheWrite1h,
        ["cache_read_input_tokens"] = usage.Cached,
        ["cache_creation_input_tokens"] = usage.CacheWrite + usage.CacheWrite1h,
        ["cache_creation"] = new JsonObject { ["ephemeral_5m_input_tokens"] = usage.CacheWrite, ["ephemeral_1h_input_tokens"] = usage.CacheWrite1h },
        ["output_tokens"] = output,
    };
}
