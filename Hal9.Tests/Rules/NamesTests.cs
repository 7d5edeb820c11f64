using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Hal9.Tests.Rules;

/// <summary>Words that say nothing are not used as names of types, files or folders.</summary>
public sealed partial class NamesTests
{
    private static readonly string[] Banned = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utilities", "Common", "Base", "Impl", "Info"];

    [Fact]
    public void Types_OfEveryProject_HaveNoBannedWord()
    {
        var types = new[] { typeof(Hal9.Engine.EngineSetup), typeof(Hal9.Web.WebSetup), typeof(Hal9.Cli.Tool), typeof(NamesTests) }
            .SelectMany(type => type.Assembly.GetTypes())
            .Where(type => type.Namespace?.StartsWith("Hal9.", StringComparison.Ordinal) == true && !type.IsDefined(typeof(CompilerGeneratedAttribute), false));

        Rule.Holds(types.Where(type => HasBannedWord(type.Name)).Select(type => type.FullName!));
    }

    [Fact]
    public void FilesAndFolders_OfEveryProject_HaveNoBannedWord() =>
        Rule.Holds(Sources.Code.Select(file => file.Path).Where(path => path.Split('/', '.').Any(HasBannedWord)));

    private static bool HasBannedWord(string name) => Word().Matches(name).Any(word => Banned.Contains(word.Value));

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z][a-z0-9]*")]
    private static partial Regex Word();
}
