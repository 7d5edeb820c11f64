using System.Globalization;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Models.Offline;

/// <summary>A result that is shown to the model: number, neuron, goal, criteria, text.</summary>
internal sealed record ShownResult(int Number, string Neuron, string Goal, IReadOnlyList<string> Criteria, string Text);

/// <summary>Somebody to whom work can be given.</summary>
internal sealed record ShownNeuron(string Name, string Role);

/// <summary>
/// What a request says, taken apart by the headings of the neurons' prompts. A plain chat has none of them: then the last user message is the
/// goal. The headings are data of this folder's own, because neurons stand above models; a test keeps both the same.
/// </summary>
internal sealed record OfflineRequest
{
    public const string GoalHeading = "## Goal";
    public const string CriteriaHeading = "## Acceptance criteria";
    public const string BeforeHeading = "## Results to build on";
    public const string LessonsHeading = "## Notes from earlier work";
    public const string FilesHeading = "## Attached files";
    public const string LastResultHeading = "## Your last result";
    public const string FeedbackHeading = "## Feedback on your last result";
    public const string DelegatesHeading = "## Neurons that you can assign work to";
    public const string ResultsHeading = "## Results to judge";
    public const string IntegrateHeading = "## Results to integrate";
    public const string TaskHeading = "## Your task now";

    public static IReadOnlyList<string> Headings { get; } =
        [GoalHeading, CriteriaHeading, BeforeHeading, LessonsHeading, FilesHeading, LastResultHeading, FeedbackHeading, DelegatesHeading, ResultsHeading, IntegrateHeading, TaskHeading];

    public required string Goal { get; init; }

    public IReadOnlyList<string> Criteria { get; init; } = [];

    public IReadOnlyList<ShownResult> Before { get; init; } = [];

    public string LastResult { get; init; } = "";

    public string Feedback { get; init; } = "";

    public IReadOnlyList<ShownNeuron> Delegates { get; init; } = [];

    public IReadOnlyList<ShownResult> Results { get; init; } = [];

    /// <summary>The results to integrate; null when the request does not ask for that.</summary>
    public IReadOnlyList<ShownResult>? Integrate { get; init; }

    /// <summary>The last answer of the assistant before the goal, without its note; empty when there is none.</summary>
    public string Previous { get; init; } = "";

    /// <param name="messages">The request's messages.</param>
    /// <param name="ofNeuron">Whether a neuron's prompt is expected: then a later message without headings (a repair) does not hide it.</param>
    public static OfflineRequest Of(IReadOnlyList<ChatMessage> messages, bool ofNeuron)
    {
        var users = messages.Where(message => message.Role == ChatRole.User).ToList();
        var last = (ofNeuron ? users.LastOrDefault(message => IsPrompt(message.Text)) : null) ?? users.LastOrDefault();
        var text = Script.WellFormed(last?.Text ?? "");
        var before = last is null ? messages : messages.Take(messages.Index().Last(m => ReferenceEquals(m.Item, last)).Index);
        var previous = before.LastOrDefault(message => message.Role == ChatRole.Assistant && !string.IsNullOrWhiteSpace(message.Text))?.Text ?? "";
        var request = IsPrompt(text) ? OfPrompt(text) : new OfflineRequest { Goal = text.Trim() };
        return request with { Previous = OfflineNote.Without(Script.WellFormed(previous)) };
    }

    private static bool IsPrompt(string text)
    {
        var start = text.AsSpan().TrimStart();
        var end = start.IndexOf('\n');
        var first = (end < 0 ? start : start[..end]).TrimEnd();
        return first.Length < 60 && Headings.Contains(first.ToString());
    }

    private static OfflineRequest OfPrompt(string text)
    {
        var sections = Sections(text);
        return new OfflineRequest
        {
            Goal = WithFiles(sections.GetValueOrDefault(GoalHeading, ""), sections.GetValueOrDefault(FilesHeading, "")),
            Criteria = Items(sections.GetValueOrDefault(CriteriaHeading, "")),
            Before = Shown(sections.GetValueOrDefault(BeforeHeading, "")),
            LastResult = OfflineNote.Without(sections.GetValueOrDefault(LastResultHeading, "")),
            Feedback = sections.GetValueOrDefault(FeedbackHeading, ""),
            Delegates = [.. Items(sections.GetValueOrDefault(DelegatesHeading, "")).Select(Neuron).OfType<ShownNeuron>()],
            Results = Shown(sections.GetValueOrDefault(ResultsHeading, "")),
            Integrate = sections.TryGetValue(IntegrateHeading, out var integrate) ? Shown(integrate) : null,
        };
    }

    /// <summary>
    /// The first goal heading counts and the last of each other: what a person or a result wrote into the sections can look like a heading, but
    /// can't take a later section's place.
    /// </summary>
    private static Dictionary<string, string> Sections(string text)
    {
        var starts = new Dictionary<string, (int Heading, int Body)>(StringComparer.Ordinal);
        var position = 0;
        while (position < text.Length)
        {
            var end = text.IndexOf('\n', position);
            end = end < 0 ? text.Length : end;
            // Only a line that can be a heading is copied.
            var line = text.AsSpan(position, end - position).StartsWith("## ") ? text[position..end].TrimEnd() : "";
            if (line.Length > 0 && Headings.FirstOrDefault(heading => heading == line) is { } found
                && (found != GoalHeading || !starts.ContainsKey(found)))
            {
                starts[found] = (position, Math.Min(end + 1, text.Length));
            }
            position = end + 1;
        }
        var ordered = starts.OrderBy(start => start.Value.Heading).ToList();
        return ordered
            .Select((start, i) => (start.Key, Text: text[start.Value.Body..(i + 1 < ordered.Count ? ordered[i + 1].Value.Heading : text.Length)].Trim()))
            .ToDictionary(section => section.Key, section => section.Text, StringComparer.Ordinal);
    }

    /// <summary>Attached texts are the material of a goal that brings none itself.</summary>
    private static string WithFiles(string goal, string section)
    {
        var text = new List<string>();
        string? fence = null;
        foreach (var line in section.Split('\n'))
        {
            var bare = line.TrimEnd();
            if (fence is null)
            {
                fence = bare.Length >= 3 && bare.AsSpan().Trim('`').IsEmpty ? bare : null;
            }
            else if (bare == fence)
            {
                fence = null;
            }
            else
            {
                text.Add(line);
            }
        }
        return text.Count == 0 || goal.Contains(GoalReading.MaterialLine, StringComparison.Ordinal) ? goal : $"{goal}\n\n{GoalReading.MaterialLine}\n{string.Join('\n', text)}";
    }

    private static List<string> Items(string section)
    {
        var items = new List<string>();
        foreach (var line in section.AsSpan().EnumerateLines())
        {
            if (Segments.TryItem(line.Trim(), out var item))
            {
                items.Add(item.ToString());
            }
        }
        return items;
    }

    /// <summary>A list item <c>`name`: role</c>.</summary>
    private static ShownNeuron? Neuron(string item)
    {
        var end = item.StartsWith('`') ? item.IndexOf('`', 1) : -1;
        return end < 0 ? null : new ShownNeuron(item[1..end], item[(end + 1)..].TrimStart(':', ' '));
    }

    /// <summary>Results, each under <c>### number. goal (by neuron)</c>, then "Criteria:" with a list, then "Result:" and the text.</summary>
    private static List<ShownResult> Shown(string section)
    {
        var shown = new List<ShownResult>();
        var lines = section.Split('\n');
        var heads = Enumerable.Range(0, lines.Length).Where(i => Head(lines, i) is not null).ToList();
        for (var i = 0; i < heads.Count; i++)
        {
            var (number, goal, neuron) = Head(lines, heads[i])!.Value;
            var block = lines[(heads[i] + 1)..(i + 1 < heads.Count ? heads[i + 1] : lines.Length)];
            var body = Array.FindIndex(block, line => line.TrimEnd() == "Result:");
            var criteria = body < 0 ? [] : Items(string.Join('\n', block[..body]));
            shown.Add(new ShownResult(number, neuron, goal, criteria, string.Join('\n', block[(body + 1)..]).Trim()));
        }
        return shown;
    }

    /// <summary>A result's own headings are not such a head: they are not followed by "Criteria:" or "Result:".</summary>
    private static (int Number, string Goal, string Neuron)? Head(string[] lines, int index)
    {
        var line = lines[index].TrimEnd();
        if (!line.StartsWith("### ", StringComparison.Ordinal) || !line.EndsWith(')'))
        {
            return null;
        }
        var dot = line.IndexOf(". ", StringComparison.Ordinal);
        var by = line.LastIndexOf(" (by ", StringComparison.Ordinal);
        if (dot < 0 || by < dot || !int.TryParse(line.AsSpan(4, dot - 4), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }
        var next = lines.Skip(index + 1).Take(3).FirstOrDefault(following => !string.IsNullOrWhiteSpace(following))?.TrimEnd();
        return next is "Criteria:" or "Result:" ? (number, line[(dot + 2)..Math.Max(by, dot + 2)].Trim(), line[(by + 5)..^1]) : null;
    }
}
