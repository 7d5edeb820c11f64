using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Support;

/// <summary>People for tests: made through the product's own doors, as an administrator would.</summary>
internal static class People
{
    public const string Password = "a lighthouse in winter";

    /// <summary>The administrator that unattended set-up made.</summary>
    public static async Task<Actor> OwnerAsync(this WebFixture host, CancellationToken cancellationToken)
    {
        var id = await IdOfAsync(host, Hal9Settings.Email);
        var membership = (await host.Services.GetRequiredService<TenantService>().OfPersonAsync(id, cancellationToken))[0];
        return new Actor(membership.TenantId, id, membership.Role);
    }

    /// <summary>A new person in the owner's tenant.</summary>
    public static async Task<Actor> NewPersonAsync(this WebFixture host, string email, Role role, CancellationToken cancellationToken)
    {
        var owner = await host.OwnerAsync(cancellationToken);
        await using var scope = host.Services.CreateAsyncScope();
        var person = Person.Make(email, owner: false, DateTimeOffset.UtcNow);
        var made = await scope.ServiceProvider.GetRequiredService<UserManager<Person>>().CreateAsync(person, Password);
        Assert.True(made.Succeeded, string.Join(" ", made.Errors.Select(e => e.Description)));
        await host.Services.GetRequiredService<TenantService>().SetRoleAsync(owner, person.Id, role, cancellationToken);
        return new Actor(owner.TenantId, person.Id, role);
    }

    /// <summary>Does something to a person's account.</summary>
    public static async Task<T> WithAsync<T>(this WebFixture host, Guid personId, Func<UserManager<Person>, Person, Task<T>> act)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var people = scope.ServiceProvider.GetRequiredService<UserManager<Person>>();
        return await act(people, (await people.FindByIdAsync(personId.ToString()))!);
    }

    public static async Task<(System.Net.HttpStatusCode Status, string? Location, string Body)> SignInAsync(
        this Browser browser, string email, string password, CancellationToken cancellationToken, string path = "/account/login") =>
        await browser.SubmitAsync(path, [("Form.Email", email), ("Form.Password", password)], cancellationToken);

    private static async Task<Guid> IdOfAsync(WebFixture host, string email)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<UserManager<Person>>().FindByEmailAsync(email))!.Id;
    }
}
