namespace Hal9.Benchmarks.Harness;

/// <summary>Rounds in which every side has a turn, each second one in reverse order, so that a machine that grows slower or faster meets all alike.</summary>
internal static class Rounds
{
    public static async Task RunAsync<T>(int rounds, IReadOnlyList<T> sides, Func<T, Task> turn)
    {
        for (var round = 1; round <= rounds; round++)
        {
            Console.Write($"round {round}/{rounds}:");
            foreach (var side in round % 2 == 1 ? sides : sides.Reverse())
            {
                Console.Write($" {side}");
                await turn(side);
            }
            Console.WriteLine();
        }
    }
}
