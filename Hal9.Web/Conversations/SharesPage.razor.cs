using Hal9.Engine.Conversations;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Hal9.Web.Conversations;

/// <summary>The links that are open: one's own; for who manages people, all of the tenant.</summary>
public sealed partial class SharesPage(ShareService shares, CurrentActor currentActor, NavigationManager navigation, ISnackbar toasts, ILogger<SharesPage> log)
{
    private IReadOnlyList<SharedLink>? links;
    private Failure? failure;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => LoadAsync();

    private Task LoadAsync() => TryAsync(async () => links = await shares.ListAsync(await currentActor.GetAsync(), null, Stopping));

    private Task RevokeAsync(SharedLink link) => TryAsync(async () =>
    {
        var actor = await currentActor.GetAsync();
        await shares.RevokeAsync(actor, link.Id, Stopping);
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
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
    }
}
