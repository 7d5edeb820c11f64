using Hal9.Engine;
using Hal9.Engine.Codegen;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Events;
using Hal9.Engine.Models.Offline.Projects;
using Hal9.Engine.Runs;

namespace Hal9.Tests.Engine.Codegen;

/// <summary>The way of a project, with the offline model and the ladder's double.</summary>
[Collection(CodegenCollection.Name)]
public sealed class PipelineTests(CodegenHost host)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, ProjectKind> Scenarios => new(ProjectLibrary.All.Select(project => (project.Title, ProjectWords.KindOf(project.Kinds[0])!.Value)));

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Project_OfAScenario_GoesRedThenGreen(string brief, ProjectKind kind)
    {
        var (_, project) = await host.FinishAsync(brief, kind);

        Assert.Equal((ProjectStatus.Delivered, Verdict.Verified, null), (project.Status, project.Verdict, project.Reason));
        Assert.Equal(ProjectPhase.Deliver, project.Phase);
        var attempt = Assert.Single(project.Attempts);
        Assert.True(attempt.Accepted);
        Assert.NotEmpty(attempt.Before);
        Assert.Empty(attempt.After);
        Assert.All(project.Criteria, c => Assert.Equal(CriterionStatus.Proven, c.Status));
        Assert.Equal(Provenance.Offline, project.Provenance);
        Assert.True(project.HasProof);
    }

    [Fact]
    public async Task Run_OfAProject_ShowsItsNeuronsAndFeedback()
    {
        var (actor, project) = await host.FinishAsync(CodegenHost.Todo);

        var run = await host.Engine.Runs.FindAsync(actor, project.RunId!.Value, Cancel);

        Assert.Equal((RunKind.Codegen, RunStatus.Succeeded), (run!.Kind, run.Status));
        Assert.Equal(
            [("1", Layer.L4), ("1.1", Layer.L3), ("1.2", Layer.L3), ("1.2.1", Layer.L2), ("1.2.2", Layer.L2), ("1.2.r1", Layer.L2), ("1.3", Layer.L3)],
            Steps(run.Root!).Select(step => (step.Path, step.Layer)).Order());
        Assert.All(Steps(run.Root!), step => Assert.Equal(StepStatus.Succeeded, step.Status));
        // Whoever wrote the tests and reviews is another neuron than whoever designs.
        Assert.NotEqual(Steps(run.Root!).Single(step => step.Path == "1.1").Neuron, Steps(run.Root!).Single(step => step.Path == "1.2").Neuron);
        var events = await host.Engine.Runs.WatchAsync(actor, run.Id, 0, Cancel).ToListAsync(Cancel);
        var feedback = events.OfType<SignalSent>().Where(signal => signal.Kind == SignalKind.Feedback).Select(signal => signal.Accepted).ToList();
        Assert.Equal([false, true, true], feedback.Order());
    }

    [Fact]
    public async Task Tests_AreSealedBeforeAnythingIsWritten_AndHeldOutOnesAreShownToNoAuthor()
    {
        var (actor, project) = await host.FinishAsync(CodegenHost.Todo);

        var sealedAt = project.History.Single(a => a.Kind == ArtifactKind.Acceptance).At;
        Assert.All(project.History.Where(a => a.Kind is ArtifactKind.Module or ArtifactKind.Tree), a => Assert.True(a.At >= sealedAt));
        var heldOut = (await host.Service.FilesAsync(actor, project.Id, null, Cancel))!.Where(file => file.Role == FileRole.HeldOutTest).ToList();
        Assert.Equal(2, heldOut.Count);
        var run = await host.Engine.Runs.FindAsync(actor, project.RunId!.Value, Cancel);
        foreach (var call in Steps(run!.Root!).Where(step => step.Path.StartsWith("1.2", StringComparison.Ordinal)).SelectMany(step => step.ModelCalls))
        {
            var detail = await host.Engine.Runs.FindCallAsync(actor, run.Id, call.Id, Cancel);
            Assert.All(heldOut, test => Assert.DoesNotContain(detail!.Prompt, part => part.Text.Contains(Path.GetFileNameWithoutExtension(test.Path), StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Manual_Project_WaitsForAnswersApprovalAndReview()
    {
        var (actor, project) = await host.FinishAsync(CodegenHost.Todo, approval: ProjectApproval.Manual);
        Assert.Equal((ProjectStatus.WaitingForAnswers, ProjectPhase.Intake), (project.Status, project.Phase));
        Assert.Equal(["name"], project.Questions.Select(question => question.Id));

        await host.Service.AnswerAsync(actor, project.Id, new Dictionary<string, string> { ["name"] = "Chores" }, Cancel);
        project = await host.Service.RestAsync(actor, project.Id, Cancel);
        Assert.Equal((ProjectStatus.WaitingForApproval, "Chores"), (project.Status, project.Title));
        Assert.Empty(project.Files);

        await host.Service.ApproveAsync(actor, project.Id, Cancel);
        project = await host.Service.RestAsync(actor, project.Id, Cancel);
        Assert.Equal((ProjectStatus.WaitingForReview, Verdict.Verified), (project.Status, project.Verdict));

        project = (await host.Service.ApproveAsync(actor, project.Id, Cancel))!;
        Assert.Equal(ProjectStatus.Delivered, project.Status);
        Assert.Equal(3, project.RunIds.Count);
        await Assert.ThrowsAsync<ProjectNotReady>(() => host.Service.ApproveAsync(actor, project.Id, Cancel));
    }

    [Fact]
    public async Task Edit_OfADesign_MakesOnlyWhatDependsOnItAgain()
    {
        var (actor, project) = await host.FinishAsync(CodegenHost.Todo);
        var design = new Design([.. project.Modules.Select(module => module.Id == "cli" ? module with { Responsibility = "Reads lines and answers them." } : module)]);

        Assert.True(await host.Service.EditAsync(actor, project.Id, ArtifactKind.Design, System.Text.Json.JsonSerializer.Serialize(design, System.Text.Json.JsonSerializerOptions.Web), Cancel));
        await host.Service.ContinueAsync(actor, project.Id, Cancel);
        var after = await host.Service.RestAsync(actor, project.Id, Cancel);

        Assert.Equal(ProjectStatus.Delivered, after.Status);
        int VersionsOf(ArtifactKind kind, string name = "") => after.History.Count(a => a.Kind == kind && a.Name == name);
        Assert.Equal((1, 1, 1, 2, 1, 2), (VersionsOf(ArtifactKind.Intake), VersionsOf(ArtifactKind.Spec), VersionsOf(ArtifactKind.Acceptance), VersionsOf(ArtifactKind.Design), VersionsOf(ArtifactKind.Module, "core"), VersionsOf(ArtifactKind.Module, "cli")));
    }

    [Fact]
    public async Task Edit_OfAFile_IsVerifiedAgainAndASealedTestIsRefused()
    {
        var (actor, project) = await host.FinishAsync(CodegenHost.Todo);
        var files = (await host.Service.FilesAsync(actor, project.Id, null, Cancel))!;
        var source = files.Single(file => file.Path == "src/TodoList.cs");

        await Assert.ThrowsAsync<ArgumentException>(() => host.Service.EditFileAsync(actor, project.Id, files.First(file => file.Role == FileRole.VisibleTest).Path, "x", Cancel));
        Assert.True(await host.Service.EditFileAsync(actor, project.Id, source.Path, source.Content + "\n// By hand.\n", Cancel));
        await host.Service.ContinueAsync(actor, project.Id, Cancel);
        var after = await host.Service.RestAsync(actor, project.Id, Cancel);

        Assert.Equal((ProjectStatus.Delivered, Verdict.Verified), (after.Status, after.Verdict));
        Assert.EndsWith("// By hand.\n", (await host.Service.FilesAsync(actor, project.Id, null, Cancel))!.Single(file => file.Path == source.Path).Content, StringComparison.Ordinal);
        Assert.Equal(1, after.History.Count(a => a.Kind == ArtifactKind.Module && a.Name == "core"));
    }

    [Fact]
    public async Task Request_OutsideTheScripts_IsRefusedWithWhatCanBeDone()
    {
        var (_, project) = await host.FinishAsync("A spreadsheet with formulas and charts");

        Assert.Equal((ProjectStatus.Failed, null), (project.Status, project.Verdict));
        Assert.Contains("The scripted model cannot do this", project.Reason, StringComparison.Ordinal);
        Assert.Contains("Connect a model", project.Reason, StringComparison.Ordinal);
        Assert.Empty(project.Files);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    public async Task Project_WithAFaultOfTheLibrary_IsVerifiedAllTheSame(int seed)
    {
        var (actor, project) = await host.FinishAsync($"{CodegenHost.Todo} [fault seed {seed}]");

        Assert.Equal((ProjectStatus.Delivered, Verdict.Verified), (project.Status, project.Verdict));
        var tests = (await host.Service.FilesAsync(actor, project.Id, null, Cancel))!.Where(file => file.Role == FileRole.UnitTest).ToList();
        Assert.Equal(6, tests.Sum(test => test.Content.Split("[Fact]").Length + test.Content.Split("[Theory]").Length - 2));
        Assert.All(project.Attempts, attempt => Assert.InRange(attempt.Number, 1, 3));
        if (seed == 7)
        {
            Assert.False(project.Attempts[0].Accepted);
            Assert.Contains("unit tests where there were", project.Attempts[0].Judgement, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Change_ThatTheScriptDoesNotKnow_LeavesTheResultAndSaysSo()
    {
        var (actor, project) = await host.FinishAsync(CodegenHost.Todo);

        await host.Service.ChangeAsync(actor, project.Id, "Add due dates", Cancel);
        var after = await host.Service.RestAsync(actor, project.Id, Cancel);

        Assert.Equal((ProjectStatus.Delivered, Verdict.Verified), (after.Status, after.Verdict));
        Assert.Contains(after.Attempts, attempt => !attempt.Accepted && attempt.Judgement.Contains("cannot do this", StringComparison.Ordinal));
    }

    private static IEnumerable<StepView> Steps(StepView step) => step.Steps.SelectMany(Steps).Prepend(step);
}
