using Hal9.Engine.Codegen;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Engine.Codegen;

/// <summary>An engine with the offline model behind every tier, and the ladder's double.</summary>
public sealed class CodegenHost : IAsyncLifetime
{
    public const string Todo = "A todo list for the command line";

    internal LadderDouble Ladder { get; } = new();

    public EngineHost Engine { get; }

    public CodegenHost() => Engine = new EngineHost { IsOffline = true, Add = services => services.AddSingleton<VerifyCode>(Ladder.VerifyAsync) };

    public CodegenService Service => Engine.Services.GetRequiredService<CodegenService>();

    public ValueTask InitializeAsync() => Engine.InitializeAsync();

    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    public async Task<(Actor Actor, ProjectView Project)> FinishAsync(
        string brief, ProjectKind kind = ProjectKind.CSharpConsole, ProjectApproval approval = ProjectApproval.Auto, Actor? actor = null)
    {
        var owner = actor ?? await Engine.NewTenantAsync();
        var started = await Service.StartAsync(owner, new NewProject(brief, kind, approval), null, TestContext.Current.CancellationToken);
        return (owner, await Service.RestAsync(owner, started.Id, TestContext.Current.CancellationToken));
    }
}

/// <summary>One such engine for all tests that only need one.</summary>
[CollectionDefinition(Name)]
public sealed class CodegenCollection : ICollectionFixture<CodegenHost>
{
    public const string Name = "one engine for codegen";
}
