using System.Text.Json;

namespace Hal9.Web.Learning;

/// <summary>What a policy says, as lines that can be compared: one a lesson, one a value.</summary>
internal static class PolicyLines
{
    public static string Of(string? content) => content is null ? "" : string.Join('\n', Lines(JsonSerializer.Deserialize<JsonElement>(content)));

    private static IEnumerable<string> Lines(JsonElement content)
    {
        foreach (var member in content.EnumerateObject())
        {
            if (member.Value.ValueKind is not JsonValueKind.Array)
            {
                yield return $"{member.Name}: {member.Value}";
                continue;
            }
            foreach (var item in member.Value.EnumerateArray())
            {
                yield return string.Join(" → ", item.EnumerateObject().Where(part => part.Name is "text" or "input" or "output").Select(part => part.Value.ToString()));
            }
        }
    }
}
