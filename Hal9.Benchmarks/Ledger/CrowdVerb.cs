using System.Globalization;
using Hal9.Engine.Storage;
using Hal9.Tests.Support;

namespace Hal9.Benchmarks.Ledger;

/// <summary><c>crowd --calls N --seed S</c>: reservations of random size at once on budgets four deep, on SQLite (<c>synchronous=FULL</c>) and, where it is installed, PostgreSQL.</summary>
internal static class CrowdVerb
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var (calls, seed) = Numbers.Read(arguments, "--calls", 10_000);
        var wrong = 0;
        using var folder = new TempFolder();
        var sqlite = Database.Sqlite(folder.Of("crowd.db"));
        await LedgerLab.MigrateAsync(sqlite, cancellationToken);
        Console.WriteLine("| database | calls | seed | paid | refused | overspend and false refusals | seconds |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        wrong += await OnAsync("SQLite", sqlite);
        var cluster = new PostgresCluster();
        await cluster.InitializeAsync();
        if (cluster.Missing is { } missing)
        {
            Console.WriteLine($"PostgreSQL: not run. {missing}");
        }
        else
        {
            wrong += await OnAsync("PostgreSQL", cluster.Of(cluster.Create()));
        }
        await cluster.DisposeAsync();
        return wrong == 0 ? 0 : 1;

        async Task<int> OnAsync(string name, Database database)
        {
            await using var lab = new LedgerLab(database, folder.Of(name), TimeProvider.System);
            var report = await FourDeep.RunAsync(lab, calls, seed, cancellationToken);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {name} | {calls} | {seed} | {report.Paid} | {report.Refused} | {report.Faults.Count} | {report.Took.TotalSeconds:0.0} |"));
            foreach (var fault in report.Faults.Take(10))
            {
                Console.WriteLine($"- {fault}");
            }
            return report.Faults.Count;
        }
    }
}

/// <summary>Reads <c>--what N --seed S</c>.</summary>
internal static class Numbers
{
    public static (int Count, int Seed) Read(IReadOnlyList<string> arguments, string what, int usual)
    {
        var (count, seed) = (usual, 1);
        for (var i = 0; i + 1 < arguments.Count; i += 2)
        {
            var value = int.Parse(arguments[i + 1], CultureInfo.InvariantCulture);
            if (arguments[i] == what)
            {
                count = value;
            }
            else if (arguments[i] == "--seed")
            {
                seed = value;
            }
            else
            {
                throw new ArgumentException($"Unknown option {arguments[i]}.");
            }
        }
        return (count, seed);
    }
}
