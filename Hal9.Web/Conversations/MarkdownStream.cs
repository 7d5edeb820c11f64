using System.Text;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Conversations;

/// <summary>
/// Markdown that is still being written. Blocks that are closed by a blank line outside a code fence are rendered once; only the open
/// block at the end is rendered again, so that a long answer costs no more per repaint than a short one.
/// </summary>
internal sealed class MarkdownStream(MarkdownWords words)
{
    private readonly StringBuilder open = new();
    private readonly StringBuilder whole = new();
    private readonly List<MarkupString> closed = [];
    private int scanned;
    private bool afterBlank;
    private string? fence;
    private MarkupString? tail;

    /// <summary>The blocks that will not change any more.</summary>
    public IReadOnlyList<MarkupString> Closed => closed;

    /// <summary>The block that is being written.</summary>
    public MarkupString Tail => tail ??= Markdown.ToHtml(open.ToString(), words);

    /// <summary>All of it as written.</summary>
    public string Text => whole.ToString();

    /// <summary>Takes the next piece in.</summary>
    public void Add(string piece)
    {
        open.Append(piece);
        whole.Append(piece);
        tail = null;
        if (piece.Contains('\n', StringComparison.Ordinal))
        {
            CloseBlocks();
        }
    }

    // A block is closed when, after a blank line, a line begins at the margin that cannot belong to a list above it.
    private void CloseBlocks()
    {
        var text = open.ToString();
        var end = 0;
        for (int newline; (newline = text.IndexOf('\n', scanned)) >= 0; scanned = newline + 1)
        {
            var line = text.AsSpan(scanned, newline - scanned);
            if (fence is not null)
            {
                fence = line.Trim().StartsWith(fence, StringComparison.Ordinal) && line.Trim().Trim(fence[0]).IsEmpty ? null : fence;
                continue;
            }
            if (afterBlank && scanned > end && !line.IsWhiteSpace() && !char.IsWhiteSpace(line[0]) && !(IsListItem(line) && IsListItem(text.AsSpan(end))))
            {
                closed.Add(Markdown.ToHtml(text[end..scanned], words));
                end = scanned;
            }
            fence = FenceOf(line.Trim());
            afterBlank = line.IsWhiteSpace();
        }
        if (end > 0)
        {
            open.Remove(0, end);
            scanned -= end;
        }
    }

    private static bool IsListItem(ReadOnlySpan<char> line) =>
        line[0] is '-' or '*' or '+' || (char.IsAsciiDigit(line[0]) && line.TrimStart("0123456789") is ['.' or ')', ..]);

    private static string? FenceOf(ReadOnlySpan<char> line) =>
        line.StartsWith("```", StringComparison.Ordinal) ? Run(line, '`') : line.StartsWith("~~~", StringComparison.Ordinal) ? Run(line, '~') : null;

    private static string Run(ReadOnlySpan<char> line, char mark) => new(mark, line.IndexOfAnyExcept(mark) is var n and >= 0 ? n : line.Length);
}
