using Hal9.Engine.Tenancy;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Accounts;

/// <summary>For people who belong to several tenants: in which of them this browser acts.</summary>
public sealed partial class ChooseTenant
{
    private IReadOnlyList<TenantMembership> memberships = [];
    private IReadOnlyList<string> faults = [];
    private Guid? current;

    [Inject] private PasswordDoor Door { get; set; } = null!;

    [Inject] private TenantService Tenants { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    [CascadingParameter] private HttpContext Http { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "returnUrl")] private string? ReturnUrl { get; set; }

    [SupplyParameterFromForm(FormName = "tenant", Name = "Chosen")] private Guid? Chosen { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        var actor = CurrentActor.From(Http.User);
        current = actor.TenantId;
        memberships = await Tenants.OfPersonAsync(actor.UserId, Http.RequestAborted);
    }

    private async Task SubmitAsync()
    {
        if (Chosen is not { } tenant || memberships.All(m => m.TenantId != tenant))
        {
            faults = [T["ChooseOneOfYours"]];
            return;
        }
        await Door.SignInAsync(CurrentActor.From(Http.User).UserId, remember: false, tenant);
        Navigation.NavigateTo(LocalUrl.Of(ReturnUrl));
    }
}
