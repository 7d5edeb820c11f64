namespace Hal9.Runner;

/// <summary>Ordinary work of about half a second, to measure what the sandbox costs.</summary>
internal static class Sample
{
    public static int Run()
    {
        var words = new Dictionary<string, int>();
        for (var round = 0; round < 250; round++)
        {
            var path = Path.Combine(Path.GetTempPath(), $"sample{round}.txt");
            File.WriteAllLines(path, Enumerable.Range(0, 5_000).Select(n => $"word{(n * 7919 + round) % 997}"));
            foreach (var line in File.ReadLines(path))
            {
                words[line] = words.GetValueOrDefault(line) + 1;
            }
            File.Delete(path);
        }
        Console.WriteLine(words.Values.Sum());
        return 0;
    }
}
