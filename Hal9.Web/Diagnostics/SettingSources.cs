using System.Collections;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;

namespace Hal9.Web.Diagnostics;

/// <summary>Where a value of the configuration comes from.</summary>
public enum SettingOrigin
{
    /// <summary>Nobody set it.</summary>
    Default,

    /// <summary>A file.</summary>
    File,

    /// <summary>The environment.</summary>
    Environment,

    /// <summary>The command line.</summary>
    CommandLine,

    /// <summary>The host that runs the console.</summary>
    Host,

    /// <summary>The console itself, by its owner.</summary>
    Console,
}

/// <summary>A value of the configuration in force.</summary>
/// <param name="Key">Its name, with colons.</param>
/// <param name="Value">What it is; what could be a secret is masked.</param>
/// <param name="IsMasked">The value is not shown.</param>
/// <param name="Origin">Where it comes from.</param>
/// <param name="Place">The file's name or the variable's, where there is one.</param>
public sealed record Setting(string Key, string Value, bool IsMasked, SettingOrigin Origin, string? Place);

/// <summary>
/// The configuration in force, value by value, with its source. What is not known to be harmless is masked: a setting that a later version brings is a
/// secret until somebody says that it is none.
/// </summary>
public sealed class SettingSources
{
    private readonly IConfiguration configuration;
    private readonly IReadOnlyList<(string Prefix, object Options)> defaults;

    internal SettingSources(IConfiguration configuration, IReadOnlyList<(string Prefix, object Options)> defaults) => (this.configuration, this.defaults) = (configuration, defaults);

    /// <summary>What stands in the place of a value that is not shown.</summary>
    public const string Mask = "••••••";

    // A star stands for one part of a name.
    private static readonly string[] Harmless =
    [
        "AllowedHosts", "urls", "environment", "Logging:LogLevel:*", "Logging:*:LogLevel:*",
        "Hal9:Setup:Tenant", "Hal9:Data:Directory", "Hal9:Data:Provider", "Hal9:Cluster:Mode",
        "Hal9:Models:Providers:*:Kind", "Hal9:Models:Providers:*:BaseUrl", "Hal9:Models:Providers:*:ApiKeyFile", "Hal9:Models:Providers:*:Models:*", "Hal9:Models:Providers:*:Vision:*", "Hal9:Models:Tiers:*",
        "Hal9:Models:Fallbacks:*", "Hal9:Models:Timeouts:*", "Hal9:Models:Retry:*", "Hal9:Models:Breaker:*", "Hal9:Models:Prices:*:*", "Hal9:Models:Prices:*:Above:*:*",
        "Hal9:Budgets:*", "Hal9:Budgets:Ceiling:*", "Hal9:Runs:*", "Hal9:Telemetry:MaxLabelValues", "Hal9:Telemetry:OtlpEndpoint", "Hal9:Telemetry:OtlpProtocol", "Hal9:Telemetry:MetricsTokenFile",
    ];

    private static readonly string[] Secret = ["Key", "Token", "Password", "Secret", "ConnectionString", "Headers"];

    /// <summary>All values below <c>Hal9</c>, those of the host that matter, and the defaults of what nobody set.</summary>
    public IReadOnlyList<Setting> All()
    {
        var keys = new SortedDictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (prefix, options) in defaults)
        {
            foreach (var (name, value) in Defaults(options))
            {
                keys[$"{prefix}:{name}"] = value;
            }
        }
        foreach (var (key, value) in configuration.AsEnumerable().Where(pair => pair.Value is not null && IsOurs(pair.Key)))
        {
            keys[key] = value;
        }
        return [.. keys.Select(pair => Of(pair.Key, pair.Value))];
    }

    /// <summary>Where one value comes from.</summary>
    public (SettingOrigin Origin, string? Place) SourceOf(string key)
    {
        if (configuration is IConfigurationRoot root)
        {
            foreach (var provider in root.Providers.Reverse())
            {
                if (provider.TryGet(key, out _))
                {
                    return provider switch
                    {
                        JsonConfigurationProvider file => (SettingOrigin.File, file.Source.Path),
                        EnvironmentVariablesConfigurationProvider => (SettingOrigin.Environment, key.Replace(":", "__", StringComparison.Ordinal)),
                        CommandLineConfigurationProvider => (SettingOrigin.CommandLine, null),
                        _ => (SettingOrigin.Host, null),
                    };
                }
            }
        }
        return (SettingOrigin.Default, null);
    }

    /// <summary>Every value that is masked, for taking it out of other texts.</summary>
    public IEnumerable<string> Secrets() =>
        configuration.AsEnumerable().Where(pair => pair.Value is { Length: >= 4 } && IsOurs(pair.Key) && !IsHarmless(pair.Key)).Select(pair => pair.Value!).Distinct(StringComparer.Ordinal);

    /// <summary>Whether a name is known to hold no secret.</summary>
    internal static bool IsHarmless(string key)
    {
        var parts = key.Split(':');
        return !Secret.Any(word => parts[^1].EndsWith(word, StringComparison.OrdinalIgnoreCase)) && Harmless.Any(pattern => Matches(pattern.Split(':'), parts));
    }

    private Setting Of(string key, string? value)
    {
        var (origin, place) = SourceOf(key);
        var isMasked = !string.IsNullOrEmpty(value) && !IsHarmless(key);
        return new Setting(key, isMasked ? Mask : Shown(value), isMasked, origin, place);
    }

    // An address may carry a name and a password, or a key behind its question mark.
    private static string Shown(string? value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri is { Scheme: "http" or "https" } && (uri.UserInfo.Length > 0 || uri.Query.Length > 0)
            ? new UriBuilder(uri) { UserName = uri.UserInfo.Length > 0 ? "…" : "", Password = "", Query = uri.Query.Length > 0 ? "…" : "" }.ToString()
            : value ?? "";

    private static bool Matches(string[] pattern, string[] parts) =>
        pattern.Length == parts.Length && pattern.Zip(parts).All(pair => pair.First == "*" || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));

    private static bool IsOurs(string key) =>
        key.StartsWith("Hal9:", StringComparison.OrdinalIgnoreCase) || key.StartsWith("Logging:", StringComparison.OrdinalIgnoreCase) || key.StartsWith("Kestrel:", StringComparison.OrdinalIgnoreCase)
        || new[] { "AllowedHosts", "urls", "environment" }.Contains(key, StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<(string Name, string? Value)> Defaults(object options) =>
        from property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
        let value = property.GetValue(options)
        where value is string || value is not (null or IEnumerable) && (value.GetType().IsPrimitive || value.GetType().IsEnum || value is decimal or Uri or TimeSpan)
        select (property.Name, Convert.ToString(value, CultureInfo.InvariantCulture));
}
