using System.Text.Json;

namespace Hal9.Cli.Access;

/// <summary>A sign-in: where, and with what.</summary>
/// <param name="Url">The console's address.</param>
/// <param name="Email">Who signed in with a password.</param>
/// <param name="AccessToken">Good until <paramref name="ExpiresAt"/>.</param>
/// <param name="ExpiresAt">By this machine's clock.</param>
/// <param name="RefreshToken">Works once.</param>
/// <param name="Key">An API key, instead of the tokens.</param>
internal sealed record Profile(string Url, string? Email = null, string? AccessToken = null, DateTimeOffset? ExpiresAt = null, string? RefreshToken = null, string? Key = null);

/// <summary>The sign-ins on this machine: one file that only its owner can read.</summary>
internal sealed class CredentialStore(Surroundings around)
{
    public const string DefaultProfile = "default";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);

    /// <summary>The file.</summary>
    public string Path { get; } = System.IO.Path.Combine(around.Folder, "credentials.json");

    /// <summary>Nobody but its owner can read it, as far as the file system can say.</summary>
    public bool IsPrivate => OperatingSystem.IsWindows() || !File.Exists(Path) || (File.GetUnixFileMode(Path) & ~(OwnerOnly | UnixFileMode.UserExecute)) == 0;

    public Profile? Find(string name) => ReadAll().GetValueOrDefault(name);

    public Task SaveAsync(string name, Profile profile, CancellationToken cancellationToken) => ChangeAsync(all => all[name] = profile, cancellationToken);

    /// <summary>Forgets a sign-in; false when there was none.</summary>
    public async Task<bool> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        var found = false;
        await ChangeAsync(all => found = all.Remove(name), cancellationToken);
        return found;
    }

    /// <summary>
    /// Changes one sign-in by what is stored now. Held against other processes meanwhile: a refresh token that is used twice ends the whole sign-in, so two
    /// tools at once must not both renew.
    /// </summary>
    public async Task<Profile?> RenewAsync(string name, Func<Profile, Task<Profile?>> renew, CancellationToken cancellationToken)
    {
        await using var held = await LockAsync(cancellationToken);
        var all = ReadAll();
        if (all.GetValueOrDefault(name) is not { } profile || await renew(profile) is not { } renewed)
        {
            return null;
        }
        if (renewed != profile)
        {
            all[name] = renewed;
            Write(all);
        }
        return renewed;
    }

    private async Task ChangeAsync(Action<Dictionary<string, Profile>> change, CancellationToken cancellationToken)
    {
        await using var held = await LockAsync(cancellationToken);
        var all = ReadAll();
        change(all);
        Write(all);
    }

    private Dictionary<string, Profile> ReadAll()
    {
        if (!File.Exists(Path))
        {
            return [];
        }
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, Profile>>(File.ReadAllText(Path), Json) ?? [];
        }
        catch (JsonException e)
        {
            throw new ToolFailure(ExitCode.Denied, "The stored sign-ins cannot be read.", $"{Path}: {e.Message}\nRemove the file and sign in again.");
        }
    }

    /// <summary>Into a new file that never was readable by others, then in the old one's place: a reader sees the one or the other, whole.</summary>
    private void Write(Dictionary<string, Profile> all)
    {
        var fresh = $"{Path}.{Environment.ProcessId}.new";
        using (var file = new FileStream(fresh, Options(FileMode.Create)))
        {
            JsonSerializer.Serialize(file, all, Json);
        }
        File.Move(fresh, Path, overwrite: true);
    }

    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(around.Folder);
        }
        else
        {
            Directory.CreateDirectory(around.Folder, OwnerOnly | UnixFileMode.UserExecute);
        }
        var since = around.Time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(Path + ".lock", Options(FileMode.OpenOrCreate));
            }
            catch (IOException) when (around.Time.GetElapsedTime(since) < LockPatience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(40), around.Time, cancellationToken);
            }
        }
    }

    private static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }
        return options;
    }
}
