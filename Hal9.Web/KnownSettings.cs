namespace Hal9.Web;

/// <summary>
/// The sections below <c>Hal9</c>. A misspelt section would silently have no effect, and one of a part that is not built would promise what
/// nobody keeps: both stop the start. Keys inside a section are checked where it is bound.
/// </summary>
internal static class KnownSettings
{
    private static readonly string[] Sections = ["Setup", "Data", "Cluster", "Models", "Budgets", "Runs", "Learning", "Codegen", "Sandbox", "Telemetry"];
    private static readonly string[] NotBuilt = ["Tools", "Alerts", "Retention"];

    /// <summary>Checks the section <c>Hal9</c>.</summary>
    /// <exception cref="InvalidOperationException">A name is unknown, or of a part that this version does not have.</exception>
    public static void Check(IConfiguration configuration)
    {
        foreach (var section in configuration.GetSection("Hal9").GetChildren())
        {
            if (NotBuilt.Contains(section.Key, StringComparer.OrdinalIgnoreCase))
            {
                throw new InvalidOperationException($"Hal9:{section.Key} is set, but this version does not have that part yet. Remove the section.");
            }
            if (!Sections.Contains(section.Key, StringComparer.OrdinalIgnoreCase))
            {
                throw new InvalidOperationException($"Hal9:{section.Key} is not a known setting. Known are: {string.Join(", ", Sections)}.");
            }
        }
    }
}
