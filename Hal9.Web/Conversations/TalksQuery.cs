namespace Hal9.Web.Conversations;

/// <summary>What the address remembers of the list of conversations.</summary>
/// <param name="Text">Words that are looked for in titles and messages.</param>
/// <param name="Folder">Only this folder.</param>
/// <param name="Tag">Only this label.</param>
/// <param name="Archived">Those put away.</param>
public sealed record TalksQuery(string? Text = null, string? Folder = null, string? Tag = null, bool Archived = false)
{
    /// <summary>What the address says for the archive.</summary>
    public const string Archive = "archive";

    /// <summary>Everything in use.</summary>
    public static TalksQuery All { get; } = new();

    /// <summary>Words are looked for.</summary>
    public bool Searches => Text is not null;

    /// <summary>Something is left out.</summary>
    public bool Narrows => Folder is not null || Tag is not null || Searches;

    /// <summary>Reads it from the address; what is empty is not asked for.</summary>
    public static TalksQuery Parse(string? text, string? folder, string? tag, string? list) =>
        new(NullIfBlank(text), NullIfBlank(folder), NullIfBlank(tag), list == Archive);

    private static string? NullIfBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
