using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Hal9.Engine.Budgets;
using Hal9.Engine.Hosting;
using Hal9.Engine.Models;
using Hal9.Engine.Runs;
using Hal9.Engine.Sandbox;
using Hal9.Engine.Storage;
using Hal9.Tests.Support;
using Hal9.Web.Telemetry;
using Microsoft.Extensions.Configuration;

namespace Hal9.Tests.Rules;

/// <summary>The benchmarks measure the product that the README describes: no setting is switched off or tuned for them.</summary>
public sealed partial class MeasuredProductTests
{
    private static readonly (string Section, Type Options)[] Sections =
    [
        ("Data", typeof(DataOptions)), ("Cluster", typeof(ClusterOptions)), ("Models", typeof(ModelsOptions)), ("Budgets", typeof(BudgetsOptions)),
        ("Runs", typeof(RunsOptions)), ("Sandbox", typeof(SandboxOptions)), ("Telemetry", typeof(TelemetryOptions)),
    ];

    // Where the data lies, which models there are and what they cost is each operator's own.
    private static readonly string[] Own = ["Data.Directory", "Models.Providers", "Models.Tiers", "Models.Prices"];

    private static Dictionary<string, string> Measured { get; } = ProductStart.Settings("/somewhere", "http://127.0.0.1:9", "instant");

    [Fact]
    public void EffectiveConfiguration_IsTheReadmes()
    {
        var measured = Product().AddInMemoryCollection(Measured.ToDictionary(s => s.Key, s => (string?)s.Value)).Build();
        var readme = Product().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(ReadmesExample()))).Build();

        foreach (var (section, type) in Sections)
        {
            Assert.Equal(EffectOf(readme, section, type), EffectOf(measured, section, type));
        }
        Assert.Equal(Flat(readme.GetSection("Logging")), Flat(measured.GetSection("Logging")));
    }

    [Fact]
    public void Settings_AreSetUpProviderAndPricesOnly()
    {
        string[] allowed = ["Hal9:Setup:Email", "Hal9:Setup:Password", "Hal9:Data:Directory"];
        var shapes = Flat(new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(ReadmesExample()))).Build()).Select(ShapeOf)
            .Append("Hal9:Models:Providers:*:ApiKey").ToHashSet();

        Rule.Holds(Measured.Keys.Where(key => !allowed.Contains(key) && !shapes.Contains(ShapeOf(key))));
    }

    [Fact]
    public void Process_GetsItsAddressAndTheseSettingsAndNothingElse()
    {
        var start = ProductStart.Of("/product", 5080, Measured);

        var given = start.Environment.Where(e => Environment.GetEnvironmentVariable(e.Key) != e.Value).Select(e => e.Key);
        Rule.Matches([.. Measured.Keys.Select(key => key.Replace(":", "__", StringComparison.Ordinal)), "ASPNETCORE_URLS"], given);
        Assert.Equal(["/product/Hal9.Web.dll"], start.ArgumentList);
    }

    private static IConfigurationBuilder Product() => new ConfigurationBuilder().AddJsonFile(Path.Combine(Sources.Root, "appsettings.json"));

    private static string ReadmesExample() => JsonBlock().Matches(File.ReadAllText(Path.Combine(Sources.Root, "README.md")))
        .Select(block => block.Groups["json"].Value).First(json => json.Contains("\"Hal9\"", StringComparison.Ordinal));

    private static string EffectOf(IConfiguration configuration, string section, Type type)
    {
        var options = JsonSerializer.SerializeToNode(configuration.GetSection($"Hal9:{section}").Get(type) ?? Activator.CreateInstance(type), type)!.AsObject();
        foreach (var own in Own.Where(own => own.StartsWith(section + ".", StringComparison.Ordinal)))
        {
            Assert.True(options.Remove(own[(section.Length + 1)..]), own);
        }
        return $"{section} {((JsonNode)options).ToJsonString()}";
    }

    private static List<string> Flat(IConfiguration configuration) =>
        [.. configuration.AsEnumerable().Where(pair => pair.Value is not null).Select(pair => configuration is IConfigurationSection ? $"{pair.Key}={pair.Value}" : pair.Key).Order(StringComparer.Ordinal)];

    /// <summary>A key without the names that an operator chooses.</summary>
    private static string ShapeOf(string key) => Place().Replace(ProviderName().Replace(key, "Hal9:Models:Providers:*:"), "Prices:*:");

    [GeneratedRegex("^Hal9:Models:Providers:[^:]+:")]
    private static partial Regex ProviderName();

    [GeneratedRegex(@"Prices:\d+:")]
    private static partial Regex Place();

    [GeneratedRegex(@"```json\n(?<json>.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();
}
