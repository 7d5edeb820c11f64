namespace Hal9.Web.Diagnostics;

/// <summary>What the address of the settings remembers. What cannot be read is left out, never guessed.</summary>
/// <param name="Text">What a setting's name contains.</param>
/// <param name="Origin">Where its value comes from.</param>
public sealed record SettingsQuery(string? Text = null, SettingOrigin? Origin = null)
{
    /// <summary>Something narrows the list.</summary>
    public bool IsNarrowed => Text is not null || Origin is not null;

    /// <summary>Reads an address.</summary>
    public static SettingsQuery Parse(string? text, string? origin) => new(string.IsNullOrWhiteSpace(text) ? null : text.Trim(), Read(origin));

    /// <summary>Reads an origin by its name.</summary>
    public static SettingOrigin? Read(string? origin) => !int.TryParse(origin, out _) && Enum.TryParse<SettingOrigin>(origin, ignoreCase: true, out var read) ? read : null;

    /// <summary>The address.</summary>
    public string ToUrl() => Urls.Settings(Text, Origin?.ToString().ToLowerInvariant());
}
