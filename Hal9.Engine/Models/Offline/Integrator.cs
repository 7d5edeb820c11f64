using System.Text;

namespace Hal9.Engine.Models.Offline;

/// <summary>Puts results together to one text: each under its heading, nothing said twice.</summary>
internal static class Integrator
{
    private const int ShortestRepetition = 24;

    public static string Integrate(IReadOnlyList<ShownResult> results)
    {
        var said = new HashSet<string>(StringComparer.Ordinal);
        var whole = new StringBuilder();
        foreach (var result in results.OrderBy(result => result.Number))
        {
            var text = OfflineNote.Without(result.Text).Replace(Worker.SecondAttempt, "", StringComparison.Ordinal).Trim();
            var body = text.Length == 0 ? "*(no result)*" : Unsaid(text, said);
            if (body.Length == 0)
            {
                continue;
            }
            if (!body.StartsWith('#'))
            {
                whole.Append("## ").Append(Worker.Title(result.Goal)).Append("\n\n");
            }
            whole.Append(body).Append("\n\n");
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
            else if (block.Length < ShortestRepetition || said.Add(block))
            {
                blocks.Add(block);
            }
        }
        while (blocks.Count > 0 && blocks[^1].StartsWith('#'))
        {
            blocks.RemoveAt(blocks.Count - 1);
        }
        return string.Join("\n\n", blocks);
    }

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
