using System.Text.RegularExpressions;

namespace Hal9.Engine.Codegen.Verification;

/// <summary>Rung 0: what can be said of files before any tool reads them.</summary>
internal static partial class TextRung
{
    private const int MostFiles = 40;
    private const int MostLines = 6_000;
    private const int MostBytes = 64 * 1024;
    private static readonly string[] ProjectFiles =
        [".csproj", ".sln", ".slnx", ".props", ".targets", ".rsp", ".ruleset", ".globalconfig", "nuget.config", "global.json", ".editorconfig", "package.json", "package-lock.json", "tsconfig.json", ".npmrc", "setup.py", "setup.cfg", "pyproject.toml", "conftest.py", "sitecustomize.py", "usercustomize.py", ".pth"];

    public static IReadOnlyList<RungFailure> Check(VerificationInput input)
    {
        var failures = new List<RungFailure>();
        void Fail(string id, string message, string? file = null, int? line = null) => failures.Add(new(0, id, message, file, line));

        if (ProjectWords.LanguageOf(input.Kind) != input.Language)
        {
            Fail("language", $"A project of kind {input.Kind.Word()} is not written in {input.Language.Word()}.");
        }
        if (VerificationInput.SealOf(input.VisibleAcceptance, input.HeldOutAcceptance) != input.AcceptanceSeal)
        {
            Fail("seal", "The acceptance tests are not those that were sealed.");
        }
        if (input.Sources.Count == 0)
        {
            Fail("empty", "There are no source files.");
        }
        var written = input.Sources.Concat(input.UnitTests).ToList();
        var tests = input.UnitTests.Concat(input.VisibleAcceptance).Concat(input.HeldOutAcceptance);
        foreach (var (path, place) in input.Sources.Select(file => (file.Key, "src/")).Concat(tests.Select(file => (file.Key, "tests/"))))
        {
            if (WhyNotPath(path, place) is { } why)
            {
                Fail("path", $"{Shown(path)} {why}", Shown(path));
            }
        }
        foreach (var twice in input.Sources.Concat(tests).GroupBy(file => file.Key, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            Fail("path", $"{Shown(twice.Key)} is there more than once.", Shown(twice.Key));
        }
        if (written.Count > MostFiles || written.Sum(file => file.Value.AsSpan().Count('\n')) > MostLines)
        {
            Fail("size", $"The project has more than {MostFiles} files or {MostLines} lines.");
        }
        foreach (var (path, text) in written)
        {
            if (System.Text.Encoding.UTF8.GetByteCount(text) > MostBytes)
            {
                Fail("size", "The file has more than 64 KB.", path);
                continue;
            }
            var isCode = path.EndsWith(".cs", StringComparison.Ordinal) || path.EndsWith(".py", StringComparison.Ordinal) || path.EndsWith(".ts", StringComparison.Ordinal);
            foreach (var (line, what) in isCode ? PlaceholderDetector.Find(input.Language, text) : [])
            {
                Fail("placeholder", $"Here is {what} instead of code.", path, line);
            }
            foreach (Match secret in Secret().Matches(text))
            {
                Fail("secret", "This looks like a key or password, which does not belong into a program.", path, text.AsSpan(0, secret.Index).Count('\n') + 1);
            }
        }
        return failures;
    }

    private static string? WhyNotPath(string path, string place) =>
        path.Length > 200 ? "is longer than 200 characters."
        : !Safe().IsMatch(path) || path.Split('/').Any(part => part.Trim('.').Length == 0) ? "is no plain relative path."
        : !path.StartsWith(place, StringComparison.Ordinal) ? $"does not lie below {place}."
        : ProjectFiles.Any(name => path.EndsWith(name, StringComparison.OrdinalIgnoreCase)) ? "is a project file, which the product writes itself."
        : null;

    private static string Shown(string path) => path.Length > 200 ? path[..200] : path;

    [GeneratedRegex(@"^[A-Za-z0-9_.\-]+(/[A-Za-z0-9_.\-]+)*$")]
    private static partial Regex Safe();

    [GeneratedRegex(@"-----BEGIN (RSA |EC |DSA |OPENSSH |ENCRYPTED )?PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bsk-(ant-|proj-)?[A-Za-z0-9_\-]{24,}\b|\bxox[baprs]-[A-Za-z0-9\-]{10,}|\bAIza[0-9A-Za-z_\-]{35}\b|\bhal9_[A-Za-z0-9_\-]{24,}\b")]
    private static partial Regex Secret();
}
