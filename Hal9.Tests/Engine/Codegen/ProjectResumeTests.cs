using Hal9.Engine.Codegen;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;

namespace Hal9.Tests.Engine.Codegen;

/// <summary>Projects that outlive their process, stopped where something is being built.</summary>
public sealed class ProjectResumeTests : IAsyncLifetime
{
    private readonly CodegenHost host = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => host.InitializeAsync();

    public ValueTask DisposeAsync() => host.DisposeAsync();

    /// <summary>1: the tests on stubs, 2: the whole for the first time, 3: after the repair, 4: all rungs.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Start_AfterAStop_GoesOnWhereItWasAndAsksNothingTwice(int stopAt)
    {
        var actor = await host.Engine.NewTenantAsync();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var count = 0;
        host.Ladder.Hold = async (_, token) =>
        {
            if (Interlocked.Increment(ref count) == stopAt)
            {
                reached.SetResult();
                await Task.Delay(Timeout.Infinite, token);
            }
        };
        var started = await host.Service.StartAsync(actor, new NewProject(CodegenHost.Todo, ProjectKind.CSharpConsole, ProjectApproval.Auto), null, Cancel);
        await reached.Task.WaitAsync(Cancel);
        await host.Engine.StopAsync();
        host.Ladder.Hold = null;

        await host.Engine.StartAsync();
        var project = await host.Service.RestAsync(actor, started.Id, Cancel);

        Assert.Equal((ProjectStatus.Delivered, Verdict.Verified), (project.Status, project.Verdict));
        Assert.True(Assert.Single(project.Attempts).Accepted);
        Assert.All(project.History.GroupBy(a => (a.Kind, a.Name)), versions => Assert.Equal(versions.Key.Kind == ArtifactKind.Tree ? 2 : 1, versions.Count()));
        var run = (await host.Engine.Runs.FindAsync(actor, project.RunId!.Value, Cancel))!;
        var calls = Steps(run.Root!).SelectMany(step => step.ModelCalls).ToList();
        Assert.Equal(calls.Count, calls.Select(call => call.Leaf).Distinct().Count());
        Assert.Single(await host.Engine.Runs.WatchAsync(actor, run.Id, 0, Cancel).OfType<RunResumed>().ToListAsync(Cancel));
    }

    [Fact]
    public async Task Stop_WhileItIsBuilt_KeepsTheBestStateAndSaysSo()
    {
        var actor = await host.Engine.NewTenantAsync();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Ladder.Hold = async (depth, token) =>
        {
            if (depth == VerificationDepth.HeldOut)
            {
                reached.TrySetResult();
                await Task.Delay(Timeout.Infinite, token);
            }
        };
        var started = await host.Service.StartAsync(actor, new NewProject(CodegenHost.Todo, ProjectKind.CSharpConsole, ProjectApproval.Auto), null, Cancel);
        await reached.Task.WaitAsync(Cancel);
        await Assert.ThrowsAsync<ProjectBusy>(() => host.Service.ContinueAsync(actor, started.Id, Cancel));

        var stopped = await host.Service.StopAsync(actor, started.Id, "enough", Cancel);

        Assert.Equal((ProjectStatus.Stopped, null), (stopped!.Status, stopped.Verdict));
        Assert.NotEmpty(stopped.Files);
        host.Ladder.Hold = null;
        await host.Service.ContinueAsync(actor, started.Id, Cancel);
        var project = await host.Service.RestAsync(actor, started.Id, Cancel);
        Assert.Equal((ProjectStatus.Delivered, Verdict.Verified), (project.Status, project.Verdict));
        Assert.Equal(2, project.RunIds.Count);
        Assert.Equal(1, project.History.Count(a => a.Kind == ArtifactKind.Module && a.Name == "core"));
    }

    private static IEnumerable<StepView> Steps(StepView step) => step.Steps.SelectMany(Steps).Prepend(step);
}
