using System.Text;
using Hal9.Engine.Models.Offline.Work;

namespace Hal9.Engine.Models.Offline;

/// <summary>Puts results together to one text: each under its heading, nothing said twice.</summary>
internal static class Integrator
{
    private const int ShortestRepetition = 24;
    private const string Same = "*The same as above.*";

    public static string Integrate(IReadOnlyList<ShownResult> results)
    {
        var said = new HashSet<string>(StringComparer.Ordinal);
        var whole = new StringBuilder();
        var title = "";
        foreach (var result in results.OrderBy(result => result.Number))
        {
            var text = OfflineNote.Without(result.Text).Replace(Worker.SecondAttempt, "", StringComparison.Ordinal).Trim();
            var body = text.Length == 0 ? "*(no result)*" : Unsaid(text, said);
            if (body.Length == 0)
            {
                // All of it stands above already; that it was done as well must still be seen, once for all parts of a thing.
                var first = text.Split('\n', 2)[0];
                body = $"{(first.StartsWith("## ", StringComparison.Ordinal) ? first : $"## {Worker.Title(result.Goal)}")}\n\n{Same}";
                if (!said.Add(body))
                {
                    continue;
                }
            }
            body = body.StartsWith('#') ? body : $"## {Worker.Title(result.Goal)}\n\n{body}";
            var end = body.IndexOf('\n', StringComparison.Ordinal);
            var own = end < 0 ? body : body[..end];
            // Parts of one thing carry the same title: it stands once above them all.
            whole.Append(own == title ? body[own.Length..].TrimStart() : body).Append("\n\n");
            title = body.LastIndexOf("\n## ", StringComparison.Ordinal) < 0 ? own : "";
        }
        return whole.Length == 0 ? "*(no result)*" : whole.ToString().TrimEnd();
    }

    /// <summary>The text without blocks that were there before, and without headings that lose all their blocks.</summary>
    private static string Unsaid(string text, HashSet<string> said)
    {
        var blocks = new List<string>();
        foreach (var block in Blocks(text))
        {
            var heading = block.StartsWith('#') && !block.Contains('\n', StringComparison.Ordinal);
            if (heading)
            {
                // A heading of the same or a higher level ends a section that stayed empty.
                while (blocks.Count > 0 && blocks[^1].StartsWith('#') && Level(blocks[^1]) >= Level(block))
                {
                    blocks.RemoveAt(blocks.Count - 1);
                }
                blocks.Add(block);
            }
            else if (WithoutBoilerplate(block, said) is { Length: > 0 } rest && (rest.Length < ShortestRepetition || said.Add(rest) || Outline.Admits(rest)))
            {
                blocks.Add(rest);
            }
        }
        while (blocks.Count > 0 && blocks[^1].StartsWith('#'))
        {
            blocks.RemoveAt(blocks.Count - 1);
        }
        return string.Join("\n\n", blocks);
    }

    /// <summary>A list without those points of ours that were there before; the points of others stay, they may belong to another thing.</summary>
    private static string WithoutBoilerplate(string block, HashSet<string> said) => !block.StartsWith("- ", StringComparison.Ordinal)
        ? block
        : string.Join('\n', block.Split('\n').Where(line => !Outline.IsBoilerplate(line) || said.Add(line)));

    /// <summary>Paragraphs; fenced code stays whole.</summary>
    private static List<string> Blocks(string text)
    {
        var blocks = new List<string>();
        var open = new StringBuilder();
        var fenced = false;
        foreach (var line in text.Split('\n'))
        {
            var fence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            if (!fenced && string.IsNullOrWhiteSpace(line))
            {
                Close();
                continue;
            }
            open.Append(open.Length > 0 ? "\n" : "").Append(line.TrimEnd());
            fenced ^= fence;
        }
        Close();
        return blocks;

        void Close()
        {
            if (open.Length > 0)
            {
                blocks.Add(open.ToString());
                open.Clear();
            }
        }
    }

    private static int Level(string heading) => heading.Length - heading.TrimStart('#').Length;
}
