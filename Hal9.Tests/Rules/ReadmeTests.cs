using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Codegen;
using Hal9.Engine.Hosting;
using Hal9.Engine.Learning;
using Hal9.Engine.Models;
using Hal9.Engine.Runs;
using Hal9.Engine.Sandbox;
using Hal9.Engine.Storage;
using Hal9.Web.Accounts;
using Hal9.Web.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Hal9.Tests.Rules;

/// <summary>What the README says of the settings is what the code reads.</summary>
public sealed partial class ReadmeTests
{
    private static readonly (string Section, Type Options)[] Sections =
    [
        ("Setup", typeof(SetupOptions)), ("Data", typeof(DataOptions)), ("Cluster", typeof(ClusterOptions)), ("Models", typeof(ModelsOptions)),
        ("Budgets", typeof(BudgetsOptions)), ("Runs", typeof(RunsOptions)), ("Learning", typeof(LearningOptions)), ("Codegen", typeof(CodegenOptions)), ("Sandbox", typeof(SandboxOptions)), ("Telemetry", typeof(TelemetryOptions)),
    ];

    private static string Readme { get; } = File.ReadAllText(Path.Combine(Sources.Root, "README.md"));

    [Fact]
    public void SettingsTable_NamesEachSettingWithItsDefault()
    {
        var documented =
            from row in SettingRow().Matches(Readme)
            from name in row.Groups["names"].Value.Split(',', StringSplitOptions.TrimEntries)
            select $"{name.Trim('`')} = {row.Groups["value"].Value.Trim(' ', '`')}";

        Rule.Matches(documented, Sections.SelectMany(section => SettingsOf(section.Options, section.Section)));
    }

    [Fact]
    public void Examples_AreAcceptedByTheProduct()
    {
        var examples = JsonBlock().Matches(Readme).Select(block => block.Groups["json"].Value).Where(json => json.Contains("\"Hal9\"", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(examples);
        Assert.All(examples, json =>
        {
            var settings = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)))
                .AddInMemoryCollection([new("Hal9:Models:Providers:anthropic:ApiKey", "a key")]).Build();
            using var services = new ServiceCollection().AddLogging().AddHal9Engine(settings.GetSection("Hal9")).BuildServiceProvider();

            var models = services.GetRequiredService<IOptions<ModelsOptions>>().Value;
            var prices = services.GetRequiredService<PriceList>();

            foreach (var tier in new[] { models.Tiers.Strong, models.Tiers.Balanced, models.Tiers.Fast })
            {
                Assert.True(ModelRef.TryParse(tier, out var model));
                var kind = models.Providers[model.Provider].Kind.ToString()!;
                Assert.True(prices.Find(model.Provider, model.Model, kind, DateTimeOffset.UtcNow, 1000) is not null, $"{tier} has no price");
            }
        });
    }

    private static IEnumerable<string> SettingsOf(Type type, string path, bool withDefaults = true)
    {
        var defaults = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties().Where(p => p.CanWrite || p.PropertyType.IsClass || p.PropertyType.IsInterface))
        {
            var kind = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            var below = $"{path}:{property.Name}";
            if (kind.IsGenericType && kind.GetGenericTypeDefinition() == typeof(Dictionary<,>))
            {
                foreach (var setting in SettingsOf(kind.GetGenericArguments()[1], below + ":<name>"))
                {
                    yield return setting;
                }
            }
            else if (kind.IsClass && kind.Namespace!.StartsWith("Hal9", StringComparison.Ordinal))
            {
                foreach (var setting in SettingsOf(kind, below, property.GetValue(defaults) is not null))
                {
                    yield return setting;
                }
            }
            else if (property.Name is not "IsAsked")
            {
                var value = withDefaults && property.GetValue(defaults) is { } set and not (IEnumerable and not string) ? Convert.ToString(set, CultureInfo.InvariantCulture) : "";
                yield return $"{below} = {value}";
            }
        }
    }

    [GeneratedRegex(@"^\| (?<names>`[A-Z]\w+:[^|]+`) \| (?<value>[^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex SettingRow();

    [GeneratedRegex(@"^```json\n(?<json>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex JsonBlock();
}
