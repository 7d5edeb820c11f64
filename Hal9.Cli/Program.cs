namespace Hal9.Cli;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        var surroundings = Surroundings.OfProcess();
        Console.CancelKeyPress += (_, press) => press.Cancel = surroundings.Interrupts.Raise();
        return await new Tool(surroundings).RunAsync(args);
    }
}
