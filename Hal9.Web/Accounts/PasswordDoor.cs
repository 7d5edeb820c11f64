using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace Hal9.Web.Accounts;

/// <summary>What came of a password.</summary>
internal enum PasswordVerdict
{
    /// <summary>Right.</summary>
    Right,

    /// <summary>Right, and a code of the authenticator app is still needed.</summary>
    CodeNeeded,

    /// <summary>Unknown person, wrong password, wrong code or locked: said alike, so that nobody can find out who has an account.</summary>
    Wrong,

    /// <summary>Too many failures from this address.</summary>
    TooMany,
}

/// <summary>The one place where a password is checked, for the browser and for programs.</summary>
internal sealed class PasswordDoor(Gatekeeper gatekeeper, UserManager<Person> people, SignInManager<Person> signIn)
{
    /// <summary>What to say to <see cref="PasswordVerdict.Wrong"/>.</summary>
    public const string WrongText = "E-mail, password or code is not right. After five wrong tries in a row an account is locked for five minutes.";

    /// <summary>What to say to <see cref="PasswordVerdict.TooMany"/>.</summary>
    public const string TooManyText = "Too many failed tries from your address. Wait a minute and try again.";

    private const string Remember = "remember";

    /// <summary>Password only: with <see cref="PasswordVerdict.CodeNeeded"/> comes the person, who is not signed in yet.</summary>
    public async Task<(PasswordVerdict Verdict, Person? Person)> CheckPasswordAsync(string? email, string? password, string address, CancellationToken cancellationToken)
    {
        if (!gatekeeper.MayTry(address))
        {
            return (PasswordVerdict.TooMany, null);
        }
        using var turn = await gatekeeper.TurnAsync(cancellationToken);
        var person = await people.FindByEmailAsync(email?.Trim() ?? "");
        // Does not sign in; counts failures and keeps the lock.
        var check = person is null ? SignInResult.Failed : await signIn.CheckPasswordSignInAsync(person, password ?? "", lockoutOnFailure: true);
        if (!check.Succeeded)
        {
            if (person is null || check.IsLockedOut)
            {
                gatekeeper.SpendTheSameTime(password ?? "");
            }
            gatekeeper.Failed(address);
            return (PasswordVerdict.Wrong, null);
        }
        return (await people.GetTwoFactorEnabledAsync(person!) ? PasswordVerdict.CodeNeeded : PasswordVerdict.Right, person);
    }

    /// <summary>The second step, for a person whose password was right.</summary>
    public async Task<PasswordVerdict> CheckCodeAsync(Person person, string? code, string address)
    {
        if (!gatekeeper.MayTry(address))
        {
            return PasswordVerdict.TooMany;
        }
        var digits = (code ?? "").Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        if (!await people.IsLockedOutAsync(person)
            && await people.VerifyTwoFactorTokenAsync(person, people.Options.Tokens.AuthenticatorTokenProvider, digits))
        {
            await people.ResetAccessFailedCountAsync(person);
            return PasswordVerdict.Right;
        }
        await people.AccessFailedAsync(person);
        gatekeeper.Failed(address);
        return PasswordVerdict.Wrong;
    }

    /// <summary>Lets the browser remember, for five minutes and encrypted, whose password was right.</summary>
    public Task AwaitCodeAsync(Person person, bool remember)
    {
        var identity = new ClaimsIdentity(IdentityConstants.TwoFactorUserIdScheme);
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, person.Id.ToString()));
        identity.AddClaim(new Claim(Remember, remember.ToString()));
        return signIn.Context.SignInAsync(IdentityConstants.TwoFactorUserIdScheme, new ClaimsPrincipal(identity));
    }

    /// <summary>The code of the person whom <see cref="AwaitCodeAsync"/> remembered; no person when the five minutes are over.</summary>
    public async Task<(PasswordVerdict Verdict, Person? Person, bool Remember)> CheckAwaitedCodeAsync(string? code, string address)
    {
        var awaited = (await signIn.Context.AuthenticateAsync(IdentityConstants.TwoFactorUserIdScheme)).Principal;
        if (awaited is null || await people.FindByIdAsync(awaited.FindFirstValue(ClaimTypes.NameIdentifier)!) is not { } person)
        {
            return (PasswordVerdict.Wrong, null, false);
        }
        var verdict = await CheckCodeAsync(person, code, address);
        if (verdict == PasswordVerdict.Right)
        {
            await signIn.Context.SignOutAsync(IdentityConstants.TwoFactorUserIdScheme);
        }
        return (verdict, person, awaited.FindFirstValue(Remember) == bool.TrueString);
    }

    /// <summary>Writes the browser's cookie.</summary>
    /// <param name="personId">Whose credentials were checked.</param>
    /// <param name="remember">Whether the cookie outlives the browser.</param>
    /// <param name="tenantId">The tenant to act in, a checked membership; null: the one used last.</param>
    public async Task SignInAsync(Guid personId, bool remember = false, Guid? tenantId = null)
    {
        var person = await people.FindByIdAsync(personId.ToString()) ?? throw new InvalidOperationException("The person is gone.");
        if (tenantId is not null && person.LastTenantId != tenantId)
        {
            person.LastTenantId = tenantId;
            await people.UpdateAsync(person);
        }
        await signIn.SignInAsync(person, remember);
    }
}
