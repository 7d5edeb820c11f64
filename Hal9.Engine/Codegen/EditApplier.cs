namespace Hal9.Engine.Codegen;

/// <summary>Why a set of edits was refused. Nothing of it was applied.</summary>
/// <param name="Path">The file.</param>
/// <param name="Reason">What is wrong, in words for whoever wrote the edit.</param>
internal sealed record EditFault(string Path, string Reason);

/// <summary>
/// Applies edits to files, all or none: each anchor must occur exactly once in its file as it is at that moment, and the file must be the one that was
/// shown. A change that applies in part would poison every later one.
/// </summary>
internal static class EditApplier
{
    private const int ShaShown = 12;
    private const int MostContent = 64 * 1024;

    /// <param name="files">The files as they are, by path.</param>
    /// <param name="edits">The edits, in their order.</param>
    /// <returns>The changed files, or what is wrong.</returns>
    public static (IReadOnlyDictionary<string, string>? Changed, EditFault? Fault) Apply(IReadOnlyDictionary<string, string> files, IReadOnlyList<FileEdit> edits)
    {
        var changed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var edit in edits)
        {
            if (!files.TryGetValue(edit.Path, out var original))
            {
                return (null, new EditFault(edit.Path, "There is no such file: give a new file as a whole."));
            }
            // The hash tells what its author saw, so it is compared with the file as shown and not as changed by an edit before.
            if (edit.BaseSha.Length > 0 && !Digest.Of(original).StartsWith(edit.BaseSha, StringComparison.OrdinalIgnoreCase))
            {
                return (null, new EditFault(edit.Path, $"The file is not the one that the edit was made for: it is {ShownSha(original)} now, the edit names {edit.BaseSha}."));
            }
            var text = changed.GetValueOrDefault(edit.Path, original);
            if (edit.Anchor.Length == 0)
            {
                return (null, new EditFault(edit.Path, "The anchor is empty."));
            }
            var first = text.IndexOf(edit.Anchor, StringComparison.Ordinal);
            if (first < 0)
            {
                return (null, new EditFault(edit.Path, "The anchor does not occur in the file."));
            }
            // From the next character: occurrences that overlap are two as well.
            if (text.IndexOf(edit.Anchor, first + 1, StringComparison.Ordinal) >= 0)
            {
                return (null, new EditFault(edit.Path, "The anchor occurs more than once: take more of the lines around it."));
            }
            text = string.Concat(text.AsSpan(0, first), edit.Replace, text.AsSpan(first + edit.Anchor.Length));
            if (text.Length > MostContent)
            {
                return (null, new EditFault(edit.Path, $"The file would have more than {MostContent} characters."));
            }
            changed[edit.Path] = text;
        }
        return (changed, null);
    }

    /// <summary>The beginning of a text's hash, as it is shown with the file.</summary>
    public static string ShownSha(string text) => Digest.Of(text)[..ShaShown];
}
