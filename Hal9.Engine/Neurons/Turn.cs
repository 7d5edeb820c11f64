using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Hal9.Engine.Models;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Hal9.Engine.Neurons;

/// <summary>What a neuron is asked in one turn.</summary>
/// <param name="Context">For whom, from what, under which leaf.</param>
/// <param name="Neuron">Who is asked.</param>
/// <param name="History">What was said before the goal; only an entry neuron gets it.</param>
/// <param name="Prompt">The turn's own message.</param>
/// <param name="MaxOutputTokens">The caller's limit of the answer; the neuron's own applies too.</param>
internal sealed record Ask(CallContext Context, Neuron Neuron, IReadOnlyList<ChatMessage> History, Prompts Prompt, int? MaxOutputTokens = null)
{
    /// <summary>The most tokens that this kind of answer needs, in place of the neuron's own limit: files are longer than what neurons usually say. Null: the neuron's.</summary>
    public int? MayWrite { get; init; }

    /// <summary>The strength of model that was learned to be right for this kind of task; null: the neuron's own.</summary>
    public ModelTier? Tier { get; init; }
}

/// <summary>How a neuron talks: a kernel per turn with the chat service from Models, the neuron's prompt as a template, and the answer as text or as checked JSON.</summary>
internal sealed class Turn(ModelService models, TimeProvider time)
{
    // Prompts are written by administrators, not by users: their template variables are filled by us with plain words.
    private static readonly KernelPromptTemplateFactory Templates = new() { AllowDangerouslySetContent = true };

    // Prompts of neurons that were changed since fall out with all the others.
    private const int MostParsed = 1024;
    private readonly ConcurrentDictionary<string, IPromptTemplate> parsed = new(StringComparer.Ordinal);

    /// <summary>Streams a text answer.</summary>
    public async Task<string> TextAsync(Ask ask, Action<string>? onText, CancellationToken cancellationToken)
    {
        var (kernel, service, history) = await PrepareAsync(ask, null, cancellationToken).ConfigureAwait(false);
        var text = new StringBuilder();
        await foreach (var piece in service.GetStreamingChatMessageContentsAsync(history, Settings, kernel, cancellationToken).ConfigureAwait(false))
        {
            if (piece.Content is { Length: > 0 } content)
            {
                text.Append(content);
                onText?.Invoke(content);
            }
        }
        return text.ToString();
    }

    /// <summary>Asks for JSON of a schema; the coats have checked it when it arrives here.</summary>
    /// <exception cref="ModelCallFailed">With <see cref="ModelFault.BadStructure"/> when it does not fit even after one repair.</exception>
    public async Task<T> JsonAsync<T>(Ask ask, string name, JsonElement schema, CancellationToken cancellationToken)
    {
        var format = ChatResponseFormat.ForJsonSchema(schema, name);
        var (kernel, service, history) = await PrepareAsync(ask, format, cancellationToken).ConfigureAwait(false);
        var answer = await service.GetChatMessageContentAsync(history, Settings, kernel, cancellationToken).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize<T>(answer.Content ?? "", AnswerSchemas.Json)
                ?? throw new ModelCallFailed(ModelFault.BadStructure, $"{ask.Neuron.Name} answered nothing where a {name} was asked for.");
        }
        catch (JsonException e)
        {
            throw new ModelCallFailed(ModelFault.BadStructure, $"{ask.Neuron.Name} answered with JSON that is no {name}: {e.Message}", e);
        }
    }

    private IPromptTemplate TemplateOf(string prompt)
    {
        if (!parsed.TryGetValue(prompt, out var template))
        {
            if (parsed.Count >= MostParsed)
            {
                parsed.Clear();
            }
            parsed[prompt] = template = Templates.Create(new PromptTemplateConfig(prompt) { AllowDangerouslySetContent = true });
        }
        return template;
    }

    // Tools are called by us one by one, never by the chat service.
    private static PromptExecutionSettings Settings => new() { FunctionChoiceBehavior = null };

    private async Task<(Kernel, IChatCompletionService, ChatHistory)> PrepareAsync(Ask ask, ChatResponseFormat? format, CancellationToken cancellationToken)
    {
        var kernel = new Kernel();
        var system = await TemplateOf(ask.Neuron.Prompt).RenderAsync(
            kernel,
            new KernelArguments
            {
                ["neuron"] = ask.Neuron.Name,
                ["layer"] = ask.Neuron.Layer.ToString(),
                ["today"] = time.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            },
            cancellationToken).ConfigureAwait(false);
        PromptPart[] prompt =
        [
            new(PromptSource.Neuron, system), .. ask.History.Select(message => new PromptPart(PromptSource.History, $"{message.Role}: {message.Text}")), .. ask.Prompt.Parts,
            .. format is ChatResponseFormatJson { Schema: { } schema } ? [new PromptPart(PromptSource.Schema, schema.GetRawText())] : Array.Empty<PromptPart>(),
        ];
        var client = models.Open(ask.Context with { Prompt = prompt }, models.OfTier(ask.Tier ?? ask.Neuron.Tier), format, Math.Min(ask.MayWrite ?? ask.Neuron.MaxOutputTokens, ask.MaxOutputTokens ?? int.MaxValue));
        var history = new ChatHistory(system);
        foreach (var message in ask.History)
        {
            history.AddMessage(message.Role == ChatRole.Assistant ? AuthorRole.Assistant : message.Role == ChatRole.System ? AuthorRole.System : AuthorRole.User, message.Text);
        }
        if (ask.Prompt.Images is { Count: > 0 } images)
        {
            history.AddUserMessage([new Microsoft.SemanticKernel.TextContent(ask.Prompt.ToString()), .. images.Select(image => new ImageContent(image.Image, image.MediaType))]);
        }
        else
        {
            history.AddUserMessage(ask.Prompt.ToString());
        }
        return (kernel, client.AsChatCompletionService(), history);
    }
}
