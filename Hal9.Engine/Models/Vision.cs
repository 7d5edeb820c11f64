using System.Text.Json;

namespace Hal9.Engine.Models;

/// <summary>Which models take images: those that their provider's settings name, and the shipped families.</summary>
internal static class Vision
{
    private static readonly Lazy<IReadOnlySet<string>> Shipped = new(Read);

    /// <summary>Whether the model is said to take images. An unknown model is one that does not: nobody pays for an image that is not looked at.</summary>
    public static bool Sees(string model, IList<string>? named) =>
        named?.Any(name => name == "*" || string.Equals(name, model, StringComparison.OrdinalIgnoreCase)) == true || IsShipped(Bare(model));

    // A name with a date or version behind it is of its family: gpt-4o-2024-08-06 is gpt-4o, but gpt-4o-audio is not.
    private static bool IsShipped(string model)
    {
        for (var name = model; ;)
        {
            if (Shipped.Value.Contains(name))
            {
                return true;
            }
            var dash = name.LastIndexOf('-');
            if (dash <= 0 || !name.AsSpan(dash + 1).ContainsAnyInRange('0', '9') || name.AsSpan(dash + 1).ContainsAnyExceptInRange('0', '9'))
            {
                return false;
            }
            name = name[..dash];
        }
    }

    // Routers put the vendor before the name.
    private static string Bare(string model) => model[(model.LastIndexOf('/') + 1)..].ToLowerInvariant();

    private static HashSet<string> Read()
    {
        using var stream = typeof(Vision).Assembly.GetManifestResourceStream("Hal9.Engine.Models.vision.json")!;
        using var document = JsonDocument.Parse(stream);
        return [.. document.RootElement.GetProperty("vision").EnumerateArray().Select(name => name.GetString()!)];
    }
}
