using System.Text;
using System.Text.Json;
using Hal9.Engine.Models.Providers;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Models.Coats;

/// <summary>A structured answer while it comes in: shown at once where the text is the JSON, at the end where it comes as a tool call.</summary>
internal sealed class Answer
{
    private readonly StringBuilder text = new();
    private string? arguments;
    private ChatResponseUpdate? last;
    private bool shown;

    /// <summary>The attempt that gave it.</summary>
    public AttemptState Attempt { get; private set; } = new();

    /// <summary>The JSON, without a code fence.</summary>
    public string Text => arguments ?? Schemas.Unfence(text.ToString());

    /// <summary>The model called one of the caller's tools instead of answering.</summary>
    public bool CallsTools { get; private set; }

    /// <summary>The model's words, if it refused.</summary>
    public string? Refused { get; private set; }

    public void Begin(AttemptState attempt)
    {
        Attempt = attempt;
        text.Clear();
        arguments = null;
        shown = false;
    }

    /// <summary>Takes an update; returns what the reader sees of it now.</summary>
    public ChatResponseUpdate? Take(ChatResponseUpdate update, StructureAbility way)
    {
        last = update;
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case TextContent piece:
                    text.Append(piece.Text);
                    break;
                case FunctionCallContent { Name: StructureCoat.AnswerTool } call:
                    arguments = RawOf(call);
                    break;
                case FunctionCallContent:
                    CallsTools = true;
                    break;
                case ErrorContent { ErrorCode: "Refusal" } refusal:
                    Refused = refusal.Message;
                    break;
            }
        }
        // A fence, or text around a tool call, would not be JSON for a reader who adds the pieces up: such text is held until it is known.
        var plain = way == StructureAbility.Native && (shown || IsJsonStart());
        if (!plain && update.Contents.Any(c => c is TextContent or FunctionCallContent { Name: StructureCoat.AnswerTool }))
        {
            var rest = update.Clone();
            rest.Contents = [.. update.Contents.Where(c => c is not (TextContent or FunctionCallContent { Name: StructureCoat.AnswerTool }))];
            rest.FinishReason = null;
            return rest.Contents.Count == 0 ? null : rest;
        }
        if (plain && !shown)
        {
            shown = true;
            var whole = update.Clone();
            whole.Contents = [new TextContent(text.ToString()), .. update.Contents.Where(c => c is not TextContent)];
            return whole;
        }
        return arguments is not null && update.FinishReason == ChatFinishReason.ToolCalls ? Stopped(update) : update;
    }

    /// <summary>What was held back.</summary>
    public ChatResponseUpdate? End(StructureAbility way) => shown || CallsTools || Text.Length == 0
        ? null
        : new ChatResponseUpdate(ChatRole.Assistant, Text) { ResponseId = last?.ResponseId, MessageId = last?.MessageId, ModelId = last?.ModelId, FinishReason = ChatFinishReason.Stop };

    private bool IsJsonStart()
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsWhiteSpace(text[i]))
            {
                return text[i] is '{' or '[';
            }
        }
        return false;
    }

    private static ChatResponseUpdate Stopped(ChatResponseUpdate update)
    {
        var copy = update.Clone();
        copy.FinishReason = ChatFinishReason.Stop;
        return copy;
    }

    private static string RawOf(FunctionCallContent call) =>
        call.AdditionalProperties?.TryGetValue(ModelService.RawArguments, out string? raw) == true ? raw! : JsonSerializer.Serialize(call.Arguments, AIJsonUtilities.DefaultOptions);
}
