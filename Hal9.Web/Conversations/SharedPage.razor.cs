using Hal9.Engine.Conversations;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Conversations;

/// <summary>A shared branch, to read.</summary>
public sealed partial class SharedPage(ShareService shares, CurrentActor currentActor, NavigationManager navigation, ILogger<SharedPage> log)
{
    private SharedConversation? conversation;
    private Failure? failure;

    /// <summary>The link.</summary>
    [Parameter] public Guid LinkId { get; set; }

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        try
        {
            failure = null;
            conversation = await shares.OpenAsync(await currentActor.GetAsync(), LinkId, Stopping);
            if (conversation is null)
            {
                navigation.NotFound();
            }
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
    }
}
