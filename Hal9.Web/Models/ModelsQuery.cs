namespace Hal9.Web.Models;

/// <summary>What the address of the models remembers. What cannot be read is left out, never guessed.</summary>
/// <param name="Text">What the model's name contains.</param>
/// <param name="Unpriced">Only those without a price.</param>
public sealed record ModelsQuery(string? Text = null, bool Unpriced = false)
{
    /// <summary>Something narrows the list.</summary>
    public bool IsNarrowed => Text is not null || Unpriced;

    /// <summary>Reads an address.</summary>
    public static ModelsQuery Parse(string? text, string? unpriced) => new(string.IsNullOrWhiteSpace(text) ? null : text.Trim(), unpriced == "1");

    /// <summary>The address.</summary>
    public string ToUrl() => Urls.ModelList(Text, Unpriced);
}
