using Hal9.Engine.Codegen.Verification.CSharp;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hal9.Benchmarks.Verify;

/// <summary>Programs that must not be accepted, made from a correct one.</summary>
internal static class Negatives
{
    // Added to a correct solution: it still solves the exercise, and does what no program of ours may do.
    private static readonly (string Kind, string Code)[] Companions =
    [
        ("escape:process", "System.Diagnostics.Process.Start(\"/bin/sh\");"),
        ("escape:network", "new System.Net.Sockets.TcpClient(\"127.0.0.1\", 80).Close();"),
        ("escape:file", "System.IO.File.ReadAllText(\"/etc/passwd\");"),
        ("escape:environment", "System.Environment.GetEnvironmentVariables();"),
        ("gaming:exit", "System.Environment.Exit(0);"),
        ("gaming:detect", "System.AppDomain.CurrentDomain.GetAssemblies();"),
        ("abuse:endless", "while (true) { }"),
        ("abuse:memory", "var all = new System.Collections.Generic.List<byte[]>(); while (true) { all.Add(new byte[1 << 24]); }"),
        ("abuse:overflow", "Deep(0);"),
        ("abuse:sleep", "System.Threading.Thread.Sleep(System.Threading.Timeout.Infinite);"),
        ("abuse:output", "while (true) { System.Console.Error.WriteLine(new string('x', 10000)); }"),
    ];

    /// <summary>All that can be made of an exercise.</summary>
    /// <param name="exercise">The exercise.</param>
    /// <param name="index">Its place in the set: decides which of the companions it gets.</param>
    /// <param name="other">Another exercise, whose solution is the wrong one here.</param>
    public static IEnumerable<(string Kind, IReadOnlyDictionary<string, string> Sources)> Of(Exercise exercise, int index, Exercise other)
    {
        if (other.Example.Count > 0 && !other.Example.Values.Order().SequenceEqual(exercise.Example.Values.Order()))
        {
            yield return ("wrong-solution", other.Example);
        }
        foreach (var (kind, body) in new[] { ("elision:not-implemented", "{ throw new NotImplementedException(); }"), ("elision:comment", "{ // ... rest of the implementation stays the same\n return default!; }"), ("elision:silent", "{ return default!; }") })
        {
            if (Emptied(exercise.Example, body) is { } emptied)
            {
                yield return (kind, emptied);
            }
        }
        if (HardCoded(exercise) is { } gaming)
        {
            yield return ("gaming:hard-coded", gaming);
        }
        for (var n = 0; n < 2; n++)
        {
            var (kind, code) = Companions[((index * 2) + n) % Companions.Length];
            if (Accompanied(exercise.Example, code) is { } accompanied)
            {
                yield return (kind, accompanied);
            }
        }
    }

    // The longest method loses its body, as far as its kind of result allows the same words.
    private static Dictionary<string, string>? Emptied(IReadOnlyDictionary<string, string> sources, string body)
    {
        var longest = Methods(sources).Where(method => method.Node.Body is not null || method.Node.ExpressionBody is not null)
            .OrderByDescending(method => method.Node.Span.Length).Select(method => ((string File, MethodDeclarationSyntax Node)?)method).FirstOrDefault();
        if (longest is not { } found)
        {
            return null;
        }
        var iterates = found.Node.DescendantNodes().Any(node => node is YieldStatementSyntax);
        var isVoid = found.Node.ReturnType is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword };
        var text = iterates ? body.Replace("return default!;", "yield break;", StringComparison.Ordinal) : isVoid ? body.Replace("return default!;", "", StringComparison.Ordinal) : body;
        var empty = found.Node.WithExpressionBody(null).WithSemicolonToken(default).WithBody((BlockSyntax)SyntaxFactory.ParseStatement(text + "\n"));
        return Replaced(sources, found.File, found.Node, empty);
    }

    // At the beginning of a method that the tests call: the first public one.
    private static Dictionary<string, string>? Accompanied(IReadOnlyDictionary<string, string> sources, string code)
    {
        foreach (var method in Methods(sources).Where(method => method.Node.Body is not null && !method.Node.DescendantNodes().Any(node => node is YieldStatementSyntax)).OrderByDescending(method => method.Node.Modifiers.Any(SyntaxKind.PublicKeyword)))
        {
            var body = method.Node.Body!;
            var deep = code == "Deep(0);" ? "static int Deep(int n) => n < 0 ? n : 1 + Deep(n + 1);\n" : "";
            var changed = method.Node.WithBody(body.WithStatements(body.Statements.Insert(0, SyntaxFactory.ParseStatement($"{{ {code} {deep} }}\n"))));
            return Replaced(sources, method.File, method.Node, changed);
        }
        return null;
    }

    /// <summary>A solution that knows the answers of the visible tests and nothing else.</summary>
    private static Dictionary<string, string>? HardCoded(Exercise exercise)
    {
        var (visible, heldOut) = exercise.Split();
        var answers = visible.Values.SelectMany(Answers).ToList();
        if (heldOut.Count == 0 || answers.Count == 0)
        {
            return null;
        }
        foreach (var (file, node) in Methods(exercise.Stub))
        {
            var known = answers.Where(answer => answer.Method == node.Identifier.Text && answer.Arguments.Count == node.ParameterList.Parameters.Count).ToList();
            if (known.Count == 0 || !node.Modifiers.Any(SyntaxKind.StaticKeyword))
            {
                continue;
            }
            var names = node.ParameterList.Parameters.Select(parameter => parameter.Identifier.Text).ToList();
            var lines = known.Select(answer => $"if ({string.Join(" && ", answer.Arguments.Select((value, n) => $"{names[n]} == {value}"))}) return {answer.Expected};");
            var body = $"{{ {string.Join('\n', lines)} throw new ArgumentException(\"unknown\"); }}\n";
            return Replaced(exercise.Stub, file, node, node.WithExpressionBody(null).WithSemicolonToken(default).WithBody((BlockSyntax)SyntaxFactory.ParseStatement(body)));
        }
        return null;
    }

    private static IEnumerable<(string Method, IReadOnlyList<string> Arguments, string Expected)> Answers(string tests) =>
        from call in CSharpSyntaxTree.ParseText(tests).GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>()
        let name = call.Expression.ToString()
        where name is "Assert.Equal" or "Assert.True" or "Assert.False"
        let arguments = call.ArgumentList.Arguments
        where arguments.Count == (name == "Assert.Equal" ? 2 : 1)
        let tested = arguments[^1].Expression as InvocationExpressionSyntax
        let method = (tested?.Expression as MemberAccessExpressionSyntax)?.Name.Identifier.Text
        where method is not null && tested!.ArgumentList.Arguments.Count > 0 && tested.ArgumentList.Arguments.All(argument => IsPlain(argument.Expression))
        let expected = name == "Assert.Equal" ? arguments[0].Expression : null
        where expected is null || IsPlain(expected)
        select (method, (IReadOnlyList<string>)[.. tested.ArgumentList.Arguments.Select(argument => argument.Expression.ToString())], expected?.ToString() ?? (name == "Assert.True" ? "true" : "false"));

    private static bool IsPlain(ExpressionSyntax expression) =>
        expression is LiteralExpressionSyntax or PrefixUnaryExpressionSyntax { Operand: LiteralExpressionSyntax } or MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax };

    private static IEnumerable<(string File, MethodDeclarationSyntax Node)> Methods(IReadOnlyDictionary<string, string> sources) =>
        from tree in CSharpCompiler.Parse(sources)
        from method in tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>()
        select (tree.FilePath, method);

    private static Dictionary<string, string> Replaced(IReadOnlyDictionary<string, string> sources, string file, SyntaxNode node, SyntaxNode by) =>
        sources.ToDictionary(source => source.Key, source => source.Key == file ? node.SyntaxTree.GetRoot().ReplaceNode(node, by.WithTriviaFrom(node)).ToFullString() : source.Value);
}
