using System.Net;
using Hal9.Tests.Support;

namespace Hal9.Tests.Web.Runs;

[Collection(Hal9HostCollection.Name)]
public sealed class RunsExportTests(Hal9Host host)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Export_HasExactlyTheFilteredRows_WithoutFormulas()
    {
        host.Provider.Reset();
        var mark = Guid.NewGuid().ToString("n");
        foreach (var goal in new[] { $"=HYPERLINK(\"{mark}\")", $"{mark}, with a comma" })
        {
            await host.Owner.EndedRunAsync(await host.Owner.StartRunAsync(goal, "quick", Token), Token);
        }
        using var browser = await SignedInAsync();

        var (status, csv) = await browser.GetAsync($"/runs/export.csv?q={mark}&order=asc", Token);

        var lines = csv.TrimStart('\ufeff').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("id,status,kind,mode,goal,provenance,costUsd,startedAt,endedAt,seconds,error", lines[0]);
        Assert.Equal(3, lines.Length);
        Assert.Contains($",Succeeded,Api,Quick,\"'=HYPERLINK(\"\"{mark}\"\")\",Live,0.00", lines[1], StringComparison.Ordinal);
        Assert.Contains($"\"{mark}, with a comma\"", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_IsForThoseWhoMayOpenThePage()
    {
        using var nobody = new Browser(host.Url);

        var (status, _) = await nobody.GetAsync("/runs/export.csv", Token);

        Assert.Equal(HttpStatusCode.Found, status);
    }

    private async Task<Browser> SignedInAsync()
    {
        var browser = new Browser(host.Url);
        await browser.SubmitAsync("/account/login", [("Form.Email", Hal9Settings.Email), ("Form.Password", Hal9Settings.Password)], Token);
        return browser;
    }
}
