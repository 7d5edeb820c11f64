using Hal9.Engine.Budgets;
using Hal9.Engine.Models;
using Hal9.Engine.Monitoring;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Diagnostics;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Hal9.Web.Models;

/// <summary>Providers and how they are, tiers, the fallback chain, and the catalogue with its prices: what is configured, and where.</summary>
public sealed partial class ModelsPage(
    MonitoringService monitoring, ModelService catalogue, ModelSettings settings, PriceService prices, SettingSources sources, ProviderTester tester, CurrentActor currentActor, NavigationManager navigation, ISnackbar toasts,
    ILogger<ModelsPage> log)
{
    private static readonly TimeSpan HealthSpan = TimeSpan.FromDays(1);
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private static readonly ModelTier[] Tiers = [ModelTier.Strong, ModelTier.Balanced, ModelTier.Fast];
    private static readonly DialogOptions DialogLook = new() { MaxWidth = MaxWidth.ExtraSmall, FullWidth = true, CloseOnEscapeKey = true };
    private Part<IReadOnlyList<ProviderActivity>> providers = new();
    private readonly Dictionary<string, Part<TestResult>> tests = [];
    private Actor actor = default!;
    private ModelsQuery query = new();
    private IReadOnlyList<ModelOffer> offers = [];
    private string? testing;
    private bool live = true;
    private ProviderDialog.ProviderForm? edited;
    private Failure? notSaved;
    private string? removed;
    private PriceForm? priced;
    private string? complaint;
    private bool mayEdit;
    private bool owns;
    private bool mayTest;

    /// <summary>What a model's name contains.</summary>
    [SupplyParameterFromQuery(Name = "q")] public string? Text { get; set; }

    /// <summary><c>1</c>: only models without a price.</summary>
    [SupplyParameterFromQuery(Name = "unpriced")] public string? Unpriced { get; set; }

    [CascadingParameter] private ViewerClock Clock { get; set; } = ViewerClock.Utc;

    private IReadOnlyList<ModelOffer> Shown => [.. offers.Where(offer =>
        (query.Text is null || offer.Ref.ToString().Contains(query.Text, StringComparison.OrdinalIgnoreCase)) && (!query.Unpriced || offer.Price is null))];

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        actor = await currentActor.GetAsync();
        mayEdit = actor.May(Permission.EditEngine);
        owns = actor.May(Permission.EditInstance);
        mayTest = mayEdit && actor.May(Permission.UseRuns);
        offers = catalogue.Offers();
        if (Inherit<Part<IReadOnlyList<ProviderActivity>>>(actor) is { } known)
        {
            providers = known;
            return;
        }
        await LoadAsync();
        Bequeath(actor, providers);
    }

    /// <inheritdoc/>
    protected override void OnParametersSet() => query = ModelsQuery.Parse(Text, Unpriced);

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

    private Task LoadAsync() => providers.ReadAsync(() => monitoring.ProvidersAsync(actor, HealthSpan, Stopping), Clock, log, Stopping);

    private async Task TestAsync(string provider, ModelRef model)
    {
        testing = provider;
        if (!tests.TryGetValue(provider, out var test))
        {
            tests[provider] = test = new Part<TestResult>();
        }
        test.Forget();
        await test.ReadAsync(() => tester.TestAsync(actor, model, T["TestQuestion"], Stopping), Clock, log, Stopping);
        testing = null;
        await LoadAsync();
    }

    private async Task ToggleLive()
    {
        live = !live;
        await LoadAsync();
    }

    private ProviderCard? CardOf(string name) => catalogue.Providers.FirstOrDefault(card => card.Name == name);

    private IReadOnlyList<ModelRef> TestableOf(string name) => [.. offers.Select(offer => offer.Ref).Where(model => string.Equals(model.Provider, name, StringComparison.OrdinalIgnoreCase))];

    private IReadOnlyList<TierTable.TierLine> TierLines => [.. Tiers.Select(tier => new TierTable.TierLine(
        tier, catalogue.OfTier(tier), settings.IsConfigured(tier), settings.IsSet(tier),
        settings.IsConfigured(tier) || !settings.IsSet(tier) ? sources.SourceOf($"Hal9:Models:Tiers:{tier}") : (SettingOrigin.Console, null)))];

    // Stored, and yet no provider of theirs answers: the configuration's does, or their key cannot be read.
    private IReadOnlyList<StoredProvider> Unused => owns ? [.. settings.Providers.Where(stored => settings.IsConfigured(stored.Name) || CardOf(stored.Name) is null)] : [];

    private bool IsSetHere(string name) => !settings.IsConfigured(name) && settings.Providers.Any(provider => provider.Name == name);

    private void Edit(string name)
    {
        notSaved = null;
        edited = settings.Providers.FirstOrDefault(provider => provider.Name == name) is { } stored
            ? new ProviderDialog.ProviderForm(stored.Name, stored.Kind, stored.BaseUrl, stored.ProtectedKey is not null, ModelSettings.ModelsOf(stored))
            : null;
    }

    private async Task SaveAsync(ProviderWish wish)
    {
        try
        {
            await settings.SaveAsync(actor, wish, Stopping);
            (edited, notSaved) = (null, null);
            toasts.Add(T["ProviderSaved"]);
            await ReadAnewAsync();
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            notSaved = Failure.Of(e, log);
        }
    }

    private async Task RemoveAsync()
    {
        var name = removed!;
        removed = null;
        try
        {
            await settings.RemoveAsync(actor, name, Stopping);
            tests.Remove(name);
            toasts.Add(T["ProviderRemoved"]);
            await ReadAnewAsync();
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            var reason = Failure.Of(e, log);
            toasts.Add($"{T["NotRemoved"]}: {reason.Text ?? reason.TraceId}", Severity.Error);
        }
    }

    private async Task PriceAsync(PriceEntry entry)
    {
        try
        {
            var version = await prices.SetAsync(actor, entry, T["PriceNote"], Stopping);
            (priced, complaint) = (null, null);
            toasts.Add(T["PriceSaved", version.Number]);
            await ReadAnewAsync();
        }
        catch (PriceImportRefused refused)
        {
            complaint = string.Join(' ', refused.Complaints);
        }
    }

    private async Task<string?> SetTierAsync(ModelTier tier, string? model)
    {
        if (settings.Fault(tier, model) is { } fault)
        {
            return fault;
        }
        await settings.SetAsync(actor, tier, model, Stopping);
        await ReadAnewAsync();
        return null;
    }

    private Task ReadAnewAsync()
    {
        offers = catalogue.Offers();
        return LoadAsync();
    }

    private (SettingOrigin Origin, string? Place) KeySourceOf(string name) =>
        IsSetHere(name) ? (SettingOrigin.Console, null) : sources.SourceOf($"Hal9:Models:Providers:{name}:ApiKeyFile") is { Origin: not SettingOrigin.Default } file ? file : sources.SourceOf($"Hal9:Models:Providers:{name}:ApiKey");

    private void Show(ModelsQuery wanted) => navigation.NavigateTo(wanted.ToUrl());

    private static string? Clean(object? value) => value is string text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
}
