using System.Security.Cryptography;
using System.Text.Json;
using Hal9.Engine.Models.Providers;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hal9.Engine.Models;

/// <summary>What somebody wants a provider to be.</summary>
/// <param name="Name">1 to 40 lower-case letters, digits and dashes.</param>
/// <param name="Kind"><see cref="ProviderKind.OpenAI"/> or <see cref="ProviderKind.Anthropic"/>.</param>
/// <param name="BaseUrl">As in <see cref="ProviderOptions.BaseUrl"/>.</param>
/// <param name="Key">A new key; null or empty: the one that is stored stays.</param>
/// <param name="Models">As in <see cref="ProviderOptions.Models"/>.</param>
public sealed record ProviderWish(string Name, ProviderKind Kind, string? BaseUrl, string? Key, IReadOnlyList<string> Models);

/// <summary>
/// Providers and tiers that are set in the console, beside those of the configuration, which win: a name or a tier that the configuration has is not taken
/// from here. They hold for the whole instance, so only its owner sets them. A change holds for the next call, in this process at once and in others when
/// they next look (<see cref="LookEvery"/>).
/// </summary>
public sealed partial class ModelSettings : IDisposable
{
    /// <summary>How often other processes' changes are looked for.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    private const int LongestName = 40;
    private const int LongestAddress = 500;
    private const int LongestKey = 1000;
    private const int MostModels = 200;
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Dictionary<string, (DateTimeOffset Version, Provider? Provider)> made = [];
    private readonly TenantScope scope;
    private readonly ISecrets secrets;
    private readonly ModelsOptions options;
    private readonly ProviderFactory factory;
    private readonly ProviderTable table;
    private readonly TimeProvider time;
    private readonly ILogger<ModelSettings> log;
    private volatile Known known;

    internal ModelSettings(TenantScope scope, ISecrets secrets, IOptions<ModelsOptions> options, ProviderFactory factory, ProviderTable table, TimeProvider time, ILogger<ModelSettings> log)
    {
        this.scope = scope;
        this.secrets = secrets;
        this.options = options.Value;
        this.factory = factory;
        this.table = table;
        this.time = time;
        this.log = log;
        known = new Known([], TiersOf([]), []);
    }

    /// <summary>The providers that are set here, by name; one that the configuration has too is listed, but not used.</summary>
    public IReadOnlyList<StoredProvider> Providers => known.Providers;

    /// <summary>The model of each tier now.</summary>
    internal IReadOnlyDictionary<ModelTier, ModelRef> Tiers => known.Tiers;

    /// <summary>Whether the provider comes from the configuration.</summary>
    public bool IsConfigured(string provider) => options.Providers.Keys.Any(name => string.Equals(name, provider, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether the tier comes from the configuration.</summary>
    public bool IsConfigured(ModelTier tier) => Configured(tier) is not null;

    /// <summary>Whether the tier is set here; configuration wins all the same.</summary>
    public bool IsSet(ModelTier tier) => known.Set.Contains(tier);

    /// <summary>What is wrong with a wish, by the name of its part; empty: nothing.</summary>
    public IReadOnlyDictionary<string, string> Faults(ProviderWish wish)
    {
        ArgumentNullException.ThrowIfNull(wish);
        var faults = new Dictionary<string, string>();
        var stored = known.Providers.FirstOrDefault(provider => provider.Name == wish.Name);
        if (wish.Name.Length is 0 or > LongestName || !wish.Name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-'))
        {
            faults[nameof(wish.Name)] = $"1 to {LongestName} lower-case letters, digits and dashes.";
        }
        else if (wish.Name is ModelsOptionsCheck.OfflineName or ModelsOptionsCheck.OwnName)
        {
            faults[nameof(wish.Name)] = $"The names '{ModelsOptionsCheck.OfflineName}' and '{ModelsOptionsCheck.OwnName}' are taken.";
        }
        else if (IsConfigured(wish.Name))
        {
            faults[nameof(wish.Name)] = "The configuration has a provider of this name, and it wins.";
        }
        if (wish.Kind is ProviderKind.Offline)
        {
            faults[nameof(wish.Kind)] = "The built-in provider is there already.";
        }
        if (string.IsNullOrWhiteSpace(wish.BaseUrl))
        {
            if (wish.Kind is ProviderKind.OpenAI)
            {
                faults[nameof(wish.BaseUrl)] = "Needed, for example https://api.openai.com/v1 or http://127.0.0.1:11434/v1.";
            }
        }
        else if (wish.BaseUrl.Length > LongestAddress || !Uri.TryCreate(wish.BaseUrl.Trim(), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
        {
            faults[nameof(wish.BaseUrl)] = "Not an http or https address without a password in it.";
        }
        // A key goes only where it was meant for: another address asks for it anew.
        else if (string.IsNullOrWhiteSpace(wish.Key) && stored?.ProtectedKey is not null && !IsSameHost(stored.BaseUrl, wish.BaseUrl))
        {
            faults[nameof(wish.Key)] = "The address is another one: its key must be given anew.";
        }
        if (wish.Kind is ProviderKind.Anthropic && string.IsNullOrWhiteSpace(wish.Key) && stored?.ProtectedKey is null)
        {
            faults[nameof(wish.Key)] = "Anthropic needs a key.";
        }
        else if (wish.Key is { Length: > LongestKey } || wish.Key?.Trim().Any(c => c is <= ' ' or > '~') is true)
        {
            faults[nameof(wish.Key)] = $"At most {LongestKey} printable characters without spaces.";
        }
        if (wish.Models.Count > MostModels || wish.Models.Any(model => model.Length is 0 or > 200 || model.Any(char.IsWhiteSpace)))
        {
            faults[nameof(wish.Models)] = $"At most {MostModels} names of at most 200 characters, without spaces.";
        }
        return faults;
    }

    /// <summary>Makes a provider or changes it.</summary>
    /// <exception cref="AccessDenied">The actor does not own the instance.</exception>
    /// <exception cref="ArgumentException">The wish has <see cref="Faults"/>.</exception>
    public async Task SaveAsync(Actor actor, ProviderWish wish, CancellationToken cancellationToken)
    {
        Require(actor);
        if (Faults(wish) is { Count: > 0 } faults)
        {
            throw new ArgumentException(string.Join(" ", faults.Values), nameof(wish));
        }
        await ChangeAsync(
            async db =>
            {
                var row = await db.Set<StoredProvider>().SingleOrDefaultAsync(provider => provider.Name == wish.Name, cancellationToken).ConfigureAwait(false);
                if (row is null)
                {
                    db.Add(row = new StoredProvider { Name = wish.Name });
                }
                row.Kind = wish.Kind;
                row.BaseUrl = string.IsNullOrWhiteSpace(wish.BaseUrl) ? null : wish.BaseUrl.Trim();
                row.ProtectedKey = string.IsNullOrWhiteSpace(wish.Key) ? row.ProtectedKey : secrets.Protect(wish.Key.Trim());
                row.Models = JsonSerializer.Serialize(wish.Models.Distinct());
                (row.UpdatedAt, row.UpdatedBy) = (time.GetUtcNow(), actor.UserId);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a provider away. Tiers that were set to it here go back to what they were without.</summary>
    /// <exception cref="AccessDenied">The actor does not own the instance.</exception>
    public async Task RemoveAsync(Actor actor, string name, CancellationToken cancellationToken)
    {
        Require(actor);
        var start = name + "/";
        await ChangeAsync(
            async db =>
            {
                db.RemoveRange(await db.Set<StoredProvider>().Where(provider => provider.Name == name).ToListAsync(cancellationToken).ConfigureAwait(false));
                db.RemoveRange(await db.Set<StoredTier>().Where(tier => tier.Model.StartsWith(start)).ToListAsync(cancellationToken).ConfigureAwait(false));
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sets the model of a tier; null: what it is without.</summary>
    /// <exception cref="AccessDenied">The actor does not own the instance.</exception>
    /// <exception cref="ArgumentException">The configuration has the tier, or nobody has the model.</exception>
    public async Task SetAsync(Actor actor, ModelTier tier, string? model, CancellationToken cancellationToken)
    {
        Require(actor);
        if (Fault(tier, model) is { } fault)
        {
            throw new ArgumentException(fault, nameof(model));
        }
        await ChangeAsync(
            async db =>
            {
                var row = await db.Set<StoredTier>().SingleOrDefaultAsync(stored => stored.Tier == tier, cancellationToken).ConfigureAwait(false);
                if (model is null)
                {
                    db.RemoveRange(row is null ? [] : new[] { row });
                    return;
                }
                if (row is null)
                {
                    db.Add(row = new StoredTier { Tier = tier, Model = model });
                }
                (row.Model, row.UpdatedAt, row.UpdatedBy) = (model.Trim(), time.GetUtcNow(), actor.UserId);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Why a tier cannot be set to a model; null: it can.</summary>
    public string? Fault(ModelTier tier, string? model) =>
        IsConfigured(tier) ? "The configuration sets this tier, and it wins."
        : model is null ? null
        : !ModelRef.TryParse(model.Trim(), out var wanted) ? $"'{model}' is not <provider>/<model>."
        : table.Find(wanted) is null ? $"No provider has '{wanted}'."
        : null;

    /// <inheritdoc/>
    public void Dispose() => gate.Dispose();

    /// <summary>Takes in what is stored: at the start, and what other processes changed.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await using var db = scope.System("providers and tiers belong to the instance");
            await TakeAsync(db, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task ChangeAsync(Func<EngineDb, Task> change, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await using var db = scope.System("providers and tiers belong to the instance");
            await change(db).ConfigureAwait(false);
            await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            await TakeAsync(db, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task TakeAsync(EngineDb db, CancellationToken cancellationToken)
    {
        var providers = await db.Set<StoredProvider>().AsNoTracking().OrderBy(provider => provider.Name).ToListAsync(cancellationToken).ConfigureAwait(false);
        var tiers = await db.Set<StoredTier>().AsNoTracking().ToListAsync(cancellationToken).ConfigureAwait(false);
        foreach (var gone in made.Keys.Except(providers.Select(provider => provider.Name)).ToList())
        {
            made.Remove(gone);
        }
        foreach (var row in providers.Where(row => !made.TryGetValue(row.Name, out var have) || have.Version != row.UpdatedAt))
        {
            made[row.Name] = (row.UpdatedAt, IsConfigured(row.Name) ? null : Make(row));
        }
        table.Set(made.Values.Select(one => one.Provider).OfType<Provider>());
        known = new Known(providers, TiersOf(tiers), [.. tiers.Select(tier => tier.Tier)]);
    }

    // What was exchanged or taken away ends with its last call: nothing but that holds it.
    private Provider? Make(StoredProvider row)
    {
        try
        {
            var settings = new ProviderOptions { Kind = row.Kind, BaseUrl = row.BaseUrl, ApiKey = row.ProtectedKey is null ? null : secrets.Unprotect(row.ProtectedKey) };
            foreach (var model in ModelsOf(row))
            {
                settings.Models.Add(model);
            }
            return factory.Make(row.Name, settings);
        }
        catch (CryptographicException e)
        {
            LogUnreadable(log, e, row.Name);
            return null;
        }
    }

    /// <summary>The models of a stored provider.</summary>
    public static IReadOnlyList<string> ModelsOf(StoredProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return JsonSerializer.Deserialize<string[]>(provider.Models) ?? [];
    }

    private Dictionary<ModelTier, ModelRef> TiersOf(List<StoredTier> stored)
    {
        var usual = new ModelRef(ModelsOptionsCheck.OfflineName, ModelsOptionsCheck.OwnName);
        var named = stored.Count > 0 || options.Tiers is not { Strong: null, Balanced: null, Fast: null };
        if (!named && table.All.Where(provider => provider.Kind != ProviderKind.Offline).ToList() is [{ Models: [var model] } only])
        {
            usual = new ModelRef(only.Name, model);
        }
        return Enum.GetValues<ModelTier>().ToDictionary(
            tier => tier,
            tier => ModelRef.TryParse(Configured(tier), out var configured) ? configured
                : ModelRef.TryParse(stored.FirstOrDefault(row => row.Tier == tier)?.Model, out var set) && table.Find(set) is not null ? set
                : usual);
    }

    private string? Configured(ModelTier tier) => tier switch { ModelTier.Strong => options.Tiers.Strong, ModelTier.Balanced => options.Tiers.Balanced, _ => options.Tiers.Fast };

    private static bool IsSameHost(string? first, string? second) =>
        Uri.TryCreate(first, UriKind.Absolute, out var one) && Uri.TryCreate(second, UriKind.Absolute, out var other)
        && (one.Scheme, one.Host, one.Port) == (other.Scheme, other.Host, other.Port);

    private static void Require(Actor actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.May(Permission.EditInstance))
        {
            throw new AccessDenied(Permission.EditInstance);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The key of the provider {Provider} cannot be read with the keys in the data directory's folder \"keys\": the provider is not used. Set its key anew under Models.")]
    private static partial void LogUnreadable(ILogger logger, Exception exception, string provider);

    private sealed record Known(IReadOnlyList<StoredProvider> Providers, IReadOnlyDictionary<ModelTier, ModelRef> Tiers, IReadOnlyList<ModelTier> Set);
}
