using Hal9.Engine.Conversations;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Hal9.Web.Conversations;

/// <summary>A person's conversations by day, with rename in place and archive.</summary>
public sealed partial class ConversationList
{
    private Guid? renaming;
    private string title = "";
    private ElementReference field;
    private bool focus;

    /// <summary>The conversations, last used first; null while they load.</summary>
    [Parameter] public IReadOnlyList<ConversationLine>? Items { get; set; }

    /// <summary>The one that is open.</summary>
    [Parameter] public Guid? Shown { get; set; }

    /// <summary>There are older ones.</summary>
    [Parameter] public bool HasMore { get; set; }

    /// <summary>Load older ones.</summary>
    [Parameter] public EventCallback OnMore { get; set; }

    /// <summary>A conversation with its new title.</summary>
    [Parameter] public EventCallback<ConversationLine> OnRename { get; set; }

    /// <summary>Hide a conversation.</summary>
    [Parameter] public EventCallback<ConversationLine> OnArchive { get; set; }

    [CascadingParameter] private ViewerClock? Clock { get; set; }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (focus)
        {
            focus = false;
            await field.FocusAsync();
        }
    }

    private string DayOf(ConversationLine item)
    {
        var clock = Clock ?? ViewerClock.Utc;
        var days = TimeZoneInfo.ConvertTime(clock.Now, clock.Zone).Date - TimeZoneInfo.ConvertTime(item.UpdatedAt, clock.Zone).Date;
        return days.TotalDays switch
        {
            < 1 => T["Today"],
            < 2 => T["Yesterday"],
            < 8 => T["LastSevenDays"],
            _ => T["Older"],
        };
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
