using System.Diagnostics;
using System.Text;
using Hal9.Benchmarks.Harness;
using Hal9.Benchmarks.Streams;
using Hal9.Tests.Support;

namespace Hal9.Benchmarks.Gateway;

/// <summary>
/// <c>start</c> (P11): the published product, from the process's start to the first <c>200</c> of <c>/health/ready</c>, with the database of the run before;
/// and its resident memory, idle and after the load of <c>gateway</c> and <c>stream</c>.
/// </summary>
internal static class StartVerb
{
    private const string Side = "HAL9";
    private const string Ready = "start to ready";
    private const double Mega = 1024 * 1024;

    public static async Task<int> RunAsync(VerbOptions options, CancellationToken cancellationToken)
    {
        var folder = await Product.PublishAsync(cancellationToken);
        var (model, address) = await Child.StartOwnAsync(cancellationToken, "fake-model");
        await using var _ = model;
        using var data = new TempFolder();
        var settings = ProductStart.Settings(data.Path, address, "instant");
        var figures = new Figures();
        // The first start makes the database and is not counted.
        await OnceAsync(folder, settings, cancellationToken);
        await Rounds.RunAsync(options.RoundsOr(7, 5), [Side], async _ =>
        {
            var (ready, cpu) = await OnceAsync(folder, settings, cancellationToken);
            figures.Of(Side, Ready).Add(ready.TotalSeconds);
            figures.Of(Side, "CPU until ready").Add(cpu.TotalSeconds);
        });
        await Rounds.RunAsync(options.Quick ? 1 : 3, [Side], async _ =>
        {
            await using var product = await Product.StartAsync(folder, address, "instant", cancellationToken);
            await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
            figures.Of(Side, "resident memory, idle").Add(product.Process.Resident / Mega);
            var hammer = new Hammer(
                product.Url, "/v1/chat/completions", product.Key,
                Encoding.UTF8.GetBytes("""{"model":"hal9/quick","messages":[{"role":"user","content":"What is the answer to the question that nobody asked?"}]}"""), FakeModel.Text);
            await hammer.RunAsync(64, TimeSpan.FromSeconds(options.Quick ? 5 : 15), cancellationToken);
            using var reader = new PacedReader(product.Url, $"{ProductStart.Provider}/paced-20-50", product.Key);
            await Task.WhenAll(Enumerable.Range(0, 128).Select(_ => Task.Run(() => reader.ReadAsync(cancellationToken), cancellationToken)));
            figures.Of(Side, "resident memory, after load").Add(product.Process.Resident / Mega);
        });
        var card = new Scorecard(options);
        card.Judge(new Judged("P11", "start to ready", figures.Median(Side, Ready), " s", 3, 1.5, false));
        card.Judge(new Judged("P11", "resident memory, idle", figures.Median(Side, "resident memory, idle"), " MB", 350, 250, false));
        card.Judge(new Judged("P11", "resident memory after load", figures.Median(Side, "resident memory, after load"), " MB", 350, 250, false));
        card.Show(figures, [Side], (Ready, "s"), ("CPU until ready", "s"), ("resident memory, idle", "MB"), ("resident memory, after load", "MB"));
        return card.Close();
    }

    private static async Task<(TimeSpan Ready, TimeSpan Cpu)> OnceAsync(string folder, Dictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        var (child, url) = await Child.StartAsync(ProductStart.Of(folder, Machine.FreePort(), settings), Product.Listening, cancellationToken);
        await using var _ = child;
        using var http = new HttpClient();
        while (true)
        {
            using var answer = await http.GetAsync(new Uri(url + "/health/ready"), cancellationToken);
            if (answer.IsSuccessStatusCode)
            {
                return (Stopwatch.GetElapsedTime(begun), child.Cpu);
            }
            if (Stopwatch.GetElapsedTime(begun) > TimeSpan.FromMinutes(1))
            {
                throw new InvalidOperationException($"The product did not become ready:\n{child.Log}");
            }
            await Task.Delay(10, cancellationToken);
        }
    }
}
