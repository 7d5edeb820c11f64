using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hal9.Engine.Codegen.Verification;

/// <summary>Finds code that only pretends to be there: reminders, elisions, bodies that do nothing.</summary>
internal static partial class PlaceholderDetector
{
    /// <summary>Looks through one file.</summary>
    /// <param name="language">Its language.</param>
    /// <param name="text">Its text.</param>
    /// <returns>Line, from 1, and what stands there.</returns>
    public static IEnumerable<(int Line, string What)> Find(Language language, string text) =>
        (language == Language.CSharp ? InCSharp(text) : InOthers(language, text)).Distinct().OrderBy(found => found.Line);

    private static IEnumerable<(int Line, string What)> InCSharp(string text)
    {
        var root = CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Latest)).GetRoot();
        foreach (var trivia in root.DescendantTrivia(descendIntoTrivia: true).Where(one => one.IsKind(SyntaxKind.SingleLineCommentTrivia) || one.IsKind(SyntaxKind.MultiLineCommentTrivia)))
        {
            if (Words(trivia.ToString()) is { } words)
            {
                yield return (LineOf(trivia.GetLocation()), words);
            }
        }
        foreach (var node in root.DescendantNodes())
        {
            var what = node switch
            {
                ObjectCreationExpressionSyntax made when TypeName(made.Type) == "NotImplementedException" && !IsTheImpossibleCase(made) && !IsTheUnusedContract(made) => "NotImplementedException",
                ObjectCreationExpressionSyntax made when made.ArgumentList?.Arguments.Any(one => one.Expression is LiteralExpressionSyntax { Token.Value: string said } && NotYet().IsMatch(said)) == true => "an exception that says it is not implemented",
                MethodDeclarationSyntax method => Hollow(method),
                _ => null,
            };
            if (what is not null)
            {
                yield return (LineOf(node.GetLocation()), what);
            }
        }
        foreach (var (line, number) in Lines(text))
        {
            if (BareDots().IsMatch(line))
            {
                yield return (number, "an elision");
            }
        }
    }

    private static IEnumerable<(int Line, string What)> InOthers(Language language, string text)
    {
        var lines = Lines(text).ToList();
        foreach (var (line, number) in lines)
        {
            var comment = (language == Language.Python ? PythonComment() : ScriptComment()).Match(line);
            if (comment.Success && Words(comment.Value) is { } words)
            {
                yield return (number, words);
            }
            if (language == Language.Python ? PythonNotYet().IsMatch(line) : ScriptNotYet().IsMatch(line))
            {
                yield return (number, "an error that says it is not implemented");
            }
            if (language == Language.TypeScript && BareDots().IsMatch(line))
            {
                yield return (number, "an elision");
            }
        }
        if (language == Language.Python)
        {
            foreach (var hollow in HollowPython(lines))
            {
                yield return hollow;
            }
        }
        else
        {
            foreach (Match empty in EmptyFunction().Matches(text))
            {
                yield return (text.AsSpan(0, empty.Index).Count('\n') + 1, "a function without a body");
            }
        }
    }

    // The last arm of a switch that has others says that there is no such case; people use this exception there.
    private static bool IsTheImpossibleCase(SyntaxNode thrown) =>
        thrown.FirstAncestorOrSelf<SwitchExpressionArmSyntax>() is { Pattern: DiscardPatternSyntax, Parent: SwitchExpressionSyntax { Arms.Count: > 2 } }
        || thrown.FirstAncestorOrSelf<SwitchSectionSyntax>() is { Parent: SwitchStatementSyntax { Sections.Count: > 2 } } section && section.Labels.Any(label => label is DefaultSwitchLabelSyntax);

    // Members that the language or an old interface demands and nobody calls: people refuse them with this exception.
    private static bool IsTheUnusedContract(SyntaxNode thrown) => thrown.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { } method
        && (method is { Identifier.Text: "GetEnumerator", ExplicitInterfaceSpecifier: not null } || (method.Identifier.Text == "GetHashCode" && method.Modifiers.Any(SyntaxKind.OverrideKeyword)));

    /// <summary>What a comment says that stands for code which is not there; null when it says nothing of the kind.</summary>
    private static string? Words(string comment)
    {
        var text = comment.Trim('/', '*', '#', ' ', '\t', '\r', '\n', '!', '-');
        return text.Length == 0 ? null
            : OnlyDots().IsMatch(text) ? "an elision"
            : Reminder().IsMatch(text) ? "a reminder"
            : Elision().IsMatch(text) ? "an elision"
            : null;
    }

    // A method that does nothing, or gives back nothing whatever it was given. Not where a contract from elsewhere may ask for exactly that.
    private static string? Hollow(MethodDeclarationSyntax method)
    {
        var free = method.Parent is TypeDeclarationSyntax { BaseList: null } and not InterfaceDeclarationSyntax && method.ExplicitInterfaceSpecifier is null
            && !method.Modifiers.Any(one => one.Kind() is SyntaxKind.OverrideKeyword or SyntaxKind.VirtualKeyword or SyntaxKind.AbstractKeyword or SyntaxKind.PartialKeyword or SyntaxKind.ExternKeyword);
        if (!free)
        {
            return null;
        }
        if (method.Body is { Statements.Count: 0 } && method.Identifier.Text is not ("Dispose" or "Main"))
        {
            return "a method without a body";
        }
        var result = method.ExpressionBody?.Expression ?? (method.Body?.Statements is [ReturnStatementSyntax { Expression: { } returned }] ? returned : null);
        return method.ParameterList.Parameters.Count > 0 && result is PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression, Operand: LiteralExpressionSyntax or DefaultExpressionSyntax }
            ? "a method that gives back nothing" : null;
    }

    private static IEnumerable<(int Line, string What)> HollowPython(List<(string Line, int Number)> lines)
    {
        for (var n = 0; n < lines.Count; n++)
        {
            var head = PythonFunction().Match(lines[n].Line);
            if (!head.Success || (n > 0 && lines[n - 1].Line.Contains("abstractmethod", StringComparison.Ordinal)))
            {
                continue;
            }
            var body = head.Groups["rest"].Value.Trim();
            var next = n + 1;
            while (body.Length == 0 && next < lines.Count && (lines[next].Line.Trim().Length == 0 || PythonText().IsMatch(lines[next].Line)))
            {
                next++;
            }
            body = body.Length == 0 && next < lines.Count ? lines[next].Line.Trim() : body;
            if (body is "pass" or "...")
            {
                yield return (lines[n].Number, "a function without a body");
            }
        }
    }

    private static IEnumerable<(string Line, int Number)> Lines(string text) => text.Split('\n').Select((line, index) => (line.TrimEnd('\r'), index + 1));

    private static int LineOf(Location location) => location.GetLineSpan().StartLinePosition.Line + 1;

    private static string TypeName(TypeSyntax type) => type is QualifiedNameSyntax qualified ? qualified.Right.Identifier.Text : type.ToString();

    [GeneratedRegex(@"^(\.{3,}|…|\[\.{3}\]|\(\.{3}\)|<\.{3}>)")]
    private static partial Regex OnlyDots();

    [GeneratedRegex(@"^\s*(\.{3,}|…|\[\.{3}\]|<\.{3}>)\s*$")]
    private static partial Regex BareDots();

    // The word in capitals is a reminder; "todo" in small letters may be what the program is about.
    [GeneratedRegex(@"^@?(TODO|FIXME|XXX|TBD|HACK)\b(?! (list|lists|app|item|items)\b)|\b(TODO|FIXME|TBD)\s*[:(]|^(todo|fixme)\s*:", RegexOptions.None)]
    private static partial Regex Reminder();

    [GeneratedRegex(
        @"\b(rest|remainder) of (the |this |your )?(code|class|file|method|methods|function|functions|implementation|logic|module|component)\b"
        + @"|\b(code|rest|implementation|method|methods|functions?|everything( else)?|class|file|logic|section|part)( above| below)? (remains?|stays?|is|are) (the same|unchanged|as before|as is)\b"
        + @"|\b(existing|previous|original|remaining|other|same|more)( \w+)? (code|methods?|implementation|logic|functions?|cases?|fields|properties|handlers|imports)( (here|goes here|follows?|above|as (before|above)|unchanged|omitted|remains?( unchanged)?))\b"
        + @"|^(\.{3} ?)?(existing|previous|remaining|original) (code|methods?|implementation|logic|functions?)( ?\.{3}| ?…)?\.?$"
        + @"|\b(code|logic|implementation|content|body|details|handling|validation|processing|markup) (would |will |should |to |can )?(go|goes|be added|be written|be placed|follow|follows)( in)? here\b"
        + @"|\b(add|put|write|insert|place|implement|fill in)( \w+){0,3} (here|later|yourself|as needed|this part)\b"
        + @"|\b(methods?|code|logic|functions?|cases|validation|features?) (can|could|may|should|will) be (added|written|placed|put)\b"
        + @"|\byour (code|logic|implementation)( goes)? here\b"
        + @"|\b(omitted|shortened|elided|truncated|abbreviated|skipped|left out)( here)?( for (brevity|clarity|space|simplicity))|\bfor brevity\b|\b(code|implementation|body|details?|methods?|handling|validation|logic|checks?) (is |are )?(omitted|elided|truncated|left out)\b"
        + @"|\bto be (implemented|done|completed|continued|written|filled in|added|defined|determined)\b|\bnot (yet )?(been )?implemented\b|\b(un|not )implemented yet\b|^unimplemented\b|\bimplement (me|this|the rest|later|it)\b|\bimplementation (pending|missing|needed|required)\b|\bneeds? (to be )?(an )?implement(ed|ation|ing)\b"
        + @"|\bplaceholder( implementation| for| code| value| logic| method| body)?\b(?! (text|attribute|shown|in the|names?|characters?|tokens?|pattern|syntax))|\b(just|only|simple|dummy|temporary|fake|mock) (a )?(stub|dummy|mock|fake)\b|\bstub(bed)? (for|out|implementation|method|until|here)\b|\b(dummy|fake|mock) (implementation|return|value|result|data)( for now)?$"
        + @"|\bwill follow a similar\b|\bsimilar (to|for|logic|structure|implementation|methods?)( \w+){0,3} (above|here|follow|follows|other|others|the rest|remaining)\b|\bsame (as|for) (above|before|the (others?|rest|other \w+))\b|\brepeat (for|this)( \w+)* (other|others|rest|remaining|each remaining)\b|\band so on\b\.*$|\betc\.?\.{3}"
        + @"|\b(real|actual|full|proper|complete) (implementation|code|logic|version)\b.*\b(would|should|later|needed|goes?|here|needs?)\b|\bin a real (implementation|application|app|system|program|world|scenario)\b|\bfor now,? (just |we |simply |only )?(return|assume|ignore|skip|do nothing|leave)|\bsimplified for\b|\bleft as an exercise\b|\bcoming soon\b|\bwork in progress\b|^wip\b|\bcontinue (here|from here|implementation)\b|^\.{3}.+|.+\.{3} ?(rest|remaining|more|and so on)",
        RegexOptions.IgnoreCase)]
    private static partial Regex Elision();

    [GeneratedRegex(@"not (yet )?implemented|unimplemented|implement me|\btodo\b\s*:|coming soon|\bplaceholder\b", RegexOptions.IgnoreCase)]
    private static partial Regex NotYet();

    [GeneratedRegex(@"(?<![:'""\w])(//.*|/\*.*?(\*/|$)|^\s*\*\s.*)")]
    private static partial Regex ScriptComment();

    [GeneratedRegex(@"#.*$")]
    private static partial Regex PythonComment();

    [GeneratedRegex(@"\braise\s+NotImplementedError\b")]
    private static partial Regex PythonNotYet();

    [GeneratedRegex(@"throw\s+(new\s+)?\w*Error\(\s*[`'""][^`'""]*(not (yet )?implemented|unimplemented|todo\s*:|coming soon|placeholder)", RegexOptions.IgnoreCase)]
    private static partial Regex ScriptNotYet();

    [GeneratedRegex(@"(?:function\s*\w*\s*\([^)]*\)(?:\s*:\s*[\w<>\[\]| ]+)?|^\s*(?:public |private |async )*(?!constructor|if|for|while|switch|catch|function)\w+\([^)]*\)\s*:\s*[\w<>\[\]| ]+)\s*\{\s*\}", RegexOptions.Multiline)]
    private static partial Regex EmptyFunction();

    [GeneratedRegex(@"^\s*(async\s+)?def\s+\w+\(.*\)\s*(->\s*[^:]+)?:(?<rest>.*)$")]
    private static partial Regex PythonFunction();

    [GeneratedRegex("^\\s*(\"\"\".*\"\"\"|'''.*''')\\s*$")]
    private static partial Regex PythonText();
}
