using System.Text.RegularExpressions;
using Hal9.Engine.Codegen.Verification;

namespace Hal9.Engine.Codegen;

/// <summary>What answers must satisfy beyond their schema. Each rule says what is wrong in words for whoever has to answer again; null: nothing is.</summary>
internal static partial class AnswerChecks
{
    public const int MostFiles = 40;
    public const int MostModules = 8;
    public const int MostLines = 6_000;
    public const int MostQuestions = 5;
    private const int MostContent = 64 * 1024;

    public static string? Of(IntakeAnswer answer) => answer.Outcome == Outcome.Blocked ? Reason(answer.Reason) : FirstOf(
        answer.Questions.Count > MostQuestions ? $"There are {answer.Questions.Count} questions; ask at most {MostQuestions}." : null,
        answer.Questions.Select(q => q.Id).Distinct(StringComparer.Ordinal).Count() < answer.Questions.Count ? "Two questions have the same id." : null,
        answer.Questions.Any(q => string.IsNullOrWhiteSpace(q.Text) || string.IsNullOrWhiteSpace(q.Default)) ? "Each question needs a text and a default." : null);

    public static string? Of(SpecAnswer answer) => answer.Outcome == Outcome.Blocked ? Reason(answer.Reason) : FirstOf(
        answer.Criteria.Count == 0 ? "There is no acceptance criterion." : null,
        answer.Criteria.Count > 30 ? "There are more than 30 criteria." : null,
        answer.Criteria.Index().FirstOrDefault(c => c.Item.Id != $"AC-{c.Index + 1}") is { Item: { } odd } ? $"Criteria are numbered AC-1, AC-2 and on; '{odd.Id}' is out of order." : null,
        answer.Criteria.FirstOrDefault(c => string.IsNullOrWhiteSpace(c.When) || string.IsNullOrWhiteSpace(c.Then) || c.Examples.Count == 0) is { } vague
            ? $"{vague.Id} cannot be tested: it needs 'when', 'then' and at least one concrete example." : null);

    public static string? Of(AcceptanceAnswer answer, Spec spec, Language language) => answer.Outcome == Outcome.Blocked ? Reason(answer.Reason) : FirstOf(
        answer.Surface.Count == 0 ? "The public surface is missing: give the stubs that the tests are written against." : null,
        answer.Tests.Count == 0 ? "There is no test." : null,
        answer.Surface.Select(file => SafePath.FaultOf(file.Path) ?? (SafePath.IsTest(file.Path) ? $"'{file.Path}': the surface belongs below src/." : TextFault(file.Path, file.Content, language))).FirstOrDefault(fault => fault is not null),
        answer.Tests.Select(test => SafePath.FaultOf(test.Path) ?? (!SafePath.IsAcceptance(test.Path) ? $"'{test.Path}': acceptance tests belong below {SafePath.Acceptance}." : TextFault(test.Path, test.Content, language))).FirstOrDefault(fault => fault is not null),
        Twice(answer.Surface.Select(file => file.Path).Concat(answer.Tests.Select(test => test.Path))),
        answer.Tests.FirstOrDefault(test => test.Covers.Count == 0 || test.Covers.Any(id => spec.Criteria.All(c => c.Id != id))) is { } stray ? $"'{stray.Path}' covers no criterion, or one that there is not." : null,
        answer.Tests.FirstOrDefault(test => test.Covers.Any(id => !Names(test.Content, id))) is { } unnamed ? $"'{unnamed.Path}': the name of a test class or method has to contain its criterion, as AC_1." : null,
        spec.Criteria.FirstOrDefault(c => answer.Tests.All(test => !test.Covers.Contains(c.Id))) is { } untested ? $"No test covers {untested.Id}." : null);

    public static string? Of(DesignAnswer answer, Spec spec, IReadOnlyList<CodeFile> surface, Language language)
    {
        if (answer.Outcome == Outcome.Blocked)
        {
            return Reason(answer.Reason);
        }
        var files = answer.Modules.SelectMany(module => module.Files).ToList();
        var ids = answer.Modules.Select(module => module.Id).ToList();
        return FirstOf(
            answer.Modules.Count is 0 or > MostModules ? $"A design has 1 to {MostModules} modules." : null,
            files.Count > MostFiles ? $"A project has at most {MostFiles} files; these are {files.Count}." : null,
            ids.FirstOrDefault(id => !ModuleId().IsMatch(id)) is { } odd ? $"'{odd}' is no module id: small letters, digits and '-', beginning with a letter." : null,
            Twice(ids),
            Twice(files),
            files.Select(path => SafePath.FaultOf(path) ?? (SafePath.IsAcceptance(path) ? $"'{path}': the acceptance tests belong to nobody's module." : ExtensionFault(path, language))).FirstOrDefault(fault => fault is not null),
            surface.FirstOrDefault(file => !files.Contains(file.Path)) is { } homeless ? $"No module owns '{homeless.Path}', which the acceptance tests are written against." : null,
            answer.Modules.FirstOrDefault(module => module.DependsOn.Any(id => !ids.Contains(id))) is { } lost ? $"Module '{lost.Id}' depends on one that there is not." : null,
            spec.Criteria.FirstOrDefault(c => answer.Modules.All(module => !module.Criteria.Contains(c.Id))) is { } unmapped ? $"No module serves {unmapped.Id}." : null,
            CycleIn(answer.Modules));
    }

    public static string? Of(ModuleAnswer answer, DesignedModule module, Language language) => answer.Outcome == Outcome.Blocked ? Reason(answer.Reason) : FirstOf(
        answer.ModuleId != module.Id ? $"The module asked for is '{module.Id}'." : null,
        answer.Edits.Count > 0 ? "There is nothing yet to edit: give whole files." : null,
        Contents(answer.Files, answer.Tests, path => module.Files.Contains(path), language),
        module.Files.FirstOrDefault(path => answer.Files.All(file => file.Path != path) && answer.Tests.All(test => test.Path != path)) is { } missing ? $"The file '{missing}' of the design is missing." : null);

    /// <param name="answer">The repair.</param>
    /// <param name="owned">The files that may be changed or made.</param>
    /// <param name="language">The project's language.</param>
    public static string? Of(RepairAnswer answer, IReadOnlySet<string> owned, Language language) => answer.Outcome == Outcome.Blocked ? Reason(answer.Reason) : FirstOf(
        string.IsNullOrWhiteSpace(answer.Hypothesis) ? "The hypothesis is missing: what is the cause?" : null,
        answer.Edits.Count + answer.Files.Count + answer.Tests.Count == 0 ? "There is no change." : null,
        answer.Edits.FirstOrDefault(edit => !owned.Contains(edit.Path)) is { } foreign ? $"'{foreign.Path}' is not a file of the design." : null,
        answer.Edits.FirstOrDefault(edit => answer.Files.Any(file => file.Path == edit.Path) || answer.Tests.Any(test => test.Path == edit.Path)) is { } both ? $"'{both.Path}' is both edited and replaced." : null,
        Contents(answer.Files, answer.Tests, owned.Contains, language));

    private static string? Contents(IReadOnlyList<CodeFile> files, IReadOnlyList<TestFile> tests, Func<string, bool> isOwned, Language language) => FirstOf(
        Twice(files.Select(file => file.Path).Concat(tests.Select(test => test.Path))),
        files.Select(file => SafePath.FaultOf(file.Path) ?? (SafePath.IsTest(file.Path) ? $"'{file.Path}': tests belong into the list of tests." : null)).FirstOrDefault(fault => fault is not null),
        tests.Select(test => SafePath.FaultOf(test.Path) ?? (!SafePath.IsTest(test.Path) || SafePath.IsAcceptance(test.Path) ? $"'{test.Path}': a module's tests belong below {SafePath.Tests} and not below {SafePath.Acceptance}." : null)).FirstOrDefault(fault => fault is not null),
        files.Select(file => (file.Path, file.Content)).Concat(tests.Select(test => (test.Path, test.Content)))
            .Select(file => !isOwned(file.Path) ? $"'{file.Path}' is not a file of the design." : TextFault(file.Path, file.Content, language)).FirstOrDefault(fault => fault is not null));

    private static string? TextFault(string path, string content, Language language) =>
        ExtensionFault(path, language)
        ?? (content.Length > MostContent ? $"'{path}' has more than {MostContent} characters." : string.IsNullOrWhiteSpace(content) ? $"'{path}' is empty." : null);

    private static string? ExtensionFault(string path, Language language)
    {
        string[] allowed = language switch { Language.CSharp => [".cs", ".razor", ".css"], Language.Python => [".py"], _ => [".ts"] };
        return allowed.Any(extension => path.EndsWith(extension, StringComparison.Ordinal)) ? null : $"'{path}' is no {language.Word()} file; project files are the product's own.";
    }

    private static bool Names(string content, string criterion)
    {
        var number = criterion[(criterion.IndexOf('-', StringComparison.Ordinal) + 1)..];
        return Regex.IsMatch(content, $@"(?i)AC_?{Regex.Escape(number)}(?!\d)", RegexOptions.None, TimeSpan.FromSeconds(1));
    }

    private static string? Twice(IEnumerable<string> names) =>
        names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice ? $"'{twice.Key}' is there twice." : null;

    /// <summary>Takes away modules that depend on nothing that is left, until none is: what remains goes round in a circle.</summary>
    private static string? CycleIn(IReadOnlyList<DesignedModule> modules)
    {
        var left = modules.ToDictionary(module => module.Id, module => module.DependsOn.ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        while (left.Where(module => module.Value.Count == 0).Select(module => module.Key).ToList() is { Count: > 0 } free)
        {
            foreach (var id in free)
            {
                left.Remove(id);
            }
            foreach (var needs in left.Values)
            {
                needs.ExceptWith(free);
            }
        }
        return left.Count == 0 ? null : "These modules depend on each other in a circle: " + string.Join(", ", left.Keys.Order(StringComparer.Ordinal)) + ".";
    }

    private static string? Reason(string reason) => string.IsNullOrWhiteSpace(reason) ? "It is blocked, but the reason is missing." : null;

    private static string? FirstOf(params ReadOnlySpan<string?> faults)
    {
        foreach (var fault in faults)
        {
            if (fault is not null)
            {
                return fault;
            }
        }
        return null;
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{0,30}$")]
    private static partial Regex ModuleId();
}
