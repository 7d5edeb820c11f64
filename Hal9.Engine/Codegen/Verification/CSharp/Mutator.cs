using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hal9.Engine.Codegen.Verification.CSharp;

/// <summary>A small change of the program that its tests should notice.</summary>
/// <param name="Operator">Kind of change, as <c>relational</c>.</param>
/// <param name="Tree">The changed file.</param>
/// <param name="Original">The file that it replaces.</param>
/// <param name="Line">Where, from 1.</param>
/// <param name="Change">Before and after.</param>
internal sealed record Mutant(string Operator, SyntaxTree Tree, SyntaxTree Original, int Line, string Change);

/// <summary>Makes mutants: one change each, all that there are, in the order of the text.</summary>
internal static class Mutator
{
    private static readonly Dictionary<SyntaxKind, (string Operator, SyntaxKind To, SyntaxKind Token)> Binary = new()
    {
        [SyntaxKind.AddExpression] = ("arithmetic", SyntaxKind.SubtractExpression, SyntaxKind.MinusToken),
        [SyntaxKind.SubtractExpression] = ("arithmetic", SyntaxKind.AddExpression, SyntaxKind.PlusToken),
        [SyntaxKind.MultiplyExpression] = ("arithmetic", SyntaxKind.DivideExpression, SyntaxKind.SlashToken),
        [SyntaxKind.DivideExpression] = ("arithmetic", SyntaxKind.MultiplyExpression, SyntaxKind.AsteriskToken),
        [SyntaxKind.ModuloExpression] = ("arithmetic", SyntaxKind.MultiplyExpression, SyntaxKind.AsteriskToken),
        [SyntaxKind.LessThanExpression] = ("relational", SyntaxKind.LessThanOrEqualExpression, SyntaxKind.LessThanEqualsToken),
        [SyntaxKind.LessThanOrEqualExpression] = ("relational", SyntaxKind.LessThanExpression, SyntaxKind.LessThanToken),
        [SyntaxKind.GreaterThanExpression] = ("relational", SyntaxKind.GreaterThanOrEqualExpression, SyntaxKind.GreaterThanEqualsToken),
        [SyntaxKind.GreaterThanOrEqualExpression] = ("relational", SyntaxKind.GreaterThanExpression, SyntaxKind.GreaterThanToken),
        [SyntaxKind.EqualsExpression] = ("equality", SyntaxKind.NotEqualsExpression, SyntaxKind.ExclamationEqualsToken),
        [SyntaxKind.NotEqualsExpression] = ("equality", SyntaxKind.EqualsExpression, SyntaxKind.EqualsEqualsToken),
        [SyntaxKind.LogicalAndExpression] = ("logical", SyntaxKind.LogicalOrExpression, SyntaxKind.BarBarToken),
        [SyntaxKind.LogicalOrExpression] = ("logical", SyntaxKind.LogicalAndExpression, SyntaxKind.AmpersandAmpersandToken),
    };

    /// <summary>All mutants of the files; what is no code of a member (attributes, usings) is left alone.</summary>
    public static IEnumerable<Mutant> Of(CSharpCompilation compilation) =>
        from tree in compilation.SyntaxTrees
        where tree.FilePath.Length > 0
        let model = compilation.GetSemanticModel(tree)
        from node in tree.GetRoot().DescendantNodes()
        where !node.Ancestors().Any(one => one is AttributeSyntax or UsingDirectiveSyntax)
        let change = ChangeOf(node, model)
        where change is not null
        let root = tree.GetRoot().ReplaceNode(node, change.Value.To.WithTriviaFrom(node))
        select new Mutant(
            change.Value.Operator, CSharpSyntaxTree.Create((CSharpSyntaxNode)root, (CSharpParseOptions)tree.Options, tree.FilePath, System.Text.Encoding.UTF8), tree,
            node.GetLocation().GetLineSpan().StartLinePosition.Line + 1, $"{Short(node)} -> {Short(change.Value.To)}");

    /// <summary>A fixed choice of them, spread over the program: the same in every process.</summary>
    /// <param name="mutants">All.</param>
    /// <param name="most">How many at most.</param>
    public static IReadOnlyList<Mutant> Choose(IEnumerable<Mutant> mutants, int most) =>
        [.. mutants.Select((mutant, index) => (mutant, Order: Hashes.Of($"{index} {mutant.Original.FilePath} {mutant.Operator} {mutant.Change}"))).OrderBy(one => one.Order, StringComparer.Ordinal).Take(most).Select(one => one.mutant)];

    private static (string Operator, SyntaxNode To)? ChangeOf(SyntaxNode node, SemanticModel model)
    {
        switch (node)
        {
            case BinaryExpressionSyntax binary when Binary.TryGetValue(binary.Kind(), out var rule):
                if (rule.Operator == "arithmetic" && model.GetTypeInfo(binary).Type is { SpecialType: SpecialType.System_String })
                {
                    return null;
                }
                return (rule.Operator, SyntaxFactory.BinaryExpression(rule.To, binary.Left, SyntaxFactory.Token(rule.Token).WithTriviaFrom(binary.OperatorToken), binary.Right));
            case LiteralExpressionSyntax { RawKind: (int)SyntaxKind.TrueLiteralExpression }:
                return ("bool", SyntaxFactory.LiteralExpression(SyntaxKind.FalseLiteralExpression));
            case LiteralExpressionSyntax { RawKind: (int)SyntaxKind.FalseLiteralExpression }:
                return ("bool", SyntaxFactory.LiteralExpression(SyntaxKind.TrueLiteralExpression));
            case LiteralExpressionSyntax { Token.Value: int value } when value < int.MaxValue:
                return ("literal", SyntaxFactory.LiteralExpression(SyntaxKind.NumericLiteralExpression, SyntaxFactory.Literal(value + 1)));
            case LiteralExpressionSyntax { Token.Value: string text } when !node.IsKind(SyntaxKind.Utf8StringLiteralExpression):
                return ("string", SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(text.Length == 0 ? "mutant" : "")));
            case IfStatementSyntax { Condition: var condition } statement:
                return ("negated if", statement.WithCondition(SyntaxFactory.PrefixUnaryExpression(SyntaxKind.LogicalNotExpression, SyntaxFactory.ParenthesizedExpression(condition.WithoutTrivia()))));
            default:
                return null;
        }
    }

    private static string Short(SyntaxNode node)
    {
        var text = string.Join(' ', (node is IfStatementSyntax statement ? statement.Condition : node).ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length > 60 ? text[..60] : text;
    }
}
