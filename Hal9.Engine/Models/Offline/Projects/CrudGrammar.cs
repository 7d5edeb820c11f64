using System.Text;
using System.Text.RegularExpressions;

namespace Hal9.Engine.Models.Offline.Projects;

/// <summary>The type of a field, as C# writes it, with two values for tests.</summary>
internal sealed record CrudType(string Name, string One, string Other, bool IsText = false);

/// <summary>A field: its name in C# and how it was written.</summary>
internal sealed record CrudField(string Name, string Said, CrudType Type);

/// <summary>What a CRUD API is for.</summary>
internal sealed record CrudWish(string Entity, string Said, IReadOnlyList<CrudField> Fields);

/// <summary>Reads <c>CRUD API for &lt;entity&gt; with &lt;fields&gt;</c>: any names, made safe as identifiers, and a few words for types.</summary>
internal static partial class CrudGrammar
{
    private const int MostFields = 12;
    private const int LongestName = 40;

    private static readonly CrudType Text = new("string", "\"a\"", "\"b\"", IsText: true);

    private static readonly Dictionary<string, CrudType> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["text"] = Text, ["string"] = Text,
        ["number"] = new("int", "1", "2"), ["integer"] = new("int", "1", "2"), ["int"] = new("int", "1", "2"),
        ["decimal"] = new("decimal", "1.5m", "2.5m"), ["amount"] = new("decimal", "1.5m", "2.5m"), ["money"] = new("decimal", "1.5m", "2.5m"),
        ["date"] = new("DateOnly", "new DateOnly(2026, 1, 2)", "new DateOnly(2027, 3, 4)"),
        ["bool"] = new("bool", "true", "false"), ["boolean"] = new("bool", "true", "false"), ["flag"] = new("bool", "true", "false"),
    };

    // Names that the generated code uses itself, or that a record cannot have as members.
    private static readonly HashSet<string> Taken =
    [
        "Crud", "UnitTests", "AcceptanceTests", "Tests", "Xunit", "System", "Microsoft", "App", "Assert", "Fact", "Theory", "InlineData", "DateOnly", "Lock", "SortedDictionary", "IReadOnlyList", "String", "Object", "Program",
        "Results", "IResult", "WebApplication", "StringComparison", "Record", "Store", "Api", "Id", "Equals", "ToString", "GetHashCode", "GetType", "EqualityContract", "PrintMembers", "Clone",
        "Deconstruct", "Finalize", "MemberwiseClone", "ReferenceEquals", "Status", "Body", "Values",
    ];

    /// <returns>The wish; or null, with what is wrong when it is a CRUD API that cannot be read.</returns>
    public static (CrudWish? Wish, string? Fault) Read(string brief)
    {
        if (!Begin().IsMatch(brief))
        {
            return (null, null);
        }
        if (Sentence().Match(Seed().Replace(brief, "").Trim()) is not { Success: true } sentence)
        {
            return (null, "a CRUD API is asked for as 'CRUD API for <entity> with <fields>', for example 'CRUD API for book with title, pages: number'");
        }
        var said = sentence.Groups["entity"].Value.Trim();
        if (IdentifierOf(said, isEntity: true) is not { } entity)
        {
            return (null, $"'{said}' cannot be made a name");
        }
        var fields = new List<CrudField>();
        foreach (var part in Separator().Split(sentence.Groups["fields"].Value).Select(part => part.Trim()).Where(part => part.Length > 0))
        {
            var match = Field().Match(part);
            var (name, word) = (match.Groups["name"].Value.Trim(), match.Groups["type"].Value.Trim());
            if (!match.Success || IdentifierOf(name, isEntity: false) is not { } identifier)
            {
                return (null, $"the field '{part}' cannot be made a name");
            }
            if (word.Length > 0 && !Types.ContainsKey(word))
            {
                return (null, $"'{word}' is no type that it knows ({string.Join(", ", Types.Keys)})");
            }
            fields.Add(new CrudField(identifier, name, word.Length == 0 ? Text : Types[word]));
        }
        return fields.Count is 0 or > MostFields ? (null, $"it needs 1 to {MostFields} fields")
            : fields.GroupBy(field => field.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice ? (null, $"two fields would have the name '{twice.Key}'")
            : fields.Any(field => field.Name == entity) ? (new CrudWish(entity, said, [.. fields.Select(field => field.Name == entity ? field with { Name = field.Name + "Value" } : field)]), null)
            : (new CrudWish(entity, said, fields), null);
    }

    /// <summary>Words as one name in C#'s manner; null when no letter is left.</summary>
    private static string? IdentifierOf(string words, bool isEntity)
    {
        var name = new StringBuilder();
        var begins = true;
        foreach (var character in words)
        {
            // Latin letters and digits only: names go into file names and addresses too.
            if (!char.IsAsciiLetterOrDigit(character))
            {
                begins = true;
                continue;
            }
            name.Append(begins ? char.ToUpperInvariant(character) : character);
            begins = false;
        }
        if (name.Length is 0 or > LongestName || !name.ToString().Any(char.IsAsciiLetter))
        {
            return null;
        }
        if (char.IsAsciiDigit(name[0]))
        {
            name.Insert(0, isEntity ? "Entity" : "Field");
        }
        var whole = name.ToString();
        return Taken.Contains(whole) ? whole + (isEntity ? "Entity" : "Value") : whole;
    }

    [GeneratedRegex(@"\bCRUD\b", RegexOptions.IgnoreCase)]
    private static partial Regex Begin();

    [GeneratedRegex(@"^(?:please\s+)?(?:(?:build|make|write|create|generate)\s+)?(?:an?\s+)?CRUD\s+API\s+for\s+(?:an?\s+)?(?<entity>[^\n,:]{1,60}?)\s+with\s+(?<fields>[^\n]{1,600}?)\.?$", RegexOptions.IgnoreCase)]
    private static partial Regex Sentence();

    [GeneratedRegex(@"\s*,\s*(?:and\s+)?|\s+and\s+", RegexOptions.IgnoreCase)]
    private static partial Regex Separator();

    [GeneratedRegex(@"^(?<name>[^:()]+?)\s*(?:[:]\s*(?<type>[A-Za-z]+)|\(\s*(?<type>[A-Za-z]+)\s*\))?$")]
    private static partial Regex Field();

    [GeneratedRegex(@"\[\s*fault seed \d+\s*\]", RegexOptions.IgnoreCase)]
    private static partial Regex Seed();
}
