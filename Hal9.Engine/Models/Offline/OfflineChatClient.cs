using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Models.Offline;

/// <summary>
/// The built-in provider <c>offline/hal9</c>: rules, not AI. The same request gets the same answer; nothing but the request is read; there is
/// no network and no cost. It does honest small work on all three layers and says in every text that it is offline.
/// </summary>
/// <param name="time">Paces the stream.</param>
/// <param name="chunkDelay">The pause between two chunks of a streamed text, <see cref="DefaultChunkDelay"/> when null; JSON is never paced.</param>
internal sealed class OfflineChatClient(TimeProvider time, TimeSpan? chunkDelay = null) : IChatClient
{
    public const string Provider = "offline";
    public const string Model = "hal9";

    /// <summary>Slow enough that a person sees the text grow; <see cref="Chunks"/> bounds the number of chunks and so the whole wait.</summary>
    public static readonly TimeSpan DefaultChunkDelay = TimeSpan.FromMilliseconds(15);

    private static readonly ChatClientMetadata Metadata = new(Provider, null, Model);

    private readonly TimeSpan delay = chunkDelay ?? DefaultChunkDelay;

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var reply = Reply.To([.. messages], options);
        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, reply.Text) { MessageId = reply.Id })
        {
            ResponseId = reply.Id,
            ModelId = Model,
            CreatedAt = time.GetUtcNow(),
            FinishReason = reply.Finish,
            Usage = reply.Usage,
        });
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var reply = Reply.To([.. messages], options);
        var paced = delay > TimeSpan.Zero && options?.ResponseFormat is not ChatResponseFormatJson;
        foreach (var chunk in Chunks.Of(reply.Text))
        {
            if (paced)
            {
                await Task.Delay(delay, time, cancellationToken);
            }
            cancellationToken.ThrowIfCancellationRequested();
            yield return Update([new TextContent(chunk)]);
        }
        var last = Update([new UsageContent(reply.Usage)]);
        last.FinishReason = reply.Finish;
        yield return last;

        ChatResponseUpdate Update(IList<AIContent> contents) => new(ChatRole.Assistant, contents)
        {
            ResponseId = reply.Id,
            MessageId = reply.Id,
            ModelId = Model,
            CreatedAt = time.GetUtcNow(),
        };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? Metadata
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose()
    {
        // Nothing is held.
    }

    /// <summary>A whole answer with its usage, cut at the request's token limit.</summary>
    private sealed record Reply(string Id, string Text, ChatFinishReason Finish, UsageDetails Usage)
    {
        public static Reply To(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
        {
            var limit = options?.MaxOutputTokens is > 0 and var max ? max : int.MaxValue;
            var whole = OfflineMind.Answer(messages, options?.ResponseFormat, limit);
            var text = Tokens.Cut(whole, limit);
            var input = messages.Sum(message => Tokens.Count(message.Text));
            var output = Tokens.Count(text);
            var usage = new UsageDetails { InputTokenCount = input, OutputTokenCount = output, TotalTokenCount = input + output };
            var finish = text.Length < whole.Length ? ChatFinishReason.Length : ChatFinishReason.Stop;
            return new Reply($"offline-{Fingerprint(messages, text)}", text, finish, usage);
        }

        private static string Fingerprint(IReadOnlyList<ChatMessage> messages, string text)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var message in messages)
            {
                hash.AppendData(Encoding.UTF8.GetBytes(message.Text));
            }
            hash.AppendData(Encoding.UTF8.GetBytes(text));
            return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 12));
        }
    }
}
