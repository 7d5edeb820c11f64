using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Codegen;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Engine.Codegen;

/// <summary>Projects whose models answer over HTTP and cost money: 1 USD per million tokens in, 2 out.</summary>
public sealed class ProjectMoneyTests : IAsyncLifetime
{
    private readonly LadderDouble ladder = new();
    private readonly EngineHost engine;

    public ProjectMoneyTests() => engine = new EngineHost { Add = services => services.AddSingleton<VerifyCode>(ladder.VerifyAsync) };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private CodegenService Service => engine.Services.GetRequiredService<CodegenService>();

    public async ValueTask InitializeAsync()
    {
        await engine.InitializeAsync();
        engine.Provider.Script(ScriptedCoder.Answer);
    }

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    [Fact]
    public async Task Project_OverHttp_IsBilledToTheNanoDollar()
    {
        var actor = await engine.NewTenantAsync();

        var project = await FinishAsync(actor, new NewProject(CodegenHost.Todo, ProjectKind.CSharpConsole, ProjectApproval.Auto));

        Assert.Equal((ProjectStatus.Delivered, Verdict.Verified, Provenance.Live), (project.Status, project.Verdict, project.Provenance));
        var run = (await engine.Runs.FindAsync(actor, project.RunId!.Value, Cancel))!;
        var calls = Steps(run.Root!).SelectMany(step => step.ModelCalls).ToList();
        Assert.Equal(engine.Provider.Exchanges.Count, calls.Count);
        Assert.Equal(calls.Sum(call => (call.Usage.Input * 1000) + (call.Usage.Output * 2000)), project.Cost.Nano);
        await using var db = engine.Services.GetRequiredService<TenantScope>().Open(actor.TenantId);
        var settled = await db.Set<LedgerRow>().AsNoTracking().Where(row => row.RunId == run.Id && row.Kind == LedgerKind.Settle).ToListAsync(Cancel);
        Assert.Equal(calls.Count, settled.Count);
        Assert.Equal(project.Cost.Nano, settled.Sum(row => row.Amount.Nano));
        var proof = System.Text.Json.JsonDocument.Parse((await Service.ProofAsync(actor, project.Id, Cancel))!).RootElement.GetProperty("proof");
        Assert.Equal(project.Cost.Nano, proof.GetProperty("costNanoUsd").GetInt64());
    }

    /// <summary>Envelopes from nothing to plenty: whatever fits is spent and no more, and what is there is kept and said.</summary>
    [Fact]
    public async Task Project_WithEnvelopesOfAllSizes_NeverSpendsMore()
    {
        var actor = await engine.NewTenantAsync();
        var ends = new List<ProjectStatus>();
        for (var seed = 0; seed < 24; seed++)
        {
            var random = new Random(seed);
            var (cost, tokens) = (new Usd(random.NextInt64(0, 120_000_000)), random.NextInt64(1, 120_000));
            var project = await FinishAsync(actor, new NewProject($"{CodegenHost.Todo} [fault seed {random.Next(1, 12)}]", ProjectKind.CSharpConsole, ProjectApproval.Auto, cost, tokens));

            Assert.InRange(project.Cost.Nano, 0, cost.Nano);
            var run = (await engine.Runs.FindAsync(actor, project.RunId!.Value, Cancel))!;
            Assert.InRange(Steps(run.Root!).SelectMany(step => step.ModelCalls).Sum(call => call.Usage.Input + call.Usage.Output), 0, tokens);
            Assert.InRange(project.Attempts.Count, 0, 10);
            Assert.True(project.Status is ProjectStatus.Delivered or ProjectStatus.Stopped);
            Assert.Equal(project.Verdict == Verdict.Verified, project.Reason is null || project.Reason.Contains("no review", StringComparison.Ordinal));
            ends.Add(project.Status);
        }
        Assert.Contains(ProjectStatus.Delivered, ends);
        Assert.Contains(ProjectStatus.Stopped, ends);
    }

    private async Task<ProjectView> FinishAsync(Actor actor, NewProject order)
    {
        var started = await Service.StartAsync(actor, order, null, Cancel);
        return await Service.RestAsync(actor, started.Id, Cancel);
    }

    private static IEnumerable<StepView> Steps(StepView step) => step.Steps.SelectMany(Steps).Prepend(step);
}
