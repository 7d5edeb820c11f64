using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hal9.Engine.Events;
using Hal9.Engine.Models;

namespace Hal9.Engine.Learning;

/// <summary>What can be learned. Nothing else can: permissions, sandbox, secrets, ceilings of spending, the gate and the verifier have no kind and no member here.</summary>
public enum PolicyKind
{
    /// <summary>P1: which strength of model answers.</summary>
    Route,

    /// <summary>P2: short notes that are shown with a task.</summary>
    Lessons,

    /// <summary>P3: accepted examples that are shown with a task.</summary>
    Exemplars,

    /// <summary>P4: how long an answer may be.</summary>
    Limits,
}

/// <summary>A lesson.</summary>
/// <param name="Id">Its id, for counting.</param>
/// <param name="Text">At most 280 characters.</param>
/// <param name="Signature">The failure that it is about.</param>
/// <param name="Evidence">Runs that showed it.</param>
/// <param name="ExpiresAt">Until when it is shown (UTC); null: without end.</param>
public sealed record Lesson(string Id, string Text, string? Signature = null, IReadOnlyList<Guid>? Evidence = null, DateTimeOffset? ExpiresAt = null);

/// <summary>An example.</summary>
/// <param name="Id">Its id, for counting.</param>
/// <param name="Input">The task.</param>
/// <param name="Output">The accepted answer.</param>
public sealed record Exemplar(string Id, string Input, string Output);

/// <summary>What a version of a policy says. Of each kind only its own member is set.</summary>
public sealed record PolicyContent
{
    private const int MostItems = 20;
    private const int LongestExemplar = 6_000;
    private const int MostTokens = 200_000;

    // What has no member here cannot be proposed.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>P1.</summary>
    public ModelTier? Tier { get; init; }

    /// <summary>P2.</summary>
    public IReadOnlyList<Lesson>? Lessons { get; init; }

    /// <summary>P3.</summary>
    public IReadOnlyList<Exemplar>? Exemplars { get; init; }

    /// <summary>P4.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>Day 0: nothing learned.</summary>
    public static PolicyContent Nothing { get; } = new();

    /// <summary>Reads and checks a content.</summary>
    /// <exception cref="ArgumentException">It does not fit the kind, says what cannot be said, or a text does not pass the lint.</exception>
    public static PolicyContent Read(PolicyKind kind, string json)
    {
        PolicyContent content;
        try
        {
            content = JsonSerializer.Deserialize<PolicyContent>(json, Json) ?? Nothing;
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"content: {e.Message}", nameof(json));
        }
        content.Check(kind);
        return content;
    }

    /// <summary>The content as it is stored.</summary>
    public string Write() => JsonSerializer.Serialize(this, Json);

    /// <summary>What reviewers sign: the hash of key, base version and content.</summary>
    public static string Hash(string key, int baseVersion, string content) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{key}\n{baseVersion}\n{content}"))));

    /// <summary>The key of a policy: kind, layer and class of task.</summary>
    public static string KeyOf(PolicyKind kind, Layer layer, string taskClass) => $"{JsonNamingPolicy.CamelCase.ConvertName(kind.ToString())}/{layer}/{taskClass}";

    /// <summary>The kind of a key.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static PolicyKind KindOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var parts = key.Split('/');
        return parts.Length == 3 && Enum.TryParse<PolicyKind>(parts[0], ignoreCase: true, out var kind) && Enum.TryParse<Layer>(parts[1], out var layer) && TaskClasses.All.Contains(parts[2]) && KeyOf(kind, layer, parts[2]) == key
            ? kind
            : throw new ArgumentException($"key: {key} is none; a key is route, lessons, exemplars or limits, then L2, L3 or L4, then one of {string.Join(", ", TaskClasses.All)}.", nameof(key));
    }

    private void Check(PolicyKind kind)
    {
        var own = kind switch
        {
            PolicyKind.Route => this == Nothing with { Tier = Tier } && Tier is not null,
            PolicyKind.Lessons => this == Nothing with { Lessons = Lessons } && Lessons is { Count: > 0 and <= MostItems },
            PolicyKind.Exemplars => this == Nothing with { Exemplars = Exemplars } && Exemplars is { Count: > 0 and <= MostItems },
            _ => this == Nothing with { MaxOutputTokens = MaxOutputTokens } && MaxOutputTokens is >= 16 and <= MostTokens,
        };
        if (!own)
        {
            throw new ArgumentException($"content: a policy of the kind {kind} holds its own member and nothing else, with at most {MostItems} items or 16 to {MostTokens} tokens.");
        }
        foreach (var lesson in Lessons ?? [])
        {
            Demand(lesson.Text, LessonLint.Longest);
        }
        foreach (var exemplar in Exemplars ?? [])
        {
            Demand(exemplar.Input, LongestExemplar);
            Demand(exemplar.Output, LongestExemplar);
        }
    }

    private static void Demand(string text, int longest)
    {
        if (LessonLint.FaultOf(text, longest) is { } fault)
        {
            throw new ArgumentException($"content: {fault}");
        }
    }
}
