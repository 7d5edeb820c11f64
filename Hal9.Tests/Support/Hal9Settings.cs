using System.Reflection;
using Hal9.Engine.Models;

namespace Hal9.Tests.Support;

/// <summary>The configuration of a product under test: unattended set-up, a data directory, a scripted provider behind all tiers, its prices.</summary>
public static class Hal9Settings
{
    public const string Email = "owner@example.org";

    public const string Password = "Correct-Horse-7-Battery";

    public const string Tenant = "Example";

    /// <summary>The configured name of the provider of each kind.</summary>
    public static string NameOf(ProviderKind kind) => kind == ProviderKind.Anthropic ? "claude" : "scripted";

    /// <summary>The repository's root: the product's content root.</summary>
    public static string RepositoryRoot { get; } =
        typeof(Hal9Settings).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == nameof(RepositoryRoot)).Value!;

    /// <summary>Both shapes of the provider are configured; the tiers use those of its kind.</summary>
    public static Dictionary<string, string?> For(string dataDirectory, ScriptedProvider provider)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Hal9:Data:Directory"] = dataDirectory,
            // Streams of tests are held for ever, not for seconds.
            ["Hal9:Models:Timeouts:DrainSeconds"] = "0.2",
            ["Hal9:Setup:Email"] = Email,
            ["Hal9:Setup:Password"] = Password,
            ["Hal9:Setup:Tenant"] = Tenant,
            ["Hal9:Models:Tiers:Strong"] = $"{NameOf(provider.Kind)}/strong",
            ["Hal9:Models:Tiers:Balanced"] = $"{NameOf(provider.Kind)}/balanced",
            ["Hal9:Models:Tiers:Fast"] = $"{NameOf(provider.Kind)}/fast",
        };
        var index = 0;
        foreach (var kind in new[] { ProviderKind.OpenAI, ProviderKind.Anthropic })
        {
            settings[$"Hal9:Models:Providers:{NameOf(kind)}:Kind"] = kind.ToString();
            settings[$"Hal9:Models:Providers:{NameOf(kind)}:BaseUrl"] = provider.UrlFor(kind);
            settings[$"Hal9:Models:Providers:{NameOf(kind)}:ApiKey"] = "sk-scripted";
            foreach (var (name, value) in HandPrice.Scripted.SelectMany(price => price.ToSettings(NameOf(kind), index++)))
            {
                settings[name] = value;
            }
        }
        return settings;
    }

    /// <summary>A new, empty folder for one product under test.</summary>
    public static string NewDataDirectory() => Directory.CreateTempSubdirectory("hal9-test-").FullName;
}
