using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Runs;

/// <summary>What a run got beside its goal, as stored.</summary>
/// <param name="History">What was said before.</param>
/// <param name="Direct">The whole request of a direct run. Tools live in memory only: a direct run is not resumed.</param>
/// <param name="MaxOutputTokens">The most tokens of the final answer.</param>
/// <param name="Files">Ids of the files that belong to the goal; null: none.</param>
/// <param name="Project">The project that it works on, for code generation.</param>
internal sealed record RunInput(IReadOnlyList<ChatMessage> History, DirectRequest? Direct, int? MaxOutputTokens = null, IReadOnlyList<Guid>? Files = null, Guid? Project = null)
{
    public static RunInput Empty { get; } = new([], null);

    public string? ToJson() => History.Count == 0 && Direct is null && MaxOutputTokens is null && Files is null && Project is null ? null : JsonSerializer.Serialize(this, AIJsonUtilities.DefaultOptions);

    public static RunInput FromJson(string? json) =>
        json is null ? Empty : JsonSerializer.Deserialize<RunInput>(json, AIJsonUtilities.DefaultOptions) ?? Empty;
}
