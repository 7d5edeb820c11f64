using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Hal9.Tests.Support;

namespace Hal9.Benchmarks.Harness;

/// <summary>The published product (ReadyToRun), started as an operator starts it, with an API key and a monthly budget so that every check has work.</summary>
internal sealed partial class Product : IAsyncDisposable
{
    private readonly Child child;
    private readonly string data;
    private readonly Hal9Client client;

    private Product(Child child, string url, string data, Hal9Client client)
    {
        this.child = child;
        this.data = data;
        this.client = client;
        Url = new Uri(url);
    }

    public Uri Url { get; }

    public Child Process => child;

    public Hal9Client Client => client;

    public string Key => client.Key;

    /// <summary>Publishes the product into <c>artifacts/</c>; a second time only what changed.</summary>
    public static async Task<string> PublishAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Hal9Settings.RepositoryRoot, "artifacts", "benchmarks", "product");
        var watch = Stopwatch.StartNew();
        using var publish = System.Diagnostics.Process.Start(new ProcessStartInfo("dotnet", ["publish", "Hal9.Web", "-c", "Release", "-o", folder, "-v", "quiet", "--nologo"])
        {
            WorkingDirectory = Hal9Settings.RepositoryRoot,
        })!;
        await publish.WaitForExitAsync(cancellationToken);
        if (publish.ExitCode != 0)
        {
            throw new InvalidOperationException("The product could not be published.");
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"published in {watch.Elapsed.TotalSeconds:0} s"));
        return folder;
    }

    public static async Task<Product> StartAsync(string folder, string upstream, string model, CancellationToken cancellationToken)
    {
        var data = Directory.CreateTempSubdirectory("hal9-benchmark-").FullName;
        var (child, url) = await Child.StartAsync(ProductStart.Of(folder, Machine.FreePort(), ProductStart.Settings(data, upstream, model)), Listening, cancellationToken);
        try
        {
            var client = await Hal9Client.SignInAsync(url, Hal9Settings.Email, Hal9Settings.Password, cancellationToken);
            foreach (var period in new[] { "hour", "day", "month" })
            {
                await client.SendAsync(
                    HttpMethod.Put, "/api/v1/budgets", new JsonObject { ["scope"] = new JsonObject { ["kind"] = "tenant" }, ["period"] = period, ["limitUsd"] = "100000" }, cancellationToken);
            }
            await client.UseNewKeyAsync("benchmark", cancellationToken);
            return new Product(child, url, data, client);
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>Bytes allocated since its start, as its own metrics tell.</summary>
    public async Task<double> AllocatedAsync(CancellationToken cancellationToken)
    {
        var metrics = await client.Http.GetStringAsync("/metrics", cancellationToken);
        return double.Parse(AllocatedLine().Match(metrics).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>After all the load: the ledger is whole and nothing is left reserved.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var verdict = (await client.VerifyAsync(cancellationToken)).GetProperty("verdict").GetString();
        if (verdict != "intact")
        {
            throw new InvalidOperationException($"The ledger is {verdict} after the measurement.");
        }
        foreach (var budget in await client.AllAsync("/api/v1/budgets", cancellationToken))
        {
            if (budget.GetProperty("reservedNanoUsd").GetInt64() != 0)
            {
                throw new InvalidOperationException($"Something is still reserved after the measurement: {budget}");
            }
        }
    }

    public static string? Listening(string line) => ListeningLine().Match(line) is { Success: true } match ? match.Groups[1].Value : null;

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await child.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    [GeneratedRegex(@"^dotnet_gc_heap_total_allocated_bytes_total (\S+)", RegexOptions.Multiline)]
    private static partial Regex AllocatedLine();

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex ListeningLine();
}
