using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hal9.Engine.Codegen.Verification.CSharp;

/// <summary>
/// What a small program has no business with: other processes, the network, native code, the machinery around it. The sandbox would stop the harm; this stops
/// what could deceive the runner, and names the line.
/// </summary>
internal static class BannedUse
{
    // Beginnings of the full names of types; a name with a method is banned by that method alone.
    private static readonly (string Start, string Why)[] Always =
    [
        ("System.Diagnostics.Process", "starts or reads processes"),
        ("System.Diagnostics.StackTrace", "looks at its callers"), ("System.Diagnostics.StackFrame", "looks at its callers"), ("System.Diagnostics.Debugger.", "looks at who watches it"),
        ("System.Reflection.Emit", "makes code at run time"), ("System.Runtime.Loader", "loads assemblies"), ("System.Reflection.Assembly.", "looks at or loads assemblies"),
        ("System.Reflection.MethodBase.", "calls by reflection"), ("System.Reflection.MethodInfo.", "calls by reflection"), ("System.Reflection.ConstructorInfo.", "calls by reflection"),
        ("System.Reflection.FieldInfo.", "reads or writes by reflection"), ("System.Reflection.PropertyInfo.SetValue", "writes by reflection"), ("System.Type.GetType(", "looks for types by name"),
        ("System.Type.InvokeMember", "calls by reflection"), ("System.AppDomain", "looks at the process"), ("System.AppContext", "looks at the process"),
        ("System.Environment.Exit", "ends the process"), ("System.Environment.FailFast", "ends the process"), ("System.Environment.CommandLine", "looks at who runs it"),
        ("System.Environment.GetCommandLineArgs", "looks at who runs it"), ("System.Environment.StackTrace", "looks at its callers"), ("System.Environment.ProcessPath", "looks at who runs it"),
        ("System.Environment.GetEnvironmentVariable", "reads the environment"), ("System.Environment.SetEnvironmentVariable", "writes the environment"),
        ("System.Runtime.InteropServices.Marshal", "touches memory"), ("System.Runtime.InteropServices.NativeLibrary", "loads native code"),
        ("System.Runtime.InteropServices.DllImportAttribute", "calls native code"), ("System.Runtime.InteropServices.LibraryImportAttribute", "calls native code"),
        ("System.Runtime.InteropServices.MemoryMarshal", "touches memory"), ("System.Runtime.CompilerServices.Unsafe", "touches memory"),
        ("System.Runtime.CompilerServices.ModuleInitializerAttribute", "runs before anything asked it to"),
        ("System.Runtime.CompilerServices.RuntimeHelpers.RunModuleConstructor", "runs before anything asked it to"),
        ("System.Console.SetOut", "takes the runner's output"), ("System.Console.OpenStandardOutput", "takes the runner's output"), ("System.Console.OpenStandardError", "takes the runner's output"), ("Microsoft.Win32", "touches the system"),
        ("Xunit", "knows that it is tested"),
    ];

    private static readonly (string Start, string Why)[] Network =
    [
        ("System.Net.Sockets", "uses the network"), ("System.Net.Http.", "uses the network"), ("System.Net.Dns", "uses the network"), ("System.Net.WebClient", "uses the network"),
        ("System.Net.WebRequest", "uses the network"), ("System.Net.HttpListener", "uses the network"), ("System.Net.Mail", "uses the network"), ("System.Net.WebSockets", "uses the network"),
        ("System.Net.NetworkInformation", "uses the network"), ("System.Net.Quic", "uses the network"),
    ];

    private static readonly string[] FileTypes = ["System.IO.File", "System.IO.Directory", "System.IO.FileStream", "System.IO.FileInfo", "System.IO.DirectoryInfo", "System.IO.StreamReader", "System.IO.StreamWriter"];

    /// <summary>Looks through a compilation.</summary>
    /// <param name="compilation">What compiles.</param>
    /// <param name="tests">Whether these are tests: they may use xUnit, and in web projects the network.</param>
    /// <param name="web">Whether it is a web project.</param>
    public static IEnumerable<RungFailure> In(CSharpCompilation compilation, bool tests, bool web)
    {
        var rules = Always.Where(rule => !tests || rule.Start != "Xunit").Concat(web && tests ? [] : Network).ToArray();
        foreach (var tree in compilation.SyntaxTrees.Where(tree => tree.FilePath.Length > 0))
        {
            var model = compilation.GetSemanticModel(tree);
            var seen = new HashSet<(int, string)>();
            foreach (var node in tree.GetRoot().DescendantNodes().Where(node => node is SimpleNameSyntax or BaseObjectCreationExpressionSyntax or AttributeSyntax))
            {
                var line = node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
                var symbol = model.GetSymbolInfo(node).Symbol;
                if (symbol is not null && !SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, compilation.Assembly))
                {
                    var name = NameOf(symbol);
                    foreach (var (start, why) in rules)
                    {
                        if (Begins(name, start) && seen.Add((line, start)))
                        {
                            yield return new(3, "banned", $"{name.TrimEnd('(', '.')} {why}, which is not allowed here.", tree.FilePath, line);
                        }
                    }
                    if (symbol is IMethodSymbol && FileTypes.Any(type => Begins(name, type)) && OutsidePath(node) is { } path && seen.Add((line, path)))
                    {
                        yield return new(3, "banned", $"The path {path} leads out of the program's own folder.", tree.FilePath, line);
                    }
                }
            }
            foreach (var node in tree.GetRoot().DescendantTokens().Where(token => token.IsKind(SyntaxKind.UnsafeKeyword) || token.IsKind(SyntaxKind.ExternKeyword)))
            {
                yield return new(3, "banned", $"{node.Text} code is not allowed here.", tree.FilePath, node.GetLocation().GetLineSpan().StartLinePosition.Line + 1);
            }
        }
    }

    /// <summary>Looks through what a build made: for programs of which not all text is C#. Without lines.</summary>
    public static IEnumerable<RungFailure> In(byte[] image)
    {
        using var stream = new MemoryStream(image);
        using var file = new PEReader(stream);
        var reader = file.GetMetadataReader();
        string TypeOf(TypeReference type) => $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name).Split('`')[0]}.";
        var types = reader.TypeReferences.Select(handle => TypeOf(reader.GetTypeReference(handle)));
        var members = reader.MemberReferences.Select(reader.GetMemberReference).Where(member => member.Parent.Kind == HandleKind.TypeReference)
            .Select(member => $"{TypeOf(reader.GetTypeReference((TypeReferenceHandle)member.Parent))}{reader.GetString(member.Name)}(");
        return
        [
            .. from name in types.Concat(members)
               from rule in Always.Concat(Network)
               where Begins(name, rule.Start)
               group name by rule into used
               select new RungFailure(3, "banned", $"{used.First().TrimEnd('(', '.')} {used.Key.Why}, which is not allowed here."),
        ];
    }

    private static string NameOf(ISymbol symbol) => symbol switch
    {
        INamedTypeSymbol type => type.OriginalDefinition.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat) + ".",
        IMethodSymbol { MethodKind: MethodKind.Constructor } constructor => NameOf(constructor.ContainingType),
        { ContainingType: { } type } => type.OriginalDefinition.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat) + "." + symbol.Name + "(",
        INamespaceSymbol => "",
        _ => symbol.ToDisplayString(),
    };

    // `System.Diagnostics.Process` is meant with its members and with types whose names go on (ProcessStartInfo).
    private static bool Begins(string name, string start) => name.StartsWith(start, StringComparison.Ordinal) && name.Length > start.Length;

    private static string? OutsidePath(SyntaxNode node)
    {
        var call = node.AncestorsAndSelf().FirstOrDefault(one => one is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax);
        var arguments = call switch
        {
            InvocationExpressionSyntax invocation => invocation.ArgumentList,
            BaseObjectCreationExpressionSyntax creation => creation.ArgumentList,
            _ => null,
        };
        return arguments?.Arguments.Select(argument => argument.Expression).OfType<LiteralExpressionSyntax>().Select(literal => literal.Token.Value as string)
            .FirstOrDefault(text => text is not null && (text.StartsWith('/') || text.Contains("..", StringComparison.Ordinal) || (text.Length > 1 && text[1] == ':')));
    }
}
