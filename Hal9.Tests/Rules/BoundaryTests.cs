namespace Hal9.Tests.Rules;

/// <summary>Which outside library may be seen where.</summary>
public sealed class BoundaryTests
{
    private static readonly string[] ProviderLibraries = ["Microsoft.SemanticKernel.Connectors", "OpenAI", "Anthropic", "Azure", "System.ClientModel"];

    [Fact]
    public void Engine_ReferencesNoWebAssembly()
    {
        var assemblies = typeof(Hal9.Engine.EngineSetup).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name!);

        Rule.Holds(assemblies.Where(name => new[] { "Microsoft.AspNetCore", "MudBlazor", "Hal9" }.Any(start => name.StartsWith(start, StringComparison.Ordinal))));
    }

    // The tool may be of another version than the console: it knows the published interface and nothing else.
    [Fact]
    public void Cli_ReferencesNoOtherProjectAndNoWebAssembly()
    {
        var assemblies = typeof(Hal9.Cli.Tool).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name!);

        Rule.Holds(assemblies.Where(name => new[] { "Microsoft.AspNetCore", "Hal9" }.Any(start => name.StartsWith(start, StringComparison.Ordinal))));
    }

    [Fact]
    public void ProviderLibraries_AreSeenByModelsOnly() =>
        Rule.Holds(Uses(CompiledCode.Engine, ProviderLibraries, "Hal9.Engine.Models"));

    // The kernel is how a neuron's turn talks; Models hands it its chat service.
    [Fact]
    public void SemanticKernel_IsSeenByNeuronsAndModelsOnly() =>
        Rule.Holds(Uses(CompiledCode.Engine, ["Microsoft.SemanticKernel"], "Hal9.Engine.Neurons", "Hal9.Engine.Models"));

    // Grain interfaces live with what they own, their implementations in Hosting.
    [Fact]
    public void GrainClasses_AreInHostingOnly() =>
        Rule.Holds(CompiledCode.Engine.References.Where(r => r.To == new TypeName("Orleans", "Grain") && !r.From.IsIn("Hal9.Engine.Hosting")).Select(r => r.From.ToString()));

    // The accounts' own context is the one exception: Identity needs it.
    [Fact]
    public void Web_OutsideAccounts_SeesNoEntityFramework() =>
        Rule.Holds(Uses(CompiledCode.Web, ["Microsoft.EntityFrameworkCore"], "Hal9.Web.Accounts"));

    [Fact]
    public void Web_SeesNoKernelNoProviderNoGrain() =>
        Rule.Holds(Uses(CompiledCode.Web, [.. ProviderLibraries, "Microsoft.SemanticKernel", "Orleans"]));

    [Theory]
    [InlineData("Microsoft.Extensions.AI", "IChatClient")]
    [InlineData("Hal9.Engine.Storage", "EngineDb")]
    [InlineData("Hal9.Engine.Storage", "Writer")]
    [InlineData("Hal9.Engine.Storage", "WriteBatch")]
    public void Web_DoesNotSee(string space, string type) =>
        Rule.Holds(CompiledCode.Web.References.Where(r => r.To == new TypeName(space, type)).Select(r => r.From.ToString()));

    private static IEnumerable<string> Uses(CompiledCode code, string[] libraries, params string[] allowed) =>
        from reference in code.References
        where reference.From.IsIn("Hal9") && libraries.Any(reference.To.IsIn) && !allowed.Any(reference.From.IsIn)
        select $"{reference.From} uses {reference.To}";
}
