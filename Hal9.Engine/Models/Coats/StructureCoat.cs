using System.Runtime.CompilerServices;
using System.Text.Json;
using Hal9.Engine.Models.Providers;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Hal9.Engine.Models.Coats;

/// <summary>
/// Answers that must fit a JSON schema: by the provider's own means where it has them, else as the arguments of a forced tool call, else by
/// asking in words. What does not fit is shown to the model once, under a leaf of its own; after that it is an error.
/// </summary>
internal sealed partial class StructureCoat(IChatClient inner, Schemas schemas, ILogger<StructureCoat> log) : Coat(inner)
{
    /// <summary>The name of the tool whose arguments are the answer.</summary>
    public const string AnswerTool = "give_answer";

    private const int MostShown = 20_000;

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var call = CallOptions.Of(options);
        if (!call.Ticket.Checked || call.ResponseFormat is not ChatResponseFormatJson { Schema: { } schema } format)
        {
            await foreach (var update in InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken))
            {
                yield return update;
            }
            yield break;
        }
        var answer = new Answer();
        await foreach (var update in AskAsync(messages, call, format, answer, cancellationToken))
        {
            yield return update;
        }
        if (answer.CallsTools || await FaultOfAsync(answer, schema, cancellationToken) is not { } fault)
        {
            yield break;
        }
        var context = call.Ticket.Context;
        Repairs(log, context.Leaf, call.Ticket.Model, fault);
        if (answer.Attempt.Stored is { } stored)
        {
            await context.Journal.RestartedAsync(context, stored, "The answer did not fit its format and is asked for again.", cancellationToken);
        }
        yield return new ChatResponseUpdate { AdditionalProperties = new() { [ModelService.Restarted] = true } };
        var second = new Answer();
        var repair = call.With(call.Ticket with { Context = context with { Leaf = context.Leaf + "/repair" } });
        await foreach (var update in AskAsync([.. messages, .. RepairOf(answer.Text, fault, schema)], repair, format, second, cancellationToken))
        {
            yield return update;
        }
        if (!second.CallsTools && await FaultOfAsync(second, schema, cancellationToken) is { } again)
        {
            throw new ModelCallFailed(ModelFault.BadStructure, $"{call.Ticket.Model} did not answer in the format '{format.SchemaName ?? "answer"}', not even after it was shown what was wrong: {again}");
        }
    }

    /// <summary>Whole answers leave out what a restart made void.</summary>
    public static bool IsRestart(ChatResponseUpdate update) => update.AdditionalProperties?.ContainsKey(ModelService.Restarted) == true;

    private async Task<string?> FaultOfAsync(Answer answer, JsonElement schema, CancellationToken cancellationToken)
    {
        if (answer.Refused is { } words)
        {
            throw new ModelCallFailed(ModelFault.BadStructure, $"The model refused to answer: {words}");
        }
        return await schemas.FaultOfAsync(answer.Text, schema, cancellationToken);
    }

    /// <summary>Asks in the best way that the provider is not known to lack, and remembers what it lacks.</summary>
    private async IAsyncEnumerable<ChatResponseUpdate> AskAsync(
        IEnumerable<ChatMessage> messages, CallOptions call, ChatResponseFormatJson format, Answer answer, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (provider, model) = (call.Ticket.Provider, call.Ticket.Model.Model);
        ModelCallFailed? unexplained = null;
        for (var way = provider.StructureOf(model); ; way++)
        {
            var (asked, request) = Shape(messages, call, format, way);
            answer.Begin(request.Ticket.Attempt);
            ModelCallFailed? lack = null;
            await using var stream = OpenInner(asked, request, cancellationToken);
            while (true)
            {
                var (moved, fault) = await stream.TryMoveAsync();
                if (fault is ModelCallFailed { Fault: ModelFault.BadRequest } refused && way != StructureAbility.Words)
                {
                    lack = refused;
                    break;
                }
                if (fault is not null)
                {
                    // A refusal that another way does not cure was about something else: the first one is the one to tell.
                    if (unexplained is not null && fault is ModelCallFailed { Fault: ModelFault.BadRequest })
                    {
                        throw unexplained;
                    }
                    System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fault);
                }
                if (!moved)
                {
                    break;
                }
                if (answer.Take(stream.Current, way) is { } shown)
                {
                    yield return shown;
                }
            }
            if (lack is null)
            {
                provider.Learn(model, way);
                if (answer.End(way) is { } rest)
                {
                    yield return rest;
                }
                yield break;
            }
            Learned(log, call.Ticket.Model, way, lack.Message);
            // Not every server says what it lacks: the next way is tried anyhow, and remembered when it works.
            unexplained ??= Names(lack.Message, way) ? null : lack;
        }
    }

    private static bool Names(string message, StructureAbility way)
    {
        return way switch
        {
            StructureAbility.Native => Has("response_format") || Has("json_schema") || Has("output_config") || Has("output_format") || Has("structured output"),
            StructureAbility.ForcedTool => Has("tool"),
            _ => false,
        };

        bool Has(string word) => message.Contains(word, StringComparison.OrdinalIgnoreCase);
    }

    private static (IEnumerable<ChatMessage>, CallOptions) Shape(IEnumerable<ChatMessage> messages, CallOptions call, ChatResponseFormatJson format, StructureAbility way)
    {
        var request = call.With(call.Ticket with { Attempt = new AttemptState() });
        if (way == StructureAbility.Native)
        {
            if (Schemas.IsStrict(format.Schema!.Value))
            {
                // The provider then promises to keep to the schema; it takes only schemas of a simple kind.
                request.AdditionalProperties = new(call.AdditionalProperties ?? []) { ["strict"] = true };
            }
            return (messages, request);
        }
        request.ResponseFormat = null;
        if (way == StructureAbility.ForcedTool)
        {
            var several = call.Tools is { Count: > 0 };
            request.Tools = [.. call.Tools ?? [], AIFunctionFactory.CreateDeclaration(AnswerTool, format.SchemaDescription ?? "Gives the answer.", format.Schema!.Value)];
            request.ToolMode = several ? ChatToolMode.RequireAny : ChatToolMode.RequireSpecific(AnswerTool);
            return (messages, request);
        }
        var words = $"Answer with one JSON document that fits this JSON schema, and with nothing else, no explanation and no code fence:\n{format.Schema!.Value.GetRawText()}";
        return ([.. messages, new ChatMessage(ChatRole.User, words)], request);
    }

    /// <summary>Shows the schema too: a server that passed over it without a word never told it to the model.</summary>
    private static IEnumerable<ChatMessage> RepairOf(string text, string fault, JsonElement schema)
    {
        yield return new ChatMessage(ChatRole.Assistant, text.Length > MostShown ? text[..MostShown] : text.Length == 0 ? "(nothing)" : text);
        yield return new ChatMessage(ChatRole.User, $"This does not fit the format that was asked for. {fault}\nAnswer again, completely, with one JSON document that fits this JSON schema:\n{schema.GetRawText()}");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Leaf}: the answer of {Model} does not fit its schema, it is asked to repair it: {Fault}")]
    private static partial void Repairs(ILogger log, string leaf, ModelRef model, string fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Model} does not take structured output by {Way}; the next way is tried: {Reason}")]
    private static partial void Learned(ILogger log, ModelRef model, StructureAbility way, string reason);
}
