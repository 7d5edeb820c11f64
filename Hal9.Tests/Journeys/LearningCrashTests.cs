using System.Text.Json;
using System.Text.Json.Nodes;
using Hal9.Tests.Support;

namespace Hal9.Tests.Journeys;

/// <summary>A-12: learning lives through kill -9.</summary>
public sealed class LearningCrashTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Killed_twice_learning_has_lost_no_feedback_and_serves_exactly_one_version()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script(_ => ScriptedReply.Of("A summary"));
        var data = Hal9Settings.NewDataDirectory();
        var settings = Hal9Settings.For(data, provider);
        var product = await Hal9Process.StartAsync(settings, Now);
        try
        {
            var client = await SignInAsync(product);
            var runs = new List<Guid>();
            for (var i = 0; i < 22; i++)
            {
                runs.Add(await client.StartRunAsync($"Summarise report {i}", "quick", Now));
            }
            foreach (var run in runs)
            {
                await client.EndedRunAsync(run, Now);
                var good = runs.IndexOf(run) < 2;
                await client.PostAsync("/api/v1/feedback", new JsonObject { ["runId"] = run, ["kind"] = "test", ["value"] = good ? 1 : 0, ["comment"] = good ? null : "The unit is missing" }, Now);
            }
            Assert.Equal(1, (await client.PostAsync("/api/v1/learning/mine", [], Now)).GetProperty("proposals").GetInt32());
            var proposal = Assert.Single(await client.AllAsync("/api/v1/learning/proposals", Now)).GetProperty("id").GetGuid();
            await client.PostAsync($"/api/v1/learning/proposals/{proposal}/approve", new JsonObject { ["reason"] = "try it", ["force"] = true }, Now);

            // What was told to be stored is there, and what follows from it.
            (product, client) = await KillAsync(product, settings, client);
            foreach (var run in runs)
            {
                Assert.Single(await client.AllAsync($"/api/v1/feedback?runId={run}", Now));
                Assert.Equal("test", (await client.GetAsync($"/api/v1/learning/credit?runId={run}", Now)).GetProperty("channel").GetString());
            }
            Assert.Equal((0, 1), Served(await client.AllAsync("/api/v1/learning/policies", Now)));
            await client.PostAsync($"/api/v1/learning/proposals/{proposal}/rollback", new JsonObject { ["reason"] = "enough" }, Now);

            (product, client) = await KillAsync(product, settings, client);
            Assert.Equal((0, null), Served(await client.AllAsync("/api/v1/learning/policies", Now)));
            Assert.Equal("rolledBack", (await client.GetAsync($"/api/v1/learning/proposals/{proposal}", Now)).GetProperty("state").GetString());
            client.Dispose();
        }
        finally
        {
            await product.DisposeAsync();
            Directory.Delete(data, recursive: true);
        }
    }

    private static (int Active, int? Canary) Served(List<JsonElement> policies)
    {
        var policy = Assert.Single(policies);
        return (policy.GetProperty("active").GetInt32(), policy.GetProperty("canary").ValueKind == JsonValueKind.Null ? null : policy.GetProperty("canary").GetInt32());
    }

    private static Task<Hal9Client> SignInAsync(Hal9Process product) => Hal9Client.SignInAsync(product.Url, Hal9Settings.Email, Hal9Settings.Password, Now);

    private static async Task<(Hal9Process, Hal9Client)> KillAsync(Hal9Process product, IReadOnlyDictionary<string, string?> settings, Hal9Client client)
    {
        client.Dispose();
        await product.KillAsync(Now);
        await product.DisposeAsync();
        var next = await Hal9Process.StartAsync(settings, Now);
        return (next, await SignInAsync(next));
    }
}
