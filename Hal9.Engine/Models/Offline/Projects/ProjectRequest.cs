using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Models.Offline.Projects;

/// <summary>
/// What a request of code generation says. The headings are data of this folder's own, because Codegen stands above models; a test keeps both the same.
/// </summary>
internal sealed partial record ProjectRequest(string Brief, string Kind, string Module, int Attempt)
{
    public const string ProjectHeading = "## Project";
    public const string AnswersHeading = "## Answers";
    public const string FilesHeading = "## Files";
    public const string EvidenceHeading = "## What is red";
    public const string FeedbackHeading = "## Feedback on your last answer";

    /// <summary>The files that are shown, by path.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>What the project is to be called; null: nobody said.</summary>
    public string? Name { get; init; }

    /// <summary>What is said to be red.</summary>
    public string Evidence { get; init; } = "";

    /// <summary>The last answer did not do: it is asked for again.</summary>
    public bool IsAgain { get; init; }

    /// <summary>The last answer was not even JSON of the schema.</summary>
    public bool IsRepairOfForm { get; init; }

    /// <summary>The number of a fault of the library that the request itself asks for (<c>[fault seed 3]</c>); null: only the planned ones.</summary>
    public int? FaultSeed { get; init; }

    /// <summary>Reads the request; null when it is none of code generation.</summary>
    public static ProjectRequest? Of(IReadOnlyList<ChatMessage> messages)
    {
        var index = messages.Index().LastOrDefault(m => m.Item.Role == ChatRole.User && m.Item.Text.StartsWith(ProjectHeading + "\n", StringComparison.Ordinal));
        if (index.Item is not { } prompt)
        {
            return null;
        }
        var text = Script.WellFormed(prompt.Text).ReplaceLineEndings("\n");
        var lines = text.Split('\n');
        try
        {
            using var head = JsonDocument.Parse(lines.Skip(1).First(line => line.Length > 0));
            var root = head.RootElement;
            var brief = root.GetProperty("brief").GetString() ?? "";
            var (files, after) = FilesIn(lines);
            // What stands after the files is ours, headings and all; in front of them texts of models may look like headings.
            var rest = "\n" + string.Join('\n', lines[after..]);
            return new ProjectRequest(brief, root.GetProperty("kind").GetString() ?? "", root.GetProperty("module").GetString() ?? "", root.GetProperty("attempt").GetInt32())
            {
                Files = files,
                Name = NameIn(lines),
                Evidence = Section(rest, EvidenceHeading),
                IsAgain = rest.Contains($"\n{FeedbackHeading}\n", StringComparison.Ordinal) || index.Index < messages.Count - 1,
                IsRepairOfForm = index.Index < messages.Count - 1,
                FaultSeed = Seed().Match(brief) is { Success: true } seed ? int.Parse(seed.Groups[1].Value, CultureInfo.InvariantCulture) : null,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Each file is a line <c>### path (sha …)</c> and a fence; within the fence nothing is read.</summary>
    private static (Dictionary<string, string> Files, int After) FilesIn(string[] lines)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        var at = Array.IndexOf(lines, FilesHeading) + 1;
        if (at == 0)
        {
            return (files, 0);
        }
        while (at < lines.Length)
        {
            if (lines[at].Length == 0)
            {
                at++;
                continue;
            }
            if (FileLine().Match(lines[at]) is not { Success: true } named || at + 1 >= lines.Length || !lines[at + 1].StartsWith("```", StringComparison.Ordinal))
            {
                break;
            }
            var fence = lines[at + 1];
            var end = Array.IndexOf(lines, fence, at + 2);
            if (end < 0)
            {
                break;
            }
            files[named.Groups[1].Value] = string.Join('\n', lines[(at + 2)..end]);
            at = end + 1;
        }
        return (files, at);
    }

    private static string? NameIn(string[] lines)
    {
        var at = Array.IndexOf(lines, AnswersHeading);
        if (at < 0 || lines.Skip(at + 1).FirstOrDefault(line => line.Length > 0) is not { } json)
        {
            return null;
        }
        using var answers = JsonDocument.Parse(json);
        return answers.RootElement.ValueKind == JsonValueKind.Object && answers.RootElement.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String && name.GetString() is { Length: > 0 } text ? text : null;
    }

    private static string Section(string text, string heading)
    {
        var start = text.IndexOf($"\n{heading}\n", StringComparison.Ordinal);
        if (start < 0)
        {
            return "";
        }
        start += heading.Length + 2;
        var end = text.IndexOf("\n## ", start, StringComparison.Ordinal);
        return (end < 0 ? text[start..] : text[start..end]).Trim();
    }

    [GeneratedRegex(@"^### (\S+) \(sha [0-9a-f]+\)$")]
    private static partial Regex FileLine();

    [GeneratedRegex(@"\[\s*fault seed (\d{1,6})\s*\]", RegexOptions.IgnoreCase)]
    private static partial Regex Seed();
}
