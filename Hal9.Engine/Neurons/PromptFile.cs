using System.Globalization;

namespace Hal9.Engine.Neurons;

/// <summary>A file that belongs to a goal, as neurons get it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="MediaType">Its media type, found out from the content.</param>
/// <param name="Text">Its text; null for an image.</param>
/// <param name="Image">The image; empty for a text.</param>
internal sealed record PromptFile(string Name, string MediaType, string? Text, ReadOnlyMemory<byte> Image)
{
    /// <summary>What a person sees of it in the prompt.</summary>
    public string Shown => Text is null
        ? string.Create(CultureInfo.InvariantCulture, $"{Name} ({MediaType}, {Image.Length} bytes)")
        : $"{Name}\n\n{Text}";

    /// <summary>Its section of the prompt: fenced by more back ticks than it has itself, so that no line of it can look like a heading of ours.</summary>
    public string Fenced
    {
        get
        {
            if (Text is null)
            {
                return $"### {Title}\n\nThe image is attached to this message.";
            }
            var fence = new string('`', Math.Max(3, LongestRun(Text) + 1));
            return $"### {Title}\n\n{fence}\n{Text.TrimEnd()}\n{fence}";
        }
    }

    private string Title => Name.ReplaceLineEndings(" ");

    private static int LongestRun(string text)
    {
        var (longest, run) = (0, 0);
        foreach (var sign in text)
        {
            run = sign == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }
        return longest;
    }
}
