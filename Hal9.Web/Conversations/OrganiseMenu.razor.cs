using Hal9.Engine.Conversations;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Conversations;

/// <summary>Where the open conversation lies: folder, labels, pin, archive.</summary>
public sealed partial class OrganiseMenu(ShelfService shelf, CurrentActor currentActor, ILogger<OrganiseMenu> log)
{
    private ShelfNames? names;
    private Guid shown;
    private string folder = "";
    private string tags = "";
    private string announcement = "";
    private Failure? failure;

    /// <summary>The conversation.</summary>
    [Parameter, EditorRequired] public ConversationView Conversation { get; set; } = default!;

    /// <summary>Something was changed.</summary>
    [Parameter] public EventCallback OnChanged { get; set; }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (shown != Conversation.Id)
        {
            (shown, folder, tags, failure) = (Conversation.Id, Conversation.Folder ?? "", string.Join(", ", Conversation.Tags), null);
            await TryAsync(async () => names = await shelf.NamesAsync(await currentActor.GetAsync(), CancellationToken.None));
        }
    }

    private Task SaveAsync() => TryAsync(async () =>
    {
        var actor = await currentActor.GetAsync();
        await shelf.MoveAsync(actor, Conversation.Id, folder, CancellationToken.None);
        await shelf.TagAsync(actor, Conversation.Id, Split(tags), CancellationToken.None);
        names = await shelf.NamesAsync(actor, CancellationToken.None);
        announcement = T["OrderKept"];
        await OnChanged.InvokeAsync();
    });

    private Task PinAsync() => TryAsync(async () =>
    {
        await shelf.PinAsync(await currentActor.GetAsync(), Conversation.Id, !Conversation.IsPinned, CancellationToken.None);
        await OnChanged.InvokeAsync();
    });

    private Task ArchiveAsync() => TryAsync(async () =>
    {
        var actor = await currentActor.GetAsync();
        await (Conversation.IsArchived ? shelf.RestoreAsync(actor, Conversation.Id, CancellationToken.None) : shelf.ArchiveAsync(actor, Conversation.Id, CancellationToken.None));
        await OnChanged.InvokeAsync();
    });

    private async Task TryAsync(Func<Task> act)
    {
        try
        {
            failure = null;
            await act();
        }
        catch (Exception e)
        {
            failure = Failure.Of(e, log);
        }
    }

    private void Toggle(string tag)
    {
        var now = Split(tags);
        tags = string.Join(", ", now.Contains(tag) ? now.Where(t => t != tag) : now.Append(tag));
    }

    private static List<string> Split(string text) => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.OrdinalIgnoreCase)];
}
