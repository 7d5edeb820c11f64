using System.Diagnostics;
using System.Globalization;

namespace Hal9.Tests.Support;

/// <summary>
/// How the benchmarks start the published product: the README's settings and a provider with prices behind it, nothing else. A test holds this against
/// the README, so that what is measured is what an operator runs.
/// </summary>
internal static class ProductStart
{
    public const string Provider = "fake";

    /// <summary>Unattended set-up, a data directory, one OpenAI-compatible provider behind all tiers, with prices.</summary>
    public static Dictionary<string, string> Settings(string dataDirectory, string upstream, string model) => new()
    {
        ["Hal9:Setup:Email"] = Hal9Settings.Email,
        ["Hal9:Setup:Password"] = Hal9Settings.Password,
        ["Hal9:Data:Directory"] = dataDirectory,
        [$"Hal9:Models:Providers:{Provider}:Kind"] = "OpenAI",
        [$"Hal9:Models:Providers:{Provider}:BaseUrl"] = upstream + "/v1",
        [$"Hal9:Models:Providers:{Provider}:ApiKey"] = "sk-fake",
        ["Hal9:Models:Tiers:Strong"] = $"{Provider}/{model}",
        ["Hal9:Models:Tiers:Balanced"] = $"{Provider}/{model}",
        ["Hal9:Models:Tiers:Fast"] = $"{Provider}/{model}",
        ["Hal9:Models:Prices:0:Model"] = $"{Provider}/*",
        ["Hal9:Models:Prices:0:InputUsd"] = "0.4",
        ["Hal9:Models:Prices:0:OutputUsd"] = "1.6",
    };

    /// <summary>The published product as a process, from its own folder.</summary>
    public static ProcessStartInfo Of(string folder, int port, IReadOnlyDictionary<string, string> settings)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = folder };
        start.ArgumentList.Add(Path.Combine(folder, "Hal9.Web.dll"));
        start.Environment["ASPNETCORE_URLS"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        foreach (var (name, value) in settings)
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }
        return start;
    }
}
