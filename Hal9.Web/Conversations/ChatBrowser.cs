using Hal9.Engine.Conversations;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Hal9.Web.Conversations;

/// <summary>The chat page's half that lives in the browser (<c>js/chat.js</c>): field, draft, scroll, clipboard.</summary>
internal sealed class ChatBrowser : IAsyncDisposable
{
    private readonly IJSObjectReference module;
    private readonly IJSObjectReference chat;
    private readonly DotNetObjectReference<Sender> sender;
    private Guid? shown = Guid.Empty;

    private ChatBrowser(IJSObjectReference module, IJSObjectReference chat, DotNetObjectReference<Sender> sender) =>
        (this.module, this.chat, this.sender) = (module, chat, sender);

    /// <summary>Joins the page's element with the module; <paramref name="sender"/> gets what the person sends and types.</summary>
    public static async Task<ChatBrowser> AttachAsync(IJSRuntime js, string path, ElementReference root, Sender sender, CancellationToken cancellationToken)
    {
        var module = await js.InvokeAsync<IJSObjectReference>("import", cancellationToken, path);
        var server = DotNetObjectReference.Create(sender);
        return new ChatBrowser(module, await module.InvokeAsync<IJSObjectReference>("attach", cancellationToken, root, server), server);
    }

    /// <summary>Puts the draft of a conversation into the field, once per conversation.</summary>
    public async Task ShowAsync(Guid? conversationId, Func<Task<Draft?>> draft)
    {
        if (shown != conversationId)
        {
            shown = conversationId;
            var kept = await draft();
            await chat.InvokeVoidAsync("show", conversationId?.ToString() ?? "new", kept?.Text, kept?.UpdatedAt.ToUnixTimeMilliseconds());
        }
    }

    /// <summary>Goes to a message and marks it; none: takes the mark away.</summary>
    public ValueTask RevealAsync(Guid? messageId) => chat.InvokeVoidAsync("reveal", messageId?.ToString());

    /// <summary>Copies a text.</summary>
    public ValueTask CopyAsync(string text) => chat.InvokeVoidAsync("copy", text);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await chat.InvokeVoidAsync("dispose");
            await chat.DisposeAsync();
            await module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
        }
        sender.Dispose();
    }

    /// <summary>What the browser may call.</summary>
    /// <param name="send">Takes what the person sends and says whether it was taken.</param>
    /// <param name="keep">Keeps a draft.</param>
    internal sealed class Sender(Func<string, Task<bool>> send, Func<Guid?, string, Task> keep)
    {
        [JSInvokable]
        public Task<bool> SendAsync(string text) => send(text);

        [JSInvokable]
        public Task SaveDraftAsync(string conversation, string text) => keep(Guid.TryParse(conversation, out var id) ? id : null, text);
    }
}
