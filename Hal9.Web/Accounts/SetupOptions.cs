namespace Hal9.Web.Accounts;

/// <summary>Unattended set-up of an empty database: section <c>Hal9:Setup</c>. Ignored once somebody belongs to a tenant.</summary>
internal sealed class SetupOptions
{
    /// <summary>The first person's e-mail address.</summary>
    public string? Email { get; set; }

    /// <summary>Their password; for tests and trials, as it stands in the configuration. Not together with <see cref="PasswordFile"/>.</summary>
    public string? Password { get; set; }

    /// <summary>A file with their password (a mounted secret); a line end at its end does not count.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>The first organisation's name.</summary>
    public string Tenant { get; set; } = "My organisation";

    public bool IsAsked => Email is not null || Password is not null || PasswordFile is not null;

    public IEnumerable<string> Faults()
    {
        if (!IsAsked)
        {
            yield break;
        }
        if (string.IsNullOrWhiteSpace(Email))
        {
            yield return "Hal9:Setup:Email is missing; unattended set-up needs an e-mail address and a password.";
        }
        if (Password is not null && PasswordFile is not null)
        {
            yield return "Hal9:Setup has Password and PasswordFile; set one of them.";
        }
        if (Password is null && PasswordFile is null)
        {
            yield return "Hal9:Setup has neither Password nor PasswordFile; set one of them.";
        }
    }

    public async Task<string> ReadPasswordAsync(CancellationToken cancellationToken)
    {
        if (Password is not null)
        {
            return Password;
        }
        try
        {
            return (await File.ReadAllTextAsync(PasswordFile!, cancellationToken)).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"Hal9:Setup:PasswordFile cannot be read: {e.Message}", e);
        }
    }
}
