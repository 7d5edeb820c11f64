using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hal9.Engine.Codegen.Verification.CSharp;

/// <summary>A test method as it stands in the text.</summary>
/// <param name="Name">As the runner reports it: name space, classes with <c>+</c> between them, method.</param>
/// <param name="Switched">Whether it is switched off, or conditionally so.</param>
/// <param name="Assertions">Assertions in it.</param>
/// <param name="Certain">Whether it must be reported under this name: not so in abstract and generic classes.</param>
/// <param name="File">Path.</param>
/// <param name="Line">Line, from 1.</param>
internal sealed record WrittenTest(string Name, bool Switched, int Assertions, bool Certain, string File, int Line);

/// <summary>Reads what tests a text declares, so that what ran can be compared with it.</summary>
internal static class SuiteReader
{
    private static readonly string[] Switches = ["Skip", "SkipWhen", "SkipUnless", "Explicit"];

    public static IReadOnlyList<WrittenTest> Read(IEnumerable<SyntaxTree> trees) =>
    [
        .. from tree in trees
           from method in tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>()
           let attributes = method.AttributeLists.SelectMany(list => list.Attributes).ToList()
           where attributes.Any(IsTest)
           let classes = method.Ancestors().OfType<TypeDeclarationSyntax>().Reverse().ToList()
           let calls = method.DescendantNodes().OfType<InvocationExpressionSyntax>().Select(call => call.Expression).OfType<MemberAccessExpressionSyntax>().ToList()
           select new WrittenTest(
               NameOf(method),
               attributes.Any(IsSwitched) || calls.Any(call => call.Expression.ToString() == "Assert" && call.Name.Identifier.Text.StartsWith("Skip", StringComparison.Ordinal)),
               calls.Count(call => call.Expression.ToString() == "Assert"),
               classes.All(type => type.TypeParameterList is null && !type.Modifiers.Any(SyntaxKind.AbstractKeyword)),
               tree.FilePath, method.Identifier.GetLocation().GetLineSpan().StartLinePosition.Line + 1),
    ];

    public static SuiteSize SizeOf(IReadOnlyList<WrittenTest> tests) =>
        new(tests.Count, tests.Sum(test => test.Assertions), tests.Count(test => test.Switched));

    /// <summary>Text without what switches tests off: for sets whose tests are published switched off.</summary>
    public static string SwitchOn(string text)
    {
        var root = CSharpSyntaxTree.ParseText(text).GetRoot();
        var arguments = root.DescendantNodes().OfType<AttributeArgumentSyntax>().Where(argument => argument.NameEquals?.Name.Identifier.Text == "Skip").ToList();
        var lists = arguments.Select(argument => (AttributeArgumentListSyntax)argument.Parent!).Distinct().ToList();
        return root.ReplaceNodes(lists, (_, list) => list.WithArguments(SyntaxFactory.SeparatedList(list.Arguments.Where(argument => argument.NameEquals?.Name.Identifier.Text != "Skip")))).ToFullString();
    }

    private static bool IsTest(AttributeSyntax attribute) => SimpleName(attribute) is "Fact" or "Theory" or "CulturedFact" or "CulturedTheory";

    private static bool IsSwitched(AttributeSyntax attribute) =>
        attribute.ArgumentList?.Arguments.Any(argument => Switches.Contains(argument.NameEquals?.Name.Identifier.Text)) == true;

    private static string SimpleName(AttributeSyntax attribute)
    {
        var name = attribute.Name.ToString();
        name = name[(name.LastIndexOf('.') + 1)..];
        return name.EndsWith("Attribute", StringComparison.Ordinal) ? name[..^"Attribute".Length] : name;
    }

    /// <summary>The name under which a method is reported, if it is a test.</summary>
    public static string NameOf(MethodDeclarationSyntax method)
    {
        var classes = method.Ancestors().OfType<TypeDeclarationSyntax>().Reverse();
        var space = string.Join('.', method.Ancestors().OfType<BaseNamespaceDeclarationSyntax>().Reverse().Select(one => one.Name.ToString()));
        var type = string.Join('+', classes.Select(one => one.Identifier.Text));
        return $"{(space.Length == 0 ? "" : space + ".")}{type}.{method.Identifier.Text}";
    }
}
