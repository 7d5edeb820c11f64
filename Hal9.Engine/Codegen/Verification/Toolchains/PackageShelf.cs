namespace Hal9.Engine.Codegen.Verification.Toolchains;

/// <summary>
/// The packages that a project may use: those whose assemblies lie here, since nothing is downloaded. Each has a folder with its id, in lower case, below the shelf.
/// </summary>
/// <param name="folder">The shelf; it need not exist.</param>
internal sealed class PackageShelf(string folder)
{
    // What a test project names so that a runner finds its tests: ours does without.
    private static readonly string[] Runners = ["microsoft.net.test.sdk", "xunit.v3", "xunit", "xunit.runner.visualstudio", "exercism.tests.xunit.v3", "exercism.tests", "coverlet.collector"];

    /// <summary>Ids that are there.</summary>
    public IReadOnlyList<string> Ids => Directory.Exists(folder) ? [.. Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)] : [];

    /// <summary>Folders of packages, and the ids of those that are missing.</summary>
    public (IReadOnlyList<string> Folders, IReadOnlyList<string> Missing) Find(IEnumerable<PackageUse> packages)
    {
        var wanted = packages.Select(package => package.Id).Where(id => !Runners.Contains(id.ToLowerInvariant())).Distinct(StringComparer.OrdinalIgnoreCase).ToLookup(id => IsSafe(id) && Directory.Exists(Of(id)));
        return ([.. wanted[true].Select(Of)], [.. wanted[false]]);
    }

    private string Of(string id) => Path.Combine(folder, id.ToLowerInvariant());

    private static bool IsSafe(string id) => id.Length is > 0 and < 100 && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_') && id.Trim('.').Length > 0;
}
