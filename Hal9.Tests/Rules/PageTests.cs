using System.Reflection;
using Hal9.Web.Accounts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;

namespace Hal9.Tests.Rules;

/// <summary>Every page that has an address says who may see it.</summary>
public sealed class PageTests
{
    // Open to everybody.
    private static readonly string[] Open = ["DesignPage", "Login", "NotFound", "Setup"];

    // For whoever is signed in, whatever their role.
    private static readonly string[] SignedIn = ["ChooseTenant", "Denied"];

    private static IEnumerable<Type> Pages => typeof(Hal9.Web.WebSetup).Assembly.GetTypes().Where(type => type.IsDefined(typeof(RouteAttribute), false));

    [Fact]
    public void Pages_NeedAPermission_OrAreListed()
    {
        var found = Pages.ToLookup(page =>
            page.IsDefined(typeof(AllowAnonymousAttribute), true) ? nameof(Open)
            : page.GetCustomAttributes<NeedsAttribute>(true).Any() ? nameof(NeedsAttribute)
            : page.GetCustomAttributes<AuthorizeAttribute>(true).Any() ? nameof(SignedIn)
            : "nothing", page => page.Name);

        Rule.Holds(found["nothing"]);
        Rule.Matches(Open, found[nameof(Open)]);
        Rule.Matches(SignedIn, found[nameof(SignedIn)]);
    }

    [Fact]
    public void Pages_AreFound() => Assert.NotEmpty(Pages);
}
