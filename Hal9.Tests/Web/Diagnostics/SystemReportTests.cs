using System.IO.Compression;
using System.Net;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Hal9.Web.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hal9.Tests.Web.Diagnostics;

public sealed class SystemReportTests
{
    private const string Secret = "sk-very-secret-4711";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bundle_HoldsWhatHelps_AndNoSecret()
    {
        await using var host = await WebFixture.StartAsync(new()
        {
            ["Hal9:Setup:Email"] = Hal9Settings.Email, ["Hal9:Setup:Password"] = Hal9Settings.Password, ["Hal9:Setup:Tenant"] = Hal9Settings.Tenant,
            ["Hal9:Models:Providers:other:Kind"] = "OpenAI", ["Hal9:Models:Providers:other:BaseUrl"] = "http://127.0.0.1:9", ["Hal9:Models:Providers:other:ApiKey"] = Secret,
        });
        Log(host.Services.GetRequiredService<LogTail>().CreateLogger("Library"), LogLevel.Warning, $"Sent {Secret}");
        using var browser = host.NewBrowser();
        await browser.SignInAsync(Hal9Settings.Email, Hal9Settings.Password, Token);

        using var answer = await browser.Http.GetAsync("/settings/diagnostics.zip", Token);
        using var zip = new ZipArchive(await answer.Content.ReadAsStreamAsync(Token));
        var texts = zip.Entries.ToDictionary(entry => entry.FullName, entry => new StreamReader(entry.Open()).ReadToEnd());

        Assert.Equal(["checks.json", "data.json", "log.txt", "metrics.txt", "settings.json", "summary.txt", "versions.json"], texts.Keys.Order());
        Assert.All(texts.Values, text => Assert.DoesNotContain(Secret, text, StringComparison.Ordinal));
        Assert.All(texts.Values, text => Assert.DoesNotContain(Hal9Settings.Password, text, StringComparison.Ordinal));
        Assert.Contains($"Sent {SettingSources.Mask}", texts["log.txt"], StringComparison.Ordinal);
        Assert.Contains("hal9_build_info", texts["metrics.txt"], StringComparison.Ordinal);
        Assert.Contains("\"database\"", texts["checks.json"], StringComparison.Ordinal);
        Assert.Contains("SQLite 3.", texts["summary.txt"], StringComparison.Ordinal);
        Assert.Contains("hal9.db", texts["data.json"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_IsForAdministrators()
    {
        await using var host = await WebFixture.StartAsync(new() { ["Hal9:Setup:Email"] = Hal9Settings.Email, ["Hal9:Setup:Password"] = Hal9Settings.Password, ["Hal9:Setup:Tenant"] = Hal9Settings.Tenant });
        await host.NewPersonAsync("operator@example.org", Role.Operator, Token);
        using var browser = host.NewBrowser();
        await browser.SignInAsync("operator@example.org", People.Password, Token);

        using var page = await browser.Http.GetAsync("/settings", Token);
        using var bundle = await browser.Http.GetAsync("/settings/diagnostics.zip", Token);

        Assert.Contains("/account/denied", page.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.NotEqual(HttpStatusCode.OK, bundle.StatusCode);
        await Assert.ThrowsAsync<AccessDenied>(() => host.Services.GetRequiredService<SystemReport>().ReadAsync(new Actor(Guid.NewGuid(), Guid.NewGuid(), Role.Operator), Token));
    }

    [Fact]
    public void LogTail_KeepsTheNewestLines()
    {
        using var tail = new LogTail(TimeProvider.System);
        var log = tail.CreateLogger("A");
        for (var i = 0; i < LogTail.Most + 3; i++)
        {
            Log(log, LogLevel.Information, $"line {i}");
        }
        Log(log, LogLevel.Debug, "not kept");

        Assert.Equal(LogTail.Most, tail.Lines.Count);
        Assert.EndsWith("A: line 3", tail.Lines[0], StringComparison.Ordinal);
        Assert.EndsWith($"line {LogTail.Most + 2}", tail.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_CountsWhatIsInItsFolders()
    {
        using var folder = new TempFolder();
        using var held = DataDirectory.Hold(folder.Of("data"));
        Directory.CreateDirectory(held.Of("backups", "old"));
        File.WriteAllText(held.Of("backups", "old", "a"), "12345");
        File.WriteAllText(held.Of("b"), "123");

        var seen = new StorageHealth(null!, held, null!, null!).Folder();

        Assert.Equal([("backups/", 5L), ("b", 3L), ("hal9.lock", 0L)], seen.Entries.Select(entry => (entry.Name, entry.Bytes)));
        Assert.InRange(seen.FreeBytes, 1, seen.DiskBytes);
    }

    private static void Log(ILogger log, LogLevel level, string text) => log.Log(level, default, text, null, static (state, _) => state);
}
