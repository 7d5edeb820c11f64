namespace Hal9.Cli.Access;

/// <summary>Where a credential came from.</summary>
internal enum CredentialSource
{
    None,
    Option,
    Variable,
    Profile,
}

/// <summary>The console that is talked to, and what opens it.</summary>
internal sealed class Session
{
    public const string DefaultUrl = "http://127.0.0.1:5080";

    private static readonly TimeSpan RenewBefore = TimeSpan.FromSeconds(30);
    private readonly Surroundings around;
    private readonly CredentialStore store;
    private readonly string? key;

    private Session(Surroundings around, CredentialStore store, string profileName, Uri url, string? key, Profile? profile, CredentialSource source)
    {
        this.around = around;
        this.store = store;
        this.key = key;
        ProfileName = profileName;
        Url = url;
        Profile = profile;
        Source = source;
    }

    public Uri Url { get; }

    public string ProfileName { get; }

    /// <summary>The stored sign-in in use.</summary>
    public Profile? Profile { get; private set; }

    public CredentialSource Source { get; }

    /// <summary>The API key in use; null with tokens or nothing.</summary>
    public string? Key => key ?? Profile?.Key;

    /// <summary>What the option says wins over the variable, and that over the profile. A stored credential goes to the address that it was made for, and nowhere else.</summary>
    public static Session Resolve(Surroundings around, CredentialStore store, string profileName, string? givenUrl, string? keyOption)
    {
        var stored = store.Find(profileName);
        var url = ReadUrl(givenUrl ?? stored?.Url ?? DefaultUrl);
        var variable = around.Variable("HAL9_API_KEY") is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
        var profile = keyOption is null && variable is null && stored is not null && ReadUrl(stored.Url) == url ? stored : null;
        var source = keyOption is not null ? CredentialSource.Option : variable is not null ? CredentialSource.Variable : profile is not null ? CredentialSource.Profile : CredentialSource.None;
        return new Session(around, store, profileName, url, keyOption ?? variable, profile, source);
    }

    /// <summary>Reads an address as people write it.</summary>
    public static Uri ReadUrl(string text) =>
        Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Query.Length == 0 && url.UserInfo.Length == 0
            ? url
            : throw ToolFailure.Usage($"'{text}' is not an address.", "It looks like https://hal9.example.org or http://127.0.0.1:5080.");

    /// <summary>What to send as bearer; null when there is nothing.</summary>
    public async Task<string?> FindBearerAsync(Func<string, Task<Tokens?>> renew, CancellationToken cancellationToken)
    {
        if (Key is { } known)
        {
            return known;
        }
        if (Profile is { RefreshToken: not null } profile && (profile.ExpiresAt ?? default) - around.Time.GetUtcNow() < RenewBefore)
        {
            await RenewAsync(profile.AccessToken, renew, cancellationToken);
        }
        return Profile?.AccessToken;
    }

    /// <summary>Gets new tokens, unless another tool did meanwhile; false: there is no way.</summary>
    public async Task<bool> RenewAsync(string? old, Func<string, Task<Tokens?>> renew, CancellationToken cancellationToken)
    {
        if (Profile?.RefreshToken is null)
        {
            return false;
        }
        var renewed = await store.RenewAsync(
            ProfileName,
            async stored => stored switch
            {
                { RefreshToken: null } => null,
                _ when stored.AccessToken != old => stored,
                { RefreshToken: { } refresh } => await renew(refresh) is { } tokens ? tokens.On(stored, around.Time.GetUtcNow()) : null,
            },
            cancellationToken);
        Profile = renewed ?? Profile;
        return renewed is not null;
    }
}

/// <summary>What signing in gives.</summary>
internal sealed record Tokens(string AccessToken, string RefreshToken, int ExpiresIn)
{
    /// <summary>The sign-in with these tokens.</summary>
    public Profile On(Profile profile, DateTimeOffset now) =>
        profile with { AccessToken = AccessToken, RefreshToken = RefreshToken, ExpiresAt = now.AddSeconds(ExpiresIn) };
}
