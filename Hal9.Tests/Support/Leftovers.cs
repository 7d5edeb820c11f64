namespace Hal9.Tests.Support;

/// <summary>What a run in the sandbox must not leave behind.</summary>
internal static class Leftovers
{
    private static readonly string[] Users = ["59333", "59334"];

    /// <summary>
    /// Processes of the sandbox's users without a parent: those of runs that go on meanwhile have one. A killed process needs a moment to die, which it has.
    /// </summary>
    public static async Task<IReadOnlyList<string>> FindAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        IReadOnlyList<string> found = [];
        for (var looks = 0; looks < 20; looks++)
        {
            found = [.. Processes().Where(process => process.Parent == "1").Select(process => $"process {process.Id}")];
            if (found.Count == 0)
            {
                break;
            }
            await timer.WaitForNextTickAsync(cancellationToken);
        }
        return found;
    }

    private static IEnumerable<(string Id, string Parent)> Processes()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            string[] lines;
            try
            {
                lines = File.ReadAllLines(folder + "/status");
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                continue;
            }
            string Of(string key) => lines.FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?.Split('\t')[1] ?? "";
            if (Users.Contains(Of("Uid:")) && !Of("State:").StartsWith('Z'))
            {
                yield return (Path.GetFileName(folder), Of("PPid:"));
            }
        }
    }
}
