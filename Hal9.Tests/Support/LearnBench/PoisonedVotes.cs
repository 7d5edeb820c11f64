using Hal9.Engine.Learning.Statistics;

namespace Hal9.Tests.Support.LearnBench;

/// <summary>What is seen when outcomes are known by votes and some who vote lie: a part of the users flips all its votes, and gives more of them than its number. The cap per user and day is left out: it would only help.</summary>
/// <param name="Users">How many there are.</param>
/// <param name="Liars">Share of the users.</param>
/// <param name="Flipped">Share of all votes that they give, each flipped.</param>
internal sealed record PoisonedVotes(int Users, double Liars, double Flipped)
{
    /// <summary>What a seed's learner sees of the table.</summary>
    public Func<int, int, int, Outcome?> See(OutcomeTable table, int seed) => (row, arm, _) =>
        table.Outcomes[row][arm] is { } truth && IsLiar(Voter(row, arm, seed)) ? truth with { Quality = 1 - truth.Quality } : table.Outcomes[row][arm];

    private bool IsLiar(int user) => user < Users * Liars;

    // Who votes is the same however often it is asked: one vote per user and answer.
    private int Voter(int row, int arm, int seed)
    {
        var random = Seeds.Random(seed, unchecked((row * 64) + arm));
        var liars = (int)(Users * Liars);
        return random.NextDouble() < Flipped ? random.Next(liars) : random.Next(liars, Users);
    }
}
