using Hal9.Engine.Codegen.Verification.CSharp;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Hal9.Engine.Codegen.Verification;

/// <summary>The public members of C# code, one line each, so that a design and what was written for it can be compared.</summary>
public static class PublicApiText
{
    private static readonly SymbolDisplayFormat Format = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeTypeConstraints,
        memberOptions: SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeContainingType | SymbolDisplayMemberOptions.IncludeRef,
        parameterOptions: SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeParamsRefOut,
        propertyStyle: SymbolDisplayPropertyStyle.ShowReadWriteDescriptor,
        kindOptions: SymbolDisplayKindOptions.IncludeTypeKeyword,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes);

    /// <summary>Reads the public types and members, as <c>class Todo.TodoList</c> and <c>int Todo.TodoList.Add(string)</c>, sorted.</summary>
    /// <param name="sources">C# text by path; bodies do not matter, so stubs give the same as the finished code. Types that cannot be found keep the name they are written with.</param>
    public static IReadOnlyList<string> Of(IReadOnlyDictionary<string, string> sources) =>
        RunnerAtHand is { } compiler ? Of(compiler.Program(CSharpCompiler.Parse(sources), ProjectKind.CSharpLib, [])) : [];

    internal static IReadOnlyList<string> Of(CSharpCompilation compilation) => Of(compilation.Assembly);

    internal static IReadOnlyList<string> Of(IAssemblySymbol assembly) =>
        [.. TypesIn(assembly.GlobalNamespace).Where(IsPublic).SelectMany(LinesOf).Distinct().Order(StringComparer.Ordinal)];

    private static CSharpCompiler? RunnerAtHand => Sandbox.RunnerProgram.Find() is { } runner ? new CSharpCompiler(runner) : null;

    private static IEnumerable<INamedTypeSymbol> TypesIn(INamespaceSymbol space) => space.GetNamespaceMembers().SelectMany(TypesIn)
        .Concat(space.GetTypeMembers().SelectMany(WithNested));

    private static IEnumerable<INamedTypeSymbol> WithNested(INamedTypeSymbol type) => type.GetTypeMembers().SelectMany(WithNested).Prepend(type);

    private static IEnumerable<string> LinesOf(INamedTypeSymbol type) => type.GetMembers()
        .Where(member => member is not INamedTypeSymbol && IsPublic(member) && !member.IsImplicitlyDeclared && member is not IMethodSymbol { AssociatedSymbol: not null })
        .Select(member => member.ToDisplayString(Format)).Prepend(type.ToDisplayString(Format));

    private static bool IsPublic(ISymbol symbol) =>
        symbol.DeclaredAccessibility == Accessibility.Public && (symbol.ContainingType is null || IsPublic(symbol.ContainingType));
}
