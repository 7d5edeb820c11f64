using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Hal9.Tests.Rules;

/// <summary>Every package that a lock file names has a licence that a company can live with.</summary>
public sealed partial class LicenceTests
{
    private static readonly string[] Allowed = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "PostgreSQL", "OFL-1.1", "MS-PL", "0BSD", "ISC"];
    // Its package is from before packages named licences; the text at this address is the MIT licence.
    private const string SpracheIsMit = "https://github.com/sprache/Sprache/blob/master/licence.txt";

    private static readonly string[] AllowedInTests = [.. Allowed, "MPL-2.0", SpracheIsMit];

    // Packages that only a lock file knows, each with the reason why its licence is no concern of who uses the product.
    private static readonly Dictionary<string, string> Unused = new()
    {
        ["node_modules/fetch-cookie"] = "SignalR's client needs it under Node alone; its file for browsers, which is all that the product takes, has nothing of it",
    };

    [Fact]
    public void NuGetPackages_OfTheProduct_HaveAllowedLicences() => Check(Allowed, "Hal9.Engine", "Hal9.Web", "Hal9.Cli");

    [Fact]
    public void NuGetPackages_OfTheTests_HaveAllowedLicences() => Check(AllowedInTests, "Hal9.Tests", "Hal9.Benchmarks");

    [Theory]
    [InlineData("package-lock.json", false)]
    [InlineData("Hal9.Tests/clients/package-lock.json", true)]
    public void NpmPackages_HaveAllowedLicences(string lockFile, bool tests)
    {
        var path = Path.Combine(Sources.Root, lockFile);
        Assert.SkipUnless(File.Exists(path), lockFile + " does not exist.");
        using var json = JsonDocument.Parse(File.ReadAllText(path));

        var violations =
            from package in json.RootElement.GetProperty("packages").EnumerateObject()
            where package.Name.Length > 0 && !Unused.ContainsKey(package.Name)
            let licence = package.Value.TryGetProperty("license", out var value) ? value.GetString()! : "none"
            where !IsAllowed(licence, tests ? AllowedInTests : Allowed)
            select $"{package.Name}: {licence}";

        Rule.Holds(violations);
    }

    private static void Check(string[] allowed, params string[] projects)
    {
        var folder = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        Assert.SkipUnless(Directory.Exists(folder), "The NuGet package folder was not found.");

        var violations =
            from package in projects.SelectMany(Packages).Distinct()
            let licence = LicenceOf(Path.Combine(folder, package.Name, package.Version), package.Name)
            where !IsAllowed(licence, allowed)
            select $"{package.Name} {package.Version}: {licence}";

        Rule.Holds(violations);
    }

    private static IEnumerable<(string Name, string Version)> Packages(string project)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Sources.Root, project, "packages.lock.json")));
        return
        [
            .. from framework in json.RootElement.GetProperty("dependencies").EnumerateObject()
               from package in framework.Value.EnumerateObject()
               where package.Value.GetProperty("type").GetString() != "Project"
               select (package.Name.ToLowerInvariant(), package.Value.GetProperty("resolved").GetString()!),
        ];
    }

    private static string LicenceOf(string folder, string name)
    {
        var file = Path.Combine(folder, name + ".nuspec");
        if (!File.Exists(file))
        {
            return "its nuspec is missing";
        }
        var metadata = XDocument.Load(file).Root!.Elements().Single(element => element.Name.LocalName == "metadata").Elements().ToLookup(element => element.Name.LocalName);
        var licence = metadata["license"].SingleOrDefault();
        if (licence?.Attribute("type")?.Value == "expression")
        {
            return licence.Value;
        }
        return licence is not null
            ? Recognise(File.ReadAllText(Path.Combine(folder, licence.Value.Replace('\\', '/'))))
            : metadata["licenseUrl"].SingleOrDefault()?.Value ?? "none";
    }

    private static string Recognise(string text) =>
        text.Contains("Permission is hereby granted, free of charge", StringComparison.Ordinal) ? "MIT"
        : text.Contains("Apache License", StringComparison.Ordinal) ? "Apache-2.0"
        : text.Contains("Redistribution and use in source and binary forms", StringComparison.Ordinal) ? "BSD-3-Clause"
        : text[..Math.Min(text.Length, 80)].ReplaceLineEndings(" ");

    private static bool IsAllowed(string licence, string[] allowed) =>
        Separator().Split(licence.Trim('(', ')')) is var parts && (licence.Contains(" OR ", StringComparison.Ordinal) ? parts.Any(allowed.Contains) : parts.All(allowed.Contains));

    [GeneratedRegex(@"\)?\s+(?:OR|AND)\s+\(?")]
    private static partial Regex Separator();
}
