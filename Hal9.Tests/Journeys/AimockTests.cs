using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hal9.Tests.Support;

namespace Hal9.Tests.Journeys;

/// <summary>A deep run against a fake provider that is not ours: <c>@copilotkit/aimock</c> with the fixtures of <c>Hal9.Tests/clients</c>.</summary>
public sealed partial class AimockTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_deep_run_goes_through_an_independent_provider_with_one_result_sent_back()
    {
        NodeClients.Require("@copilotkit/aimock");
        using var aimock = NodeClients.Start(
            new Dictionary<string, string>(),
            [Path.Combine("node_modules", "@copilotkit", "aimock", "dist", "cli.js"), "-p", "0", "-h", "127.0.0.1", "-f", "fixtures", "--strict", "--validate-on-load"]);
        try
        {
            var url = await ListeningAsync(aimock);
            await using var unused = await ScriptedProvider.StartAsync();
            await using var host = await Hal9Host.StartAsync(unused, settings => settings["Hal9:Models:Providers:scripted:BaseUrl"] = url + "/v1");

            var id = await host.Owner.StartRunAsync("Open a tea shop in a small town.", "deep", Token);
            var run = await host.Owner.EndedRunAsync(id, Token);

            Assert.True(run.GetProperty("status").GetString() == "succeeded", run.GetRawText() + host.Errors);
            Assert.Equal("# A tea shop\n\nOpen Tuesday to Sunday, 10 to 18, with twelve teas and a samovar by the window.", run.GetProperty("answer").GetString());
            using var http = new HttpClient();
            var journal = await http.GetFromJsonAsync<JsonElement>(url + "/__aimock/journal", Token);
            Assert.All(journal.EnumerateArray(), entry => Assert.Equal(200, entry.GetProperty("response").GetProperty("status").GetInt32()));
            Assert.Equal(10, journal.GetArrayLength());
            var byHand = journal.EnumerateArray().Sum(entry =>
            {
                var usage = entry.GetProperty("response").GetProperty("fixture").GetProperty("response").GetProperty("usage");
                return HandPrice.Scripted.Single(p => p.Model == entry.GetProperty("body").GetProperty("model").GetString())
                    .NanoFor(new ScriptedUsage(usage.GetProperty("prompt_tokens").GetInt64(), usage.GetProperty("completion_tokens").GetInt64()));
            });
            Assert.Equal(byHand, run.GetProperty("costNanoUsd").GetInt64());
            Assert.Equal(byHand, LedgerFacts.Booked(await host.Owner.LedgerAsync(Token), id));
            Assert.Empty(unused.Exchanges);
        }
        finally
        {
            aimock.Kill();
        }
    }

    private static async Task<string> ListeningAsync(Process process)
    {
        var seen = "";
        while (await process.StandardOutput.ReadLineAsync(Token) is { } line)
        {
            seen += line + "\n";
            if (Listening().Match(line) is { Success: true } match)
            {
                return match.Groups[1].Value;
            }
        }
        throw new InvalidOperationException($"aimock ended before it listened: {seen}{await process.StandardError.ReadToEndAsync(Token)}");
    }

    [GeneratedRegex(@"listening on (http://\S+)")]
    private static partial Regex Listening();
}
