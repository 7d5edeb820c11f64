using System.Globalization;
using System.Text.Json.Nodes;

namespace Hal9.Tests.Support;

/// <summary>What a crash drive found.</summary>
/// <param name="Kills">How often the product was killed.</param>
/// <param name="Runs">How many runs were acknowledged.</param>
/// <param name="Resumed">How many of them were on their way at a kill.</param>
/// <param name="Events">How many events were seen before kills.</param>
/// <param name="States">How the runs ended.</param>
/// <param name="Violations">Broken rules, one sentence each; empty is the aim.</param>
/// <param name="Sabotaged">The same, found after <see cref="CrashDriver.Sabotage"/>.</param>
public sealed record CrashReport(
    int Kills, int Runs, int Resumed, int Events, IReadOnlyDictionary<string, int> States, IReadOnlyList<string> Violations, IReadOnlyList<string> Sabotaged);

/// <summary>
/// Starts the built product, loads it with deep runs against a paced provider, kills it with SIGKILL at a random moment, starts it again on the
/// same data and holds it to everything that its clients had been told. The same seed gives the same moments, counted in things that happened.
/// </summary>
public sealed class CrashDriver(int kills, int seed, Action<string>? tell = null)
{
    private const int RunsPerRound = 3;

    // A deep run in the default hierarchy makes about 11 calls and 60 events: moments are spread over all of it.
    private const int HappeningsPerRun = 75;

    /// <summary>Done to the data directory between the last kill and the restart: how a test sees that a loss would be noticed.</summary>
    public Func<string, CancellationToken, Task>? Sabotage { get; init; }

    /// <summary>Drives to the end; a broken rule does not stop it.</summary>
    public async Task<CrashReport> RunAsync(CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        var witness = new CrashWitness();
        var violations = new List<string>();
        var intact = int.MaxValue;
        var states = new Dictionary<string, int>();
        var (resumed, events) = (0, 0);
        await using var provider = await ScriptedProvider.StartAsync();
        var data = Hal9Settings.NewDataDirectory();
        try
        {
            var settings = Hal9Settings.For(data, provider);
            var product = await Hal9Process.StartAsync(settings, cancellationToken);
            try
            {
                var key = await PrepareAsync(product.Url, cancellationToken);
                for (var kill = 1; kill <= kills; kill++)
                {
                    var moment = random.Next(1, RunsPerRound * HappeningsPerRun);
                    var round = await LoadAsync(product, provider, key, witness, moment, TimeSpan.FromMilliseconds(random.NextDouble() * 30), cancellationToken);
                    var open = round.Count(id => !witness.Ended.ContainsKey(id));
                    resumed += open;
                    events += round.Sum(id => witness.Runs[id].Count);
                    var killedAt = DateTimeOffset.UtcNow;
                    await product.DisposeAsync();
                    if (Sabotage is not null && kill == kills)
                    {
                        intact = violations.Count;
                        await Sabotage(data, cancellationToken);
                    }

                    product = await Hal9Process.StartAsync(settings, cancellationToken);
                    using var client = Hal9Client.WithKey(product.Url, key);
                    var checks = new CrashChecks(client, witness, violations);
                    var ends = await checks.RunsAsync(round, cancellationToken);
                    await checks.UntoldRunsAsync(cancellationToken);
                    await checks.MoneyAsync(killedAt, cancellationToken);
                    foreach (var end in ends)
                    {
                        states[end] = states.GetValueOrDefault(end) + 1;
                    }
                    tell?.Invoke(string.Create(
                        CultureInfo.InvariantCulture,
                        $"kill {kill,3}/{kills}  at happening {moment,3}  runs {round.Count}, {open} on their way  after restart: {string.Join(' ', ends)}  violations {violations.Count}"));
                    if (violations.Count > 0)
                    {
                        tell?.Invoke(Tail(product.Log));
                    }
                }
                using var last = Hal9Client.WithKey(product.Url, key);
                await LastAsync(last, new CrashChecks(last, witness, violations), witness, cancellationToken);
            }
            finally
            {
                await product.DisposeAsync();
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
        return new CrashReport(kills, witness.Runs.Count, resumed, events, states, [.. violations.Take(intact)], [.. violations.Skip(intact)]);
    }

    /// <summary>After the last crash the product still works: one more run, then everything once more, and now the ledger's tail is anchored too.</summary>
    private static async Task LastAsync(Hal9Client client, CrashChecks checks, CrashWitness witness, CancellationToken cancellationToken)
    {
        witness.Started(await client.StartRunAsync("Name a tea.", "quick", cancellationToken));
        await checks.RunsAsync(witness.Runs.Keys, cancellationToken);
        await checks.UntoldRunsAsync(cancellationToken);
        await checks.MoneyAsync(DateTimeOffset.MinValue.AddYears(1), cancellationToken);
    }

    private static async Task<string> PrepareAsync(string url, CancellationToken cancellationToken)
    {
        using var client = await Hal9Client.SignInAsync(url, Hal9Settings.Email, Hal9Settings.Password, cancellationToken);
        await client.UseNewKeyAsync("crash", cancellationToken);
        await client.LimitTenantAsync("1000", cancellationToken);
        return client.Key;
    }

    /// <summary>Loads the product, kills it at the moment, and returns the runs that it had acknowledged.</summary>
    private static async Task<List<Guid>> LoadAsync(
        Hal9Process product, ScriptedProvider provider, string key, CrashWitness witness, int moment, TimeSpan more, CancellationToken cancellationToken)
    {
        var left = moment;
        var due = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Happened()
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                due.TrySetResult();
            }
        }

        provider.Reset();
        provider.Default = new ScriptedReply { ChunkSize = 40, Pace = TimeSpan.FromMilliseconds(5) };
        provider.Script(_ =>
        {
            Happened();
            return null;
        });
        var before = witness.Runs.Keys.ToHashSet();
        var clients = Enumerable.Range(0, RunsPerRound).Select(_ => Hal9Client.WithKey(product.Url, key)).ToList();
        try
        {
            // The last one asks as a chat program does; the others start runs and watch them.
            var loads = clients.Select((client, i) => i == RunsPerRound - 1
                ? ChatAsync(client, witness, Happened, cancellationToken)
                : WatchAsync(client, i, witness, Happened, cancellationToken)).ToList();
            var allEnded = Task.WhenAll(loads);
            await Task.WhenAny(due.Task, allEnded);
            await Task.Delay(more, cancellationToken);
            await product.KillAsync(cancellationToken);
            await allEnded;
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
        return [.. witness.Runs.Keys.Where(id => !before.Contains(id))];
    }

    private static async Task WatchAsync(Hal9Client client, int number, CrashWitness witness, Action happened, CancellationToken cancellationToken)
    {
        try
        {
            var id = await client.StartRunAsync($"Plan part {number} of a tea shop: rooms, menu, staff, opening.", "deep", cancellationToken);
            witness.Started(id);
            happened();
            await foreach (var seen in client.EventsAsync(id, 0, cancellationToken))
            {
                witness.Saw(id, seen);
                happened();
                if (seen.Type == "ModelCallEnded")
                {
                    witness.SawLedger((await client.GetAsync($"/api/v1/ledger?after={witness.LastLedger}&limit=200", cancellationToken)).GetProperty("items").EnumerateArray());
                }
            }
            witness.Ended[id] = (await client.RunAsync(id, cancellationToken)).GetRawText();
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The product was killed: what was seen until now is what counts.
        }
    }

    private static async Task ChatAsync(Hal9Client client, CrashWitness witness, Action happened, CancellationToken cancellationToken)
    {
        try
        {
            var body = new JsonObject
            {
                ["model"] = "hal9/deep",
                ["stream"] = true,
                ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "What does a tea shop need in its first week?" }),
            };
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = System.Net.Http.Json.JsonContent.Create(body) };
            using var answer = await client.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (answer.Headers.TryGetValues("x-hal9-run-id", out var ids))
            {
                witness.Started(Guid.Parse(ids.Single()));
                happened();
            }
            await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
            var buffer = new byte[1024];
            while (await stream.ReadAsync(buffer, cancellationToken) > 0)
            {
                happened();
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The product was killed: what was seen until now is what counts.
        }
    }

    private static string Tail(string log) => log.Length > 4000 ? log[^4000..] : log;
}
