using Hal9.Engine.Tenancy;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Accounts;

/// <summary>E-mail and password, then the authenticator's code if the person has one.</summary>
public sealed partial class Login
{
    private bool codeNeeded;
    private bool firstStart;
    private IReadOnlyList<string> faults = [];

    [Inject] private PasswordDoor Door { get; set; } = null!;

    [Inject] private FirstSetup First { get; set; } = null!;

    [Inject] private TenantService Tenants { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    [CascadingParameter] private HttpContext Http { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "returnUrl")] private string? ReturnUrl { get; set; }

    [SupplyParameterFromForm(FormName = "login")] private LoginForm Form { get; set; } = null!;

    [SupplyParameterFromForm(FormName = "code")] private CodeInput CodeForm { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Form ??= new();
        CodeForm ??= new();
        codeNeeded = CodeForm.Code is not null;
        firstStart = await First.IsOpenAsync(Http.RequestAborted);
    }

    private async Task SubmitAsync()
    {
        var (verdict, person) = await Door.CheckPasswordAsync(Form.Email, Form.Password, Address, Http.RequestAborted);
        if (verdict == PasswordVerdict.CodeNeeded)
        {
            await Door.AwaitCodeAsync(person!, Form.Remember);
            codeNeeded = true;
            return;
        }
        await FinishAsync(verdict, person, Form.Remember);
    }

    private async Task SubmitCodeAsync()
    {
        var (verdict, person, remember) = await Door.CheckAwaitedCodeAsync(CodeForm.Code, Address);
        codeNeeded = person is not null;
        await FinishAsync(verdict, person, remember);
    }

    private async Task FinishAsync(PasswordVerdict verdict, Person? person, bool remember)
    {
        if (verdict != PasswordVerdict.Right || person is null)
        {
            faults = [verdict == PasswordVerdict.TooMany ? T["TooManyTries"] : T["WrongPassword"]];
            return;
        }
        var memberships = await Tenants.OfPersonAsync(person.Id, Http.RequestAborted);
        if (memberships.Count == 0)
        {
            codeNeeded = false;
            faults = [T["NoTenant"]];
            return;
        }
        await Door.SignInAsync(person.Id, remember);
        var target = LocalUrl.Of(ReturnUrl);
        Navigation.NavigateTo(memberships.Count > 1 && person.LastTenantId is null ? $"{AccountUrls.ChooseTenant}?returnUrl={Uri.EscapeDataString(target)}" : target);
    }

    private string Address => Http.Connection.RemoteIpAddress?.ToString() ?? "";

    private sealed class LoginForm
    {
        public string? Email { get; set; }
        public string? Password { get; set; }
        public bool Remember { get; set; }
    }

    private sealed class CodeInput
    {
        public string? Code { get; set; }
    }
}
