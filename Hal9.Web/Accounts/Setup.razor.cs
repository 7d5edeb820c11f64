using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace Hal9.Web.Accounts;

/// <summary>The page behind the one-time link of a first start.</summary>
public sealed partial class Setup
{
    private bool good;
    private bool open;
    private string? usedCode;
    private IReadOnlyList<string> faults = [];

    [Inject] private FirstSetup First { get; set; } = null!;

    [Inject] private PasswordDoor Door { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    [CascadingParameter] private HttpContext Http { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "code")] private string? Code { get; set; }

    [SupplyParameterFromForm(FormName = "setup")] private SetupForm Form { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Form ??= new();
        usedCode = Form.Code ?? Code;
        open = await First.IsOpenAsync(Http.RequestAborted);
        good = open && await First.IsGoodAsync(usedCode, Http.RequestAborted);
        if (!good && HttpMethods.IsGet(Http.Request.Method))
        {
            Http.Response.StatusCode = StatusCodes.Status410Gone;
        }
    }

    private async Task SubmitAsync()
    {
        var outcome = await First.UseAsync(usedCode, Form.Email, Form.Password, Form.Tenant, Http.RequestAborted);
        faults = [.. outcome.Faults.Select(InWords)];
        if (outcome.PersonId is { } id)
        {
            await Door.SignInAsync(id);
            Navigation.NavigateTo(Urls.Chat());
        }
    }

    private string InWords(SetupFault fault) => fault.Code switch
    {
        SetupFault.LinkUsed => T["Fault.LinkUsed"],
        SetupFault.Email => T["Fault.Email"],
        SetupFault.Tenant => T["Fault.Tenant"],
        nameof(IdentityErrorDescriber.PasswordTooShort) => T["Fault.PasswordTooShort", PasswordRules.Length],
        nameof(IdentityErrorDescriber.PasswordRequiresUniqueChars) => T["Fault.PasswordRequiresUniqueChars", PasswordRules.Different],
        PasswordRules.TooLong => T["Fault.PasswordTooLong"],
        PasswordRules.IsEmail => T["Fault.PasswordIsEmail"],
        PasswordRules.IsCommon => T["Fault.PasswordIsCommon"],
        _ => T["Fault.Other", fault.Text],
    };

    private sealed class SetupForm
    {
        public string? Code { get; set; }
        public string? Email { get; set; }
        public string? Password { get; set; }
        public string? Tenant { get; set; }
    }
}
