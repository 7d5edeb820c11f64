using System.Text.Json.Nodes;

namespace Hal9.Engine.Models.Offline;

/// <summary>Checks results against their criteria by the words that occur in them.</summary>
internal static class Judge
{
    /// <summary>How a criterion begins that lists the words to be covered.</summary>
    public const string Covers = "covers: ";

    /// <summary>
    /// A verdict on each result. Sent back is what is empty, what refuses although a model wrote it, and what has no word of its criteria.
    /// Accepted is everything else: also what the rules said that they can't know, and a second attempt, because they would say the same again.
    /// </summary>
    public static JsonArray Verdicts(OfflineRequest request) => new([.. request.Results.Select(result =>
    {
        var missing = Missing(result);
        return (JsonNode)new JsonObject
        {
            ["assignment"] = result.Number,
            ["verdict"] = missing.Length == 0 ? "accept" : "sendBack",
            ["feedback"] = missing.Length == 0 ? "" : $"{OfflineNote.Text} {missing}",
        };
    })]);

    /// <summary>Whether something is sent back.</summary>
    public static bool SendsBack(JsonArray verdicts) => verdicts.Any(verdict => verdict!["verdict"]!.GetValue<string>() == "sendBack");

    private static string Missing(ShownResult result)
    {
        var text = OfflineNote.Without(result.Text);
        if (text.Contains(Worker.SecondAttempt, StringComparison.Ordinal))
        {
            return "";
        }
        if (text.Length == 0)
        {
            return "The result is empty.";
        }
        if (!OfflineNote.In(result.Text) && text.Length < 400 && Lexicon.Shipped.Refusals.In(text))
        {
            return "The result says that it cannot be done. Give what is possible and name what is missing.";
        }
        var wanted = result.Criteria.SelectMany(Terms).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var words = Keywords.Of(text).ToHashSet(StringComparer.Ordinal);
        var covered = wanted.Exists(term => text.Contains(term, StringComparison.OrdinalIgnoreCase) || Keywords.Of(term).Any(words.Contains));
        return wanted.Count < 3 || covered ? "" : $"None of its criteria's words occurs in it: {string.Join(", ", wanted)}.";
    }

    private static IEnumerable<string> Terms(string criterion) => criterion.StartsWith(Covers, StringComparison.Ordinal)
        ? criterion[Covers.Length..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : Keywords.Terms(Script.Shorten(criterion, 500), 5);
}
