using CsvHelper;
using Hal9.Engine.Learning.Statistics;

namespace Hal9.Tests.Support.LearnBench;

/// <summary>
/// MMLU by subject, a weak model and a strong one: a table with next to nothing to gain at sensible costs, to see that nothing is claimed. It has no costs: they are the list prices times the characters by four, an answer one token.
/// </summary>
internal static class RouteLlmTable
{
    private const double WeakUsdPerToken = 0.6e-6;
    private const double StrongUsdPerToken = 10e-6;
    private const double StrongUsdPerAnswer = 30e-6;

    public static OutcomeTable Read(string path)
    {
        using var csv = CsvReader.FromFile(path);
        var (items, tasks, taskOf, outcomes) = (new List<string>(), new List<string>(), new List<int>(), new List<Outcome?[]>());
        while (csv.Read())
        {
            if (csv.GetString("benchmark") != "mmlu")
            {
                continue;
            }
            var subject = csv.GetString("subject");
            if (tasks.IndexOf(subject) < 0)
            {
                tasks.Add(subject);
            }
            var tokens = csv.Parse<int>("prompt_chars") / 4.0;
            items.Add($"{subject}/{items.Count}");
            taskOf.Add(tasks.IndexOf(subject));
            outcomes.Add(
            [
                new Outcome(csv.Parse<double>("mixtral_8x7b"), (tokens + 1) * WeakUsdPerToken),
                new Outcome(csv.Parse<double>("gpt_4_1106"), (tokens * StrongUsdPerToken) + StrongUsdPerAnswer),
            ]);
        }
        return new OutcomeTable("L2 MMLU, costs derived", false, [.. items], [.. tasks], [.. taskOf], ["mixtral-8x7b", "gpt-4-1106"], [.. outcomes], []);
    }
}
