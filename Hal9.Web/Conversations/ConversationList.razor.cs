using Hal9.Engine.Conversations;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Hal9.Web.Conversations;

/// <summary>Conversations, with rename in place, pin and archive.</summary>
public sealed partial class ConversationList
{
    private Guid? renaming;
    private string title = "";
    private ElementReference field;
    private bool focus;

    /// <summary>The conversations.</summary>
    [Parameter, EditorRequired] public IReadOnlyList<ConversationLine> Items { get; set; } = [];

    /// <summary>The one that is open.</summary>
    [Parameter] public Guid? Shown { get; set; }

    /// <summary>The address of a conversation.</summary>
    [Parameter, EditorRequired] public Func<Guid, string> Address { get; set; } = default!;

    /// <summary>A conversation with its new title.</summary>
    [Parameter] public EventCallback<ConversationLine> OnRename { get; set; }

    /// <summary>Put a conversation away, or take it out again.</summary>
    [Parameter] public EventCallback<ConversationLine> OnArchive { get; set; }

    /// <summary>Keep a conversation at the top, or no longer.</summary>
    [Parameter] public EventCallback<ConversationLine> OnPin { get; set; }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (focus)
        {
            focus = false;
            await field.FocusAsync();
        }
    }

    private void Begin(ConversationLine item)
    {
        renaming = item.Id;
        title = item.Title;
        focus = true;
    }

    private void Escape(KeyboardEventArgs e)
    {
        if (e.Key == "Escape")
        {
            renaming = null;
        }
    }

    private async Task RenameAsync(ConversationLine item)
    {
        renaming = null;
        var next = title.Trim();
        if (next.Length > 0 && next != item.Title)
        {
            await OnRename.InvokeAsync(item with { Title = next });
        }
    }
}
