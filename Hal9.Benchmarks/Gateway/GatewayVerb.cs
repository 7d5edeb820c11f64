using System.Globalization;
using System.Text;
using Hal9.Benchmarks.Harness;

namespace Hal9.Benchmarks.Gateway;

/// <summary>
/// <c>gateway</c> (P1 to P4): <c>/v1/chat/completions</c> with <c>hal9/quick</c> and a provider's model, everything on, beside Portkey's gateway, nginx and
/// a bare pass-through in C#, which keep nothing, and the model itself.
/// </summary>
internal static class GatewayVerb
{
    private const string Hal9 = "HAL9";
    private const string Direct = "direct";
    private const string Portkey = "Portkey";
    private const string Bare = "bare C#";
    private const int Connections = 64;

    public static async Task<int> RunAsync(VerbOptions options, CancellationToken cancellationToken)
    {
        var folder = await Product.PublishAsync(cancellationToken);
        var children = new List<IAsyncDisposable>();
        try
        {
            var (model, address) = await Child.StartOwnAsync(cancellationToken, "fake-model");
            children.Add(model);
            var upstream = new Uri(address);
            var product = await Product.StartAsync(folder, address, "instant", cancellationToken);
            children.Add(product);
            var (bare, through) = await Child.StartOwnAsync(cancellationToken, "pass-through", address);
            children.Add(bare);
            var sides = new List<Side>
            {
                new(Direct, model, upstream, "instant", null),
                new(Hal9, product.Process, product.Url, "hal9/quick", product.Key),
                new(Bare, bare, new Uri(through), "instant", "sk-fake"),
            };
            if (await Peers.PortkeyAsync(cancellationToken) is { } portkey)
            {
                children.Add(portkey.Child);
                sides.Add(new Side(Portkey, portkey.Child, portkey.Url, "instant", "sk-fake")
                {
                    Headers = new Dictionary<string, string> { ["x-portkey-provider"] = "openai", ["x-portkey-custom-host"] = address + "/v1" },
                });
            }
            if (await Peers.NginxAsync(upstream, cancellationToken) is { } nginx)
            {
                children.Add(nginx.Child);
                sides.Add(new Side("nginx", nginx.Child, nginx.Url, "instant", "sk-fake"));
            }
            return await MeasureAsync(options, sides, product, cancellationToken);
        }
        finally
        {
            foreach (var child in Enumerable.Reverse(children))
            {
                await child.DisposeAsync();
            }
        }
    }

    private static async Task<int> MeasureAsync(VerbOptions options, List<Side> sides, Product product, CancellationToken cancellationToken)
    {
        var figures = new Figures();
        var burst = TimeSpan.FromSeconds(options.Quick ? 1 : 3);
        foreach (var side in sides)
        {
            await side.Hammer.RunAsync(Connections, TimeSpan.FromSeconds(options.Quick ? 2 : 5), cancellationToken);
        }
        await Rounds.RunAsync(options.RoundsOr(7, 5), sides, async side =>
        {
            var before = (Own: side.Child.Cpu, Bytes: await BytesAsync(side, product, cancellationToken));
            var crowd = await side.Hammer.RunAsync(Connections, burst, cancellationToken);
            figures.Of(side.Name, "requests a second, 64 connections").Add(crowd.PerSecond);
            figures.Of(side.Name, "p95, 64 connections").Add(Series.Quantile(crowd.Milliseconds, 0.95));
            figures.Of(side.Name, "server CPU a request, 64 connections").Add((side.Child.Cpu - before.Own).TotalMicroseconds / crowd.Requests);
            if (side.Name == Hal9)
            {
                figures.Of(side.Name, "bytes allocated a request").Add((await BytesAsync(side, product, cancellationToken) - before.Bytes) / crowd.Requests);
            }
            var own = side.Child.Cpu;
            var alone = await side.Hammer.RunAsync(1, burst, cancellationToken);
            figures.Of(side.Name, "p50, 1 connection").Add(Series.Quantile(alone.Milliseconds, 0.5));
            figures.Of(side.Name, "p95, 1 connection").Add(Series.Quantile(alone.Milliseconds, 0.95));
            figures.Of(side.Name, "server CPU a request, 1 connection").Add((side.Child.Cpu - own).TotalMicroseconds / alone.Requests);
        });
        await product.CheckAsync(cancellationToken);

        var card = new Scorecard(options);
        var names = sides.ConvertAll(side => side.Name);
        var (throughput, cpu) = (figures.Median(Hal9, "requests a second, 64 connections"), figures.Median(Hal9, "server CPU a request, 64 connections"));
        var fsync = Machine.FsyncMilliseconds(Path.GetTempPath());
        if (names.Contains(Portkey))
        {
            card.Judge(new Judged("P1", "throughput at 64 connections, times Portkey", throughput / figures.Median(Portkey, "requests a second, 64 connections"), "x", 4, 10, true));
        }
        card.Judge(new Judged("P1", "the same, of the bare pass-through", throughput / figures.Median(Bare, "requests a second, 64 connections"), "x", 0, 0.5, true));
        if (names.Contains(Portkey))
        {
            card.Judge(new Judged("P2", "CPU added a call at 1 connection, of Portkey's", figures.Ratio(Hal9, Portkey, "server CPU a request, 1 connection"), "x", 1, 0.35, false));
        }
        card.Judge(new Judged("P2", "p95 added at 1 connection", figures.Median(Hal9, "p95, 1 connection") - figures.Median(Direct, "p95, 1 connection"), " ms", 20, 5, false));
        if (names.Contains(Portkey))
        {
            var added = figures.Median(Hal9, "p50, 1 connection") - figures.Median(Direct, "p50, 1 connection");
            var theirs = figures.Median(Portkey, "p50, 1 connection") - figures.Median(Direct, "p50, 1 connection");
            card.Judge(new Judged("P3", string.Create(CultureInfo.InvariantCulture, $"time added a call at 1 connection (p50 {added:0.00} ms, with all on disk; fsync p50 {fsync:0.00} ms), of Portkey's"), added / theirs, "x", 1.5, 0.6, false));
            card.Judge(new Judged("P4", "server CPU a request at 64 connections, of Portkey's", cpu / figures.Median(Portkey, "server CPU a request, 64 connections"), "x", 0.25, 0.08, false));
        }
        else
        {
            card.Remark("Portkey's gateway could not be installed (npm or its registry is missing), so what is measured against it is left out.");
        }
        card.Show(
            figures, names, ("requests a second, 64 connections", ""), ("p95, 64 connections", "ms"), ("server CPU a request, 64 connections", "us"), ("p50, 1 connection", "ms"),
            ("p95, 1 connection", "ms"), ("server CPU a request, 1 connection", "us"), ("bytes allocated a request", "B"));
        return card.Close();
    }

    private static async Task<double> BytesAsync(Side side, Product product, CancellationToken cancellationToken) =>
        side.Name == Hal9 ? await product.AllocatedAsync(cancellationToken) : 0;

    private sealed record Side(string Name, Child Child, Uri Url, string Model, string? Bearer)
    {
        private Hammer? hammer;

        public IReadOnlyDictionary<string, string>? Headers { get; init; }

        public Hammer Hammer => hammer ??= new Hammer(
            Url, "/v1/chat/completions", Bearer,
            Encoding.UTF8.GetBytes($$"""{"model":"{{Model}}","messages":[{"role":"user","content":"What is the answer to the question that nobody asked?"}],"max_tokens":64}"""),
            FakeModel.Text, Headers);

        public override string ToString() => Name;
    }
}
