using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Shell;

/// <summary>The frame of every page: bar, navigation by task, content, and the clock that moves relative times on.</summary>
public sealed partial class MainLayout
{
    private static readonly TimeSpan TickEvery = TimeSpan.FromSeconds(15);
    private readonly CancellationTokenSource stopping = new();
    private TraceableBoundary? boundary;
    private Actor? actor;
    private string person = "";
    private string? tenant;
    private bool canChoose;
    private IReadOnlyList<Place> places = [];

    [CascadingParameter] private ViewerClock Clock { get; set; } = ViewerClock.Utc;

    [CascadingParameter(Name = "Theme")] private string Theme { get; set; } = Shell.Theme.Dark;

    // A fragment alone would be taken from the base address, not from this page.
    private string Here => "/" + Navigation.ToBaseRelativePath(Navigation.Uri).Split('#')[0];

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        var user = (await Authentication.GetAuthenticationStateAsync()).User;
        if (user.Identity?.IsAuthenticated == true)
        {
            actor = await CurrentActor.GetAsync();
            places = Places.Of(actor, T);
            person = user.Identity.Name ?? T["SignedIn"];
            var memberships = await Tenants.OfPersonAsync(actor.UserId, stopping.Token);
            tenant = memberships.FirstOrDefault(m => m.TenantId == actor.TenantId)?.Name;
            canChoose = memberships.Count > 1;
        }
    }

    /// <inheritdoc/>
    protected override void OnParametersSet() => boundary?.Recover();

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await TickAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        stopping.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(TickEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token))
            {
                Clock.Tick();
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
