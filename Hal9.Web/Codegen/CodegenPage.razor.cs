using Hal9.Engine;
using Hal9.Engine.Codegen;
using Hal9.Engine.Models;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Codegen;

/// <summary>A new project, and those that there are.</summary>
public sealed partial class CodegenPage(CodegenService door, ModelService models, CurrentActor currentActor, NavigationManager navigation, ILogger<CodegenPage> log)
{
    private const int PerPage = 25;
    private Actor actor = default!;
    private bool mayStart;
    private bool isOffline;
    private Page<ProjectLine>? projects;
    private Failure? failure;

    /// <summary>Where the page of the list begins.</summary>
    [SupplyParameterFromQuery(Name = "after")] public string? After { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        actor = await currentActor.GetAsync();
        mayStart = actor.May(Permission.UseRuns);
        isOffline = Enum.GetValues<ModelTier>().Any(tier => models.KindOf(models.OfTier(tier)) is ProviderKind.Offline);
    }

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        try
        {
            projects = await door.ListAsync(actor, After, PerPage, Stopping);
            failure = null;
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
    }

    private async Task<ProjectQuote?> QuoteAsync(Usd? envelope)
    {
        try
        {
            return await door.QuoteAsync(actor, envelope, Stopping);
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
            return null;
        }
    }

    private async Task<Failure?> StartAsync(NewProject order)
    {
        try
        {
            var started = await door.StartAsync(actor, order, null, CancellationToken.None);
            navigation.NavigateTo(Urls.Project(started.Id));
            return null;
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            return Failure.Of(e, log);
        }
    }
}
