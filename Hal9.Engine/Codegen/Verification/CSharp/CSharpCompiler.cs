using System.Collections.Concurrent;
using System.Collections.Immutable;
using Hal9.Engine.Sandbox;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace Hal9.Engine.Codegen.Verification.CSharp;

/// <summary>Compiles in this process. What comes out is bytes: they are never loaded here.</summary>
/// <param name="runner">Where xUnit's libraries and the framework's are.</param>
internal sealed class CSharpCompiler(RunnerProgram runner)
{
    /// <summary>Name of the program's assembly.</summary>
    public const string App = "App";

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest);
    private static readonly string[] Implicit = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];
    private static readonly string[] WebImplicit = ["System.Net.Http.Json", "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http", "Microsoft.AspNetCore.Routing", "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging"];
    private static readonly ConcurrentDictionary<string, ImmutableArray<MetadataReference>> Folders = new(StringComparer.Ordinal);

    public static IReadOnlyList<SyntaxTree> Parse(IReadOnlyDictionary<string, string> files) =>
        [.. files.Where(file => file.Key.EndsWith(".cs", StringComparison.Ordinal)).OrderBy(file => file.Key, StringComparer.Ordinal)
            .Select(file => CSharpSyntaxTree.ParseText(file.Value, Parsing, file.Key, System.Text.Encoding.UTF8))];

    /// <summary>Prepares the program's assembly.</summary>
    public CSharpCompilation Program(IReadOnlyList<SyntaxTree> trees, ProjectKind kind, IReadOnlyList<string> packages)
    {
        var web = IsWeb(kind);
        var output = trees.Any(tree => tree.GetRoot().ChildNodes().Any(node => node is Microsoft.CodeAnalysis.CSharp.Syntax.GlobalStatementSyntax)) ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary;
        return Make(App, [.. trees, Usings(web, false), Friend()], References(web, packages), output);
    }

    /// <summary>Prepares a test assembly.</summary>
    public CSharpCompilation Suite(string name, IReadOnlyList<SyntaxTree> trees, ProjectKind kind, IReadOnlyList<string> packages, byte[] program)
    {
        var web = IsWeb(kind);
        var references = References(web, packages).AddRange(Xunit()).Add(MetadataReference.CreateFromImage(program));
        return Make(name, [.. trees, Usings(web, true)], references, OutputKind.DynamicallyLinkedLibrary);
    }

    /// <summary>The public interface of a web program's assembly.</summary>
    public IReadOnlyList<string> ApiOf(byte[] program, IReadOnlyList<string> packages)
    {
        var reference = MetadataReference.CreateFromImage(program);
        return PublicApiText.Of((IAssemblySymbol)Make("Reader", [], References(true, packages).Add(reference), OutputKind.DynamicallyLinkedLibrary).GetAssemblyOrModuleSymbol(reference)!);
    }

    /// <summary>Emits; the image is null when there were errors, which stand in the diagnostics.</summary>
    public static (CompiledImage? Image, IReadOnlyList<Diagnostic> Errors) Emit(CSharpCompilation compilation, CancellationToken cancellationToken)
    {
        using var code = new MemoryStream();
        using var symbols = new MemoryStream();
        var result = compilation.Emit(code, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb), cancellationToken: cancellationToken);
        return result.Success
            ? (new(compilation.AssemblyName!, code.ToArray(), symbols.ToArray()), [])
            : (null, [.. result.Diagnostics.Where(one => one.Severity == DiagnosticSeverity.Error)]);
    }

    public static bool IsWeb(ProjectKind kind) => kind is ProjectKind.CSharpMinimalApi or ProjectKind.BlazorPage;

    private static CSharpCompilation Make(string name, IReadOnlyList<SyntaxTree> trees, IEnumerable<MetadataReference> references, OutputKind output) =>
        CSharpCompilation.Create(name, trees, references, new CSharpCompilationOptions(
            output, optimizationLevel: OptimizationLevel.Debug, nullableContextOptions: NullableContextOptions.Enable, deterministic: true, concurrentBuild: true));

    private static SyntaxTree Usings(bool web, bool tests)
    {
        var names = Implicit.Concat(web ? WebImplicit : []).Concat(tests ? ["Xunit"] : []);
        return CSharpSyntaxTree.ParseText(string.Concat(names.Select(name => $"global using global::{name};\n")), Parsing);
    }

    private static SyntaxTree Friend() =>
        CSharpSyntaxTree.ParseText(string.Concat(SuiteNames.All.Select(name => $"[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"{name}\")]\n")), Parsing);

    private ImmutableArray<MetadataReference> References(bool web, IReadOnlyList<string> packages)
    {
        var references = Framework("Microsoft.NETCore.App");
        if (web)
        {
            references = references.AddRange(Framework("Microsoft.AspNetCore.App"));
        }
        return references.AddRange(packages.SelectMany(folder => FromFolder(folder)));
    }

    // The reference assemblies of the SDK, or where only a runtime is installed its own assemblies.
    private ImmutableArray<MetadataReference> Framework(string name)
    {
        var packs = Path.Combine(runner.DotnetRoot, "packs", name + ".Ref");
        var shared = Path.Combine(runner.DotnetRoot, "shared", name);
        var newest = Newest(packs) is { } pack ? Path.Combine(pack, "ref", "net10.0") : null;
        return FromFolder(newest is not null && Directory.Exists(newest) ? newest : Newest(shared) ?? throw new InvalidOperationException($"The framework {name} 10 was not found."));
    }

    private ImmutableArray<MetadataReference> Xunit() => FromFolder(runner.Folder, "xunit.v3.*.dll");

    private static string? Newest(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateDirectories(folder, "10.*").OrderByDescending(path => Version.TryParse(Path.GetFileName(path), out var version) ? version : new Version(0, 0)).FirstOrDefault()
        : null;

    private static ImmutableArray<MetadataReference> FromFolder(string folder, string pattern = "*.dll") => Folders.GetOrAdd(folder + "|" + pattern, _ =>
        [.. Directory.EnumerateFiles(folder, pattern).Where(IsManaged).Select(file => MetadataReference.CreateFromFile(file))]);

    private static bool IsManaged(string file)
    {
        using var stream = File.OpenRead(file);
        using var reader = new System.Reflection.PortableExecutable.PEReader(stream);
        return reader.HasMetadata;
    }
}

/// <summary>The test assemblies of a project.</summary>
internal static class SuiteNames
{
    public const string Unit = "UnitTests";
    public const string Visible = "VisibleTests";
    public const string HeldOut = "HeldOutTests";

    public static IReadOnlyList<string> All { get; } = [Unit, Visible, HeldOut];
}
