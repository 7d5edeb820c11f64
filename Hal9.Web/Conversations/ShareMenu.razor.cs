using Hal9.Engine.Conversations;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Hal9.Web.Conversations;

/// <summary>Links to the open branch for others in the tenant, and the conversation as a file.</summary>
public sealed partial class ShareMenu(ShareService shares, CurrentActor currentActor, NavigationManager navigation, ISnackbar toasts, ILogger<ShareMenu> log)
{
    private IReadOnlyList<SharedLink> links = [];
    private Guid shown;
    private Failure? failure;
    private string announcement = "";

    /// <summary>The conversation.</summary>
    [Parameter, EditorRequired] public ConversationView Conversation { get; set; } = default!;

    private Guid? LeafId => Conversation.Branch is [.., var last] ? last.Id : null;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (shown != Conversation.Id)
        {
            (shown, links) = (Conversation.Id, []);
            await TryAsync(LoadAsync);
        }
    }

    private async Task LoadAsync() => links = await shares.ListAsync(await currentActor.GetAsync(), Conversation.Id, CancellationToken.None);

    private Task ShareAsync() => TryAsync(async () =>
    {
        if (LeafId is { } leaf)
        {
            await shares.ShareAsync(await currentActor.GetAsync(), Conversation.Id, leaf, CancellationToken.None);
            await LoadAsync();
            announcement = T["LinkMade"];
        }
    });

    private Task RevokeAsync(SharedLink link) => TryAsync(async () =>
    {
        var actor = await currentActor.GetAsync();
        await shares.RevokeAsync(actor, link.Id, CancellationToken.None);
        await LoadAsync();
        Toasts.Undo(toasts, T["Revoked", link.Title], T["Undo"], () => InvokeAsync(async () =>
        {
            await shares.RestoreAsync(actor, link.Id, CancellationToken.None);
            await LoadAsync();
            StateHasChanged();
        }));
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

    private string Absolute(Guid id) => navigation.ToAbsoluteUri(Urls.Shared(id)).ToString();
}
