using Hal9.Engine.Events;

namespace Hal9.Engine.Runs;

/// <summary>What an order for a run may hold, whoever gives it.</summary>
internal static class StartRunRules
{
    private const int MostGoal = 100_000;

    /// <exception cref="ArgumentException">The order is out of range; the message names the field.</exception>
    public static void Check(StartRun order)
    {
        Require(order.Goal is { Length: > 0 and <= MostGoal } && !string.IsNullOrWhiteSpace(order.Goal), "goal", $"A goal has 1 to {MostGoal} characters.");
        Require(order.Tags.Count <= 20 && order.Tags.All(t => t.Length is > 0 and <= 200), "tags", "At most 20 tags of 1 to 200 characters.");
        Require(order.Envelope?.Cost is not { Nano: < 0 }, "envelope.costUsd", "The envelope's money can't be negative.");
        Require(order.Envelope?.Tokens is not <= 0, "envelope.tokens", "The envelope has at least one token.");
        Require(order.Envelope?.Steps is not <= 0, "envelope.steps", "The envelope has at least one step.");
        Require(order.Envelope?.Seconds is not (<= 0 or > 86_400), "envelope.seconds", "The envelope has 1 to 86400 seconds.");
        Require(order.MaxOutputTokens is not <= 0, "maxOutputTokens", "An answer has at least one token.");
        Require((order.Mode == RunMode.Direct) == order.Direct is not null, "mode", "A direct run names a model; another one does not.");
    }

    private static void Require(bool holds, string field, string message)
    {
        if (!holds)
        {
            throw new ArgumentException(message, field);
        }
    }
}
