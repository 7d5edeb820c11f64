using System.Globalization;
using System.Text.Json;
using Hal9.Tests.Support.LearnBench;

namespace Hal9.Benchmarks.Learning;

/// <summary>
/// <c>learn</c>: LearnBench. With <c>--table</c> one table that anybody brings; else all suites (<see cref="LearnSuites"/>).
/// </summary>
internal static class LearnVerb
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        try
        {
            var options = LearnOptions.Read(arguments);
            if (options.Table is null)
            {
                return await LearnSuites.RunAsync(options, cancellationToken);
            }
            var table = TableReader.Read(options.Table, options.Lambda > 0);
            if (table.Arms.Length < 2)
            {
                throw new TableException($"{table.Name} has one model; there is nothing to learn which is better.");
            }
            if (options.DayZero is null)
            {
                throw new TableException($"--day0 says which model serves before anything is learned; {table.Name} has {string.Join(", ", table.Arms)}.");
            }
            var score = ReplayScore.Of(table, new ReplayPlan(table.ArmOf(options.DayZero), options.Lambda, options.Replay, options.Interactions), options.Seeds);
            Print(score);
            if (options.Json is { } path)
            {
                await File.WriteAllTextAsync(path, JsonSerializer.Serialize(score, Json), cancellationToken);
            }
            return 0;
        }
        catch (Exception error) when (error is TableException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"learn: {error.Message}");
            return 2;
        }
    }

    /// <summary>One line a figure.</summary>
    public static void Print(ReplayScore score)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{score.Table}{(score.Synthetic ? " (SYNTHETIC)" : "")}: {score.Rows} rows, {score.Tasks} tasks, {score.Models.Count} models; day 0 {score.DayZero}, lambda {score.Lambda}, replay {score.Replay}, {score.Interactions} interactions, {score.Seeds} seeds"));
        foreach (var warning in score.Warnings)
        {
            Console.WriteLine($"note: {warning}");
        }
        Console.WriteLine(score.LrMean is null
            ? string.Create(CultureInfo.InvariantCulture, $"LR({score.Interactions})        no ratio: day 0 is worth {score.DayZeroUtility:0.0000}; difference in utility {score.DifferenceMean:+0.0000;-0.0000;0}")
            : $"LR({score.Interactions})        mean {Percent(score.LrMean)}  p5 {Percent(score.LrP5)}  p95 {Percent(score.LrP95)}");
        Console.WriteLine($"headroom        {Percent(score.Headroom)} best per task, {Percent(score.HeadroomFixed)} best single ({score.BestFixed}); uniform {Percent(score.Uniform)}");
        Console.WriteLine($"capture         {Percent(score.Capture)}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"harm rate       {Percent(score.HarmRate)} ({score.Harmed} of {score.Seeds} seeds end below day 0 on the test third)"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"promotions      {score.Promotions} (first at {score.FirstPromotion?.ToString("0", CultureInfo.InvariantCulture) ?? "-"}), rolled back {score.Rollbacks}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bad promotions  {score.BadPromotions}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"replay cost     {(score.ReplayCostUsd is { } usd ? usd.ToString("0.0000", CultureInfo.InvariantCulture) + " USD" : "unknown")} a seed, {score.ReplayCalls:0} calls"));
        foreach (var final in score.FinalRoutings)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ends with       {final.Arms}: {final.Seeds} seeds"));
        }
    }

    public static string Percent(double? share) => share is { } value ? value.ToString("+0.0%;-0.0%;0.0%", CultureInfo.InvariantCulture).Replace(" %", "%", StringComparison.Ordinal) : "-";
}
