using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Diagnostics;

/// <summary>Settings and health: readiness with what to do about it, versions, the data directory, and the configuration in force with its sources.</summary>
public sealed partial class SettingsPage(SystemReport report, CurrentActor currentActor, NavigationManager navigation, ILogger<SettingsPage> log)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private Part<InstanceState> state = new();
    private Actor actor = default!;
    private SettingsQuery query = new();
    private IReadOnlyList<Setting> settings = [];
    private bool live = true;

    /// <summary>What a setting's name contains.</summary>
    [SupplyParameterFromQuery(Name = "q")] public string? Text { get; set; }

    /// <summary>A <see cref="SettingOrigin"/>.</summary>
    [SupplyParameterFromQuery(Name = "source")] public string? Source { get; set; }

    [CascadingParameter] private ViewerClock Clock { get; set; } = ViewerClock.Utc;

    private IReadOnlyList<Setting> Shown => [.. settings.Where(setting =>
        (query.Text is null || setting.Key.Contains(query.Text, StringComparison.OrdinalIgnoreCase)) && (query.Origin is null || setting.Origin == query.Origin))];

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        actor = await currentActor.GetAsync();
        settings = report.Settings(actor);
        if (Inherit<Part<InstanceState>>(actor) is { } known)
        {
            state = known;
            return;
        }
        await LoadAsync();
        Bequeath(actor, state);
    }

    /// <inheritdoc/>
    protected override void OnParametersSet() => query = SettingsQuery.Parse(Text, Source);

    /// <inheritdoc/>
    protected override Task OnAfterRenderAsync(bool firstRender) => firstRender ? WatchAsync(DueAsync(), _ => { }, LoadAsync) : Task.CompletedTask;

    private async IAsyncEnumerable<int> DueAsync()
    {
        using var timer = new PeriodicTimer(Every);
        while (await timer.WaitForNextTickAsync(Stopping))
        {
            if (live)
            {
                yield return 0;
            }
        }
    }

    private Task LoadAsync() => state.ReadAsync(() => report.ReadAsync(actor, Stopping), Clock, log, Stopping);

    private async Task ToggleLive()
    {
        live = !live;
        await LoadAsync();
    }

    private void Show(SettingsQuery wanted) => navigation.NavigateTo(wanted.ToUrl());

    private static string? Clean(object? value) => value is string text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
}
