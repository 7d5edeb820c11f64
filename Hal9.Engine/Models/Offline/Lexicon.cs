using System.Collections.Frozen;
using System.Text.Json;

namespace Hal9.Engine.Models.Offline;

/// <summary>The words that the rules know, as data: <c>lexicon.json</c>.</summary>
internal sealed class Lexicon
{
    /// <summary>What ships with the engine.</summary>
    public static Lexicon Shipped { get; } = Read<Lexicon>("lexicon.json");

    /// <summary>Words without content of their own.</summary>
    public required FrozenSet<string> StopWords { get; init; }

    /// <summary>Verbs that begin a task.</summary>
    public required Phrases Imperatives { get; init; }

    /// <summary>What may stand before a task: "please", "can you", "I need you to".</summary>
    public required Phrases Politeness { get; init; }

    /// <summary>Words that make a sentence a request wherever they stand.</summary>
    public required Phrases Requests { get; init; }

    /// <summary>Words that begin a task which follows another: "then", "afterwards".</summary>
    public required Phrases Sequence { get; init; }

    /// <summary>Words that say that a task needs another's result: "based on", "with the result".</summary>
    public required Phrases Dependence { get; init; }

    /// <summary>Words that say that a task needs all others' results: "finally, combine".</summary>
    public required Phrases DependenceOnAll { get; init; }

    /// <summary>Words that stand for something said before: "it", "that".</summary>
    public required Phrases Pronouns { get; init; }

    /// <summary>Words that begin a question.</summary>
    public required Phrases Questions { get; init; }

    /// <summary>Greetings and questions about this model itself.</summary>
    public required Phrases AboutItself { get; init; }

    /// <summary>Verbs that ask for knowledge as a question does: "explain", "tell me about".</summary>
    public required Phrases Explain { get; init; }

    /// <summary>Words for a plan of any kind.</summary>
    public required Phrases Plans { get; init; }

    /// <summary>Questions that ask for a way, not for a fact: "how do I", "what should".</summary>
    public required Phrases HowTo { get; init; }

    /// <summary>Work that is done on a given text: what follows such a word is material, not tasks.</summary>
    public required Phrases OnMaterial { get; init; }

    public required Phrases Summarise { get; init; }

    public required Phrases Shorten { get; init; }

    public required Phrases AsList { get; init; }

    public required Phrases Compare { get; init; }

    /// <summary>What stands between two things that are compared.</summary>
    public required IReadOnlyList<string> CompareJoins { get; init; }

    /// <summary>What stands between the things compared and the aspects.</summary>
    public required IReadOnlyList<string> AspectJoins { get; init; }

    /// <summary>Words before a colon that announce a comparison's rows: "Criteria: cost, effort".</summary>
    public required IReadOnlyList<string> AspectHeads { get; init; }

    /// <summary>Rows of a comparison when the input names none.</summary>
    public required IReadOnlyList<string> Aspects { get; init; }

    public required Phrases ProsAndCons { get; init; }

    public required Phrases SpeaksFor { get; init; }

    public required Phrases SpeaksAgainst { get; init; }

    public required Phrases Timeline { get; init; }

    public required Phrases Table { get; init; }

    public required Phrases Count { get; init; }

    public required Phrases Arithmetic { get; init; }

    public required Phrases Sum { get; init; }

    public required Phrases Average { get; init; }

    public required Phrases Checklist { get; init; }

    /// <summary>What the rules can't do at all, with what to say of it.</summary>
    public required IReadOnlyList<Inability> Inabilities { get; init; }

    /// <summary>Results that say of themselves that they are none.</summary>
    public required Phrases Refusals { get; init; }

    /// <summary>Things that are too vague to be done without being named: who, until when, how much.</summary>
    public required IReadOnlyList<OpenPoint> OpenPoints { get; init; }

    /// <summary>Shapes of well-known documents: <c>shapes.json</c>.</summary>
    public static IReadOnlyList<Shape> Shapes { get; } = Read<List<Shape>>("shapes.json");

    private static T Read<T>(string file)
    {
        using var stream = typeof(Lexicon).Assembly.GetManifestResourceStream(typeof(Lexicon), file)!;
        return JsonSerializer.Deserialize<T>(stream, Options)!;
    }

    private static JsonSerializerOptions Options => new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        Converters = { new WordSet() },
    };

    private sealed class WordSet : System.Text.Json.Serialization.JsonConverter<FrozenSet<string>>
    {
        /// <summary>One string with words separated by spaces, per language.</summary>
        public override FrozenSet<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<string[]>(ref reader)!.SelectMany(line => line.Split(' ')).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

        public override void Write(Utf8JsonWriter writer, FrozenSet<string> value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}

/// <summary>Something that the rules can't do.</summary>
/// <param name="When">Words that ask for it.</param>
/// <param name="Says">The sentence that admits it.</param>
/// <param name="Needs">What an answer would need.</param>
internal sealed record Inability(Phrases When, string Says, IReadOnlyList<string> Needs);

/// <summary>A point that a plan leaves open unless the input says something like one of the words.</summary>
internal sealed record OpenPoint(string Question, Phrases Answered);

/// <summary>The shape of a known document.</summary>
/// <param name="Name">Its name, lower case.</param>
/// <param name="Keywords">Words that ask for it.</param>
/// <param name="Boxes">Whether its items are boxes to tick.</param>
/// <param name="Sections">Its sections.</param>
internal sealed record Shape(string Name, Phrases Keywords, bool Boxes, IReadOnlyList<ShapeSection> Sections);

/// <summary>A section of a shape.</summary>
internal sealed record ShapeSection(string Title, IReadOnlyList<string> Items);
