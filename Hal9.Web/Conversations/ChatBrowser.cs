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

    /// <summary>Joins the page's element with the module; <paramref name="send"/> gets what the person sends and says whether it was taken.</summary>
    public static async Task<ChatBrowser> AttachAsync(IJSRuntime js, string path, ElementReference root, Func<string, Task<bool>> send, CancellationToken cancellationToken)
    {
        var module = await js.InvokeAsync<IJSObjectReference>("import", cancellationToken, path);
        var sender = DotNetObjectReference.Create(new Sender(send));
        return new ChatBrowser(module, await module.InvokeAsync<IJSObjectReference>("attach", cancellationToken, root, sender), sender);
    }

    /// <summary>Puts the draft of a conversation into the field, once per conversation.</summary>
    public async Task ShowAsync(Guid? conversationId)
    {
        if (shown != conversationId)
        {
            shown = conversationId;
            await chat.InvokeVoidAsync("show", conversationId?.ToString() ?? "new");
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
    internal sealed class Sender(Func<string, Task<bool>> send)
    {
        [JSInvokable]
        public Task<bool> SendAsync(string text) => send(text);
    }
}
