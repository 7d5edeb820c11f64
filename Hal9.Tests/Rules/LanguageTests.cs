using System.Text.RegularExpressions;
using System.Xml.Linq;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Hal9.Engine.Events;
using Microsoft.AspNetCore.Components;

namespace Hal9.Tests.Rules;

/// <summary>All that people read comes from the text files, which say the same in every language.</summary>
public sealed partial class LanguageTests
{
    private static readonly string[] OtherLanguages = ["de"];

    // Names that are the same in every language.
    private static readonly string[] Names = ["HAL9", "HAL9 Console", "USD"];

    // For machines: a key as the browser names it, a parameter as the runtime names it, a line of the log, a field as the engine names it.
    private static readonly string[] Machine = ["Escape", "Enter", "builder", "BaseUrl", "A page failed (trace "];

    // Shown in Development only, with made-up data.
    private static readonly string[] ForDevelopers = ["DesignPage", "DesignSamples"];

    private static readonly string[] WordAttributes = ["aria-label", "aria-description", "aria-roledescription", "title", "placeholder", "alt", "label", "data-tip"];

    // Markup and machine words: what these carry is not read by people.
    private static readonly string[] SilentMembers = ["OpenElement", "AddEventPreventDefaultAttribute", "AddEventStopPropagationAttribute", "SetUpdatesAttributeName", "AddNamedEvent"];

    private static readonly IReadOnlyList<TextFile> Files = [.. TextFile.All()];

    private static IEnumerable<string> Components => typeof(Hal9.Web.WebSetup).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(IComponent))).Select(type => type.Name).Except(ForDevelopers);

    [Fact]
    public void Pages_HoldNoTextOfTheirOwn()
    {
        var components = Components.ToHashSet();
        var keys = Files.SelectMany(file => file.Texts.Keys.Append("")).ToHashSet();

        Rule.Holds(
            from render in CompiledCode.Web.Renders
            where components.Contains(render.From.Name)
            from text in Read(render.Member, render.Texts)
            where !keys.Contains(text) && !keys.Contains(text + "One") && !Names.Contains(text.Trim(' ', '·')) && !Machine.Contains(text)
            select $"{render.From}: \"{text}\" is neither a key nor a name");
    }

    [Fact]
    public void Languages_SayTheSame() => Rule.Holds(
        from file in Files
        from language in OtherLanguages
        let other = file.In(language)
        from fault in file.Texts.Keys.Except(other.Texts.Keys).Select(key => $"{key} is missing")
            .Concat(other.Texts.Keys.Except(file.Texts.Keys).Select(key => $"{key} is not in English"))
            .Concat(file.Texts.Keys.Intersect(other.Texts.Keys).Where(key => !Holes(file.Texts[key]).SetEquals(Holes(other.Texts[key]))).Select(key => $"{key} has other places to fill"))
            .Concat(file.Texts.Concat(other.Texts).Where(text => string.IsNullOrWhiteSpace(text.Value)).Select(text => $"{text.Key} is empty"))
        select $"{other.Path}: {fault}");

    [Fact]
    public void Keys_ThatAreAskedFor_Exist_AndNoOthers()
    {
        foreach (var file in Files.Where(file => file.Name is not ("Words" or "MudTexts")))
        {
            var asked = Sources.Code.Where(source => source.Path.StartsWith("Hal9.Web/", StringComparison.Ordinal)).SelectMany(source => Asked(source, file)).ToHashSet();

            Rule.Matches(file.Texts.Keys.Select(key => $"{file.Name}: {key}"), asked.Select(key => $"{file.Name}: {key}"));
        }
    }

    [Fact]
    public void Keys_AreWrittenOut() => Rule.Holds(Sources.In("Hal9.Web").SelectMany(source => source.Find(ComputedKey())));

    [Fact]
    public void Words_NameEveryValueOfWhatTheyName()
    {
        var words = Files.Single(file => file.Name == "Words").Texts.Keys.Where(key => !key.StartsWith("Status.", StringComparison.Ordinal)).ToList();
        var enums = typeof(RunMode).Assembly.GetExportedTypes().Concat(typeof(Hal9.Web.Urls).Assembly.GetExportedTypes()).Where(type => type.IsEnum).ToLookup(type => type.Name);
        var events = typeof(RunEvent).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(RunEvent))).Select(type => type.Name);

        Rule.Matches(
            words.Select(key => key.Split('.')[0]).Where(type => type != "Event").Distinct().SelectMany(type => Enum.GetNames(enums[type].First()).Select(value => $"{type}.{value}"))
                .Concat(events.Select(name => $"Event.{name}")),
            words.Where(key => !key.EndsWith(".Meaning", StringComparison.Ordinal)));
    }

    [Fact]
    public void MudTexts_AreOnesThatTheLibraryAsksFor()
    {
        var library = new System.Resources.ResourceManager("MudBlazor.Resources.LanguageResource", typeof(MudBlazor.MudButton).Assembly);

        Rule.Holds(Files.Single(file => file.Name == "MudTexts").Texts.Keys.Where(key => library.GetString(key, System.Globalization.CultureInfo.InvariantCulture) is null));
    }

    /// <summary>What people can read of the literals before a call of the render tree builder.</summary>
    private static IEnumerable<string> Read(string member, IReadOnlyList<string> texts) => member switch
    {
        "AddMarkupContent" => texts.SelectMany(OfMarkup),
        "AddContent" => texts.SelectMany(text => text.StartsWith('<') ? OfMarkup(text) : [text]).Where(HasWord),
        "AddAttribute" => texts.Count > 0 && WordAttributes.Contains(texts[0]) ? texts.Skip(1).Where(HasWord) : [],
        "AddComponentParameter" => texts.Skip(1).Where(IsSpoken),
        _ when SilentMembers.Contains(member) => [],
        _ => texts.Where(IsSpoken),
    };

    private static IEnumerable<string> OfMarkup(string markup)
    {
        var body = new HtmlParser().ParseDocument($"<body>{markup}").Body!;
        return body.Descendants<IText>().Select(node => node.Text.Trim()).Where(HasWord)
            .Concat(body.QuerySelectorAll("*").SelectMany(element => element.Attributes).Where(a => WordAttributes.Contains(a.Name)).Select(a => a.Value).Where(HasWord));
    }

    private static bool HasWord(string text) => Word().IsMatch(text);

    // A literal of C# may be anything; with a capital and small letters, or with a gap between words, it is meant for people. Log formats name what they are filled with.
    private static bool IsSpoken(string text) => Sentence().IsMatch(text) && !text.StartsWith('<') && !Named().IsMatch(text);

    private static HashSet<string> Holes(string text) => [.. Hole().Matches(text).Select(m => m.Value)];

    private static IEnumerable<string> Asked(SourceFile source, TextFile file)
    {
        var text = string.Join('\n', source.Lines);
        var isOwn = source.Path.StartsWith(file.Folder + "/", StringComparison.Ordinal) && !Localizer().IsMatch(text);
        return isOwn || text.Contains($"IStringLocalizer<{file.Name}>", StringComparison.Ordinal)
            ? AskedKey().Matches(text).Select(m => m.Groups["key"].Value).Concat(CountedKey().Matches(text).SelectMany(m => new[] { m.Groups["key"].Value + "One", m.Groups["key"].Value + "Many" }))
            : [];
    }

    /// <summary>A file of texts in one language.</summary>
    private sealed record TextFile(string Path, IReadOnlyDictionary<string, string> Texts)
    {
        public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

        public string Folder => System.IO.Path.GetDirectoryName(Path)!.Replace('\\', '/');

        public TextFile In(string language) => Read(Path.Replace(".resx", $".{language}.resx", StringComparison.Ordinal));

        public static IEnumerable<TextFile> All() => Directory.EnumerateFiles(System.IO.Path.Combine(Sources.Root, "Hal9.Web"), "*.resx", SearchOption.AllDirectories)
            .Select(path => System.IO.Path.GetRelativePath(Sources.Root, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !OtherLanguages.Any(language => path.EndsWith($".{language}.resx", StringComparison.Ordinal)))
            .Select(Read);

        private static TextFile Read(string path) => new(path, XDocument.Load(System.IO.Path.Combine(Sources.Root, path)).Root!.Elements("data")
            .ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value));
    }

    [GeneratedRegex(@"\p{L}{2}")]
    private static partial Regex Word();

    [GeneratedRegex(@"^\p{Lu}\p{Ll}+[.!?…]?$|\p{L}{2,},? \p{L}")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"\{[A-Z]\w+\}")]
    private static partial Regex Named();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Hole();

    [GeneratedRegex(@"\b(T|texts|shared)\[""(?<key>[\w.]+)""")]
    private static partial Regex AskedKey();

    [GeneratedRegex(@"\bT\.Count\(""(?<key>\w+)""")]
    private static partial Regex CountedKey();

    [GeneratedRegex(@"\bT\[(?!"")")]
    private static partial Regex ComputedKey();

    [GeneratedRegex(@"IStringLocalizer<(?!T>)\w+> texts")]
    private static partial Regex Localizer();
}
