namespace Hal9.Cli.Api;

/// <summary>Addresses with what was asked for, and nothing for what was not.</summary>
internal static class Address
{
    public static string Of(string path, params ReadOnlySpan<(string Name, string? Value)> query)
    {
        var asked = new List<string>();
        foreach (var (name, value) in query)
        {
            if (!string.IsNullOrEmpty(value))
            {
                asked.Add($"{name}={Uri.EscapeDataString(value)}");
            }
        }
        return asked.Count == 0 ? path : $"{path}?{string.Join('&', asked)}";
    }
}
