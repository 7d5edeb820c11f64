using Hal9.Benchmarks.Gateway;
using Hal9.Benchmarks.Harness;

namespace Hal9.Benchmarks.Streams;

/// <summary>
/// <c>stream</c> (P5): the time that is added to the first token, and how late each piece of 128 streams at once comes that the model paces; beside nginx
/// and the bare pass-through. At the end 256 streams at once must all complete.
/// </summary>
internal static class StreamVerb
{
    private const string Hal9 = "HAL9";
    private const string Direct = "direct";
    private const string Nginx = "nginx";
    private const string Bare = "bare C#";
    private const string First = "time to first token, 1 stream";
    private const string Late = "delay of a piece, p95 of 128 streams";

    public static async Task<int> RunAsync(VerbOptions options, CancellationToken cancellationToken)
    {
        var pace = options.Quick ? "paced-20-50" : "paced-40-50";
        var folder = await Product.PublishAsync(cancellationToken);
        var (model, address) = await Child.StartOwnAsync(cancellationToken, "fake-model");
        await using var _ = model;
        await using var product = await Product.StartAsync(folder, address, pace, cancellationToken);
        var (bare, through) = await Child.StartOwnAsync(cancellationToken, "pass-through", address);
        await using var __ = bare;
        var nginx = await Peers.NginxAsync(new Uri(address), cancellationToken);
        await using var ___ = nginx?.Child;
        var sides = new List<Side>
        {
            new(Direct, model, new PacedReader(new Uri(address), pace, null)),
            new(Hal9, product.Process, new PacedReader(product.Url, "hal9/quick", product.Key)),
            new(Bare, bare, new PacedReader(new Uri(through), pace, "sk-fake")),
        };
        if (nginx is { } proxy)
        {
            sides.Add(new Side(Nginx, proxy.Child, new PacedReader(proxy.Url, pace, "sk-fake")));
        }
        var figures = new Figures();
        foreach (var side in sides)
        {
            await CrowdAsync(side, 64, cancellationToken);
        }
        await Rounds.RunAsync(options.RoundsOr(7, 5), sides, async side =>
        {
            var firsts = new List<double>();
            for (var i = 0; i < (options.Quick ? 1 : 2); i++)
            {
                firsts.AddRange((await CrowdAsync(side, 1, cancellationToken)).Select(stream => stream.FirstToken));
            }
            figures.Of(side.Name, First).Add(Series.Quantile(firsts, 0.5));
            var cpu = side.Child.Cpu;
            var crowd = await CrowdAsync(side, 128, cancellationToken);
            figures.Of(side.Name, "server CPU a piece").Add((side.Child.Cpu - cpu).TotalMicroseconds / crowd.Sum(stream => stream.Pieces));
            figures.Of(side.Name, Late).Add(Series.Quantile([.. crowd.SelectMany(stream => stream.Delays)], 0.95));
            figures.Of(side.Name, "time to first token, p95 of 128 streams").Add(Series.Quantile([.. crowd.Select(stream => stream.FirstToken)], 0.95));
        });
        var many = await CrowdAsync(sides[1], 256, cancellationToken);
        await product.CheckAsync(cancellationToken);

        var card = new Scorecard(options);
        card.Judge(new Judged("P5", "added to the first token of one stream", figures.Median(Hal9, First) - figures.Median(Direct, First), " ms", 2, 0.5, false));
        if (nginx is not null)
        {
            card.Judge(new Judged("P5", "delay of a piece, p95 of 128 streams, of nginx's", figures.Ratio(Hal9, Nginx, Late), "x", 2, 1.5, false));
        }
        else
        {
            card.Remark("nginx is not installed here, so the delay of pieces is measured beside the bare pass-through only.");
        }
        card.Judge(new Judged("P5", "complete of 256 streams at once", many.Count, "", 256, 256, true));
        card.Show(figures, sides.Select(side => side.Name), (First, "ms"), (Late, "ms"), ("time to first token, p95 of 128 streams", "ms"), ("server CPU a piece", "us"));
        foreach (var side in sides)
        {
            side.Reader.Dispose();
        }
        return card.Close();
    }

    private static async Task<IReadOnlyList<SeenStream>> CrowdAsync(Side side, int streams, CancellationToken cancellationToken) =>
        await Task.WhenAll(Enumerable.Range(0, streams).Select(_ => Task.Run(() => side.Reader.ReadAsync(cancellationToken), cancellationToken)));

    private sealed record Side(string Name, Child Child, PacedReader Reader)
    {
        public override string ToString() => Name;
    }
}
