using System.Runtime.CompilerServices;
using System.Text.Json;
using Hal9.Engine.Models.Coats;
using Microsoft.Extensions.AI;

namespace Hal9.Benchmarks.Neurons;

/// <summary>
/// A model that takes no time: three neurons in a row get one assignment each, everything is accepted. For the engine it looks like a provider that was
/// reached and told its usage, so that it is paid for as one; for other frameworks it is a chat client.
/// </summary>
internal sealed class NullModel : IChatClient
{
    public const string Text = "It is done.";

    private const string Plan = """{"outcome":"delegate","assignments":[{"neuron":"NAME","goal":"Write the piece that is asked for.","criteria":["It is there."],"dependsOn":[],"share":1}],"answer":"","reason":"So."}""";
    private static readonly string ForDesigner = Plan.Replace("NAME", "analyst", StringComparison.Ordinal);
    private static readonly string ForImplementer = Plan.Replace("NAME", "generalist", StringComparison.Ordinal);
    private static readonly JsonElement Usage = JsonDocument.Parse("""{"prompt_tokens":21,"completion_tokens":10,"total_tokens":31}""").RootElement.Clone();

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, Text)) { FinishReason = ChatFinishReason.Stop });

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var text = Text;
        if (options is CallOptions call)
        {
            var wire = call.Ticket.Attempt.Wire;
            wire.Sent = wire.Answered = wire.Finished = true;
            wire.AddUsage(Usage);
            text = Answer(call);
        }
        await Task.CompletedTask;
        yield return new ChatResponseUpdate(ChatRole.Assistant, text) { FinishReason = ChatFinishReason.Stop };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        // Nothing is held.
    }

    private static string Answer(CallOptions call) => (call.ResponseFormat as ChatResponseFormatJson)?.SchemaName switch
    {
        "plan" => call.Ticket.Context.Neuron == "strategist" ? ForDesigner : ForImplementer,
        "work" => """{"outcome":"answer","answer":"It is done.","reason":""}""",
        "review" => """{"verdicts":[{"assignment":1,"verdict":"accept","feedback":""}],"answer":"It is done."}""",
        "verdicts" => """{"verdicts":[{"assignment":1,"verdict":"accept","feedback":""}]}""",
        _ => Text,
    };
}
