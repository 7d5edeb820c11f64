using System.Buffers.Text;
using System.Net.Mail;
using System.Security.Cryptography;
using System.Text;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Web.Accounts;

/// <summary>Makes the first person, the first tenant, and the link that leads there. Open only while nobody belongs to a tenant.</summary>
internal sealed class FirstSetup(IServiceScopeFactory scopes, Database database, TenantService tenants, TimeProvider time) : IDisposable
{
    /// <summary>How long a link works: long enough to read the log, short enough that an old log is worth nothing.</summary>
    public static readonly TimeSpan LinkLife = TimeSpan.FromMinutes(60);
    private readonly SemaphoreSlim oneAtATime = new(1, 1);

    public async Task<bool> IsOpenAsync(CancellationToken cancellationToken) => !await tenants.AnyMembershipAsync(cancellationToken);

    /// <summary>A new code; those before it stop working.</summary>
    public async Task<string> NewCodeAsync(CancellationToken cancellationToken)
    {
        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        await using var db = AccountsDb.Open(database);
        db.RemoveRange(await db.Set<SetupLink>().ToListAsync(cancellationToken));
        db.Add(new SetupLink { Id = Guid.CreateVersion7(), Hash = HashOf(code), ExpiresAt = time.GetUtcNow() + LinkLife });
        await db.SaveChangesAsync(cancellationToken);
        return code;
    }

    public async Task<bool> IsGoodAsync(string? code, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(code) || code.Length > 100 || !await IsOpenAsync(cancellationToken))
        {
            return false;
        }
        var hash = HashOf(code);
        await using var db = AccountsDb.Open(database);
        var link = await db.Set<SetupLink>().SingleOrDefaultAsync(l => l.Hash == hash, cancellationToken);
        return link is not null && link.ExpiresAt > time.GetUtcNow();
    }

    /// <summary>Uses the code up and makes person and tenant.</summary>
    public async Task<SetupOutcome> UseAsync(string? code, string? email, string? password, string? tenant, CancellationToken cancellationToken)
    {
        await oneAtATime.WaitAsync(cancellationToken);
        try
        {
            return await IsGoodAsync(code, cancellationToken)
                ? await MakeAsync(email, password, tenant, cancellationToken)
                : new SetupOutcome(null, [new SetupFault(SetupFault.LinkUsed, "This set-up link has been used or has expired. Restart HAL9 Console: it prints a new one.")]);
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    /// <summary>Makes the first person and tenant without a link; the caller has the host's configuration, so needs none.</summary>
    public async Task<SetupOutcome> MakeAsync(string? email, string? password, string? tenant, CancellationToken cancellationToken)
    {
        email = email?.Trim() ?? "";
        tenant = tenant?.Trim() ?? "";
        var faults = new List<SetupFault>();
        if (!MailAddress.TryCreate(email, out var address) || address.Address != email)
        {
            faults.Add(new SetupFault(SetupFault.Email, "The e-mail address does not look like one."));
        }
        if (tenant.Length is 0 or > 80)
        {
            faults.Add(new SetupFault(SetupFault.Tenant, "The organisation needs a name of 1 to 80 characters."));
        }
        await using var scope = scopes.CreateAsyncScope();
        var people = scope.ServiceProvider.GetRequiredService<UserManager<Person>>();
        var person = Person.Make(email, owner: true, time.GetUtcNow());
        foreach (var validator in people.PasswordValidators)
        {
            faults.AddRange((await validator.ValidateAsync(people, person, password)).Errors.Select(SetupFault.Of));
        }
        if (faults.Count > 0)
        {
            return new SetupOutcome(null, faults);
        }
        // A set-up that was interrupted after this person was made left nobody with rights: it starts over.
        if (await people.FindByEmailAsync(email) is { } left)
        {
            await people.DeleteAsync(left);
        }
        var made = await people.CreateAsync(person, password!);
        if (!made.Succeeded)
        {
            return new SetupOutcome(null, [.. made.Errors.Select(SetupFault.Of)]);
        }
        await tenants.CreateAsync(tenant, person.Id, cancellationToken);
        await using var db = AccountsDb.Open(database);
        db.RemoveRange(await db.Set<SetupLink>().ToListAsync(cancellationToken));
        await db.SaveChangesAsync(cancellationToken);
        return new SetupOutcome(person.Id, []);
    }

    public void Dispose() => oneAtATime.Dispose();

    private static string HashOf(string code) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code)));
}

/// <summary>The person that was made, or why not.</summary>
internal sealed record SetupOutcome(Guid? PersonId, IReadOnlyList<SetupFault> Faults);

/// <summary>Something that stands against a first person.</summary>
/// <param name="Code">One of the names here, of <see cref="PasswordRules"/> or of ASP.NET Identity; the page says it in the reader's language.</param>
/// <param name="Text">The same for the log.</param>
internal sealed record SetupFault(string Code, string Text)
{
    public const string LinkUsed = "LinkUsed";
    public const string Email = "Email";
    public const string Tenant = "Tenant";

    public static SetupFault Of(IdentityError error) => new(error.Code, error.Description);

    public override string ToString() => Text;
}
