using Bunit;
using Hal9.Engine;
using Hal9.Engine.Codegen;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Events;
using Hal9.Engine.Sandbox;
using Hal9.Tests.Support;
using Hal9.Web.Codegen;

namespace Hal9.Tests.Web.Codegen;

public sealed class ProjectPartsTests : PartsContext
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    private static ProjectView Project(ProjectPhase phase, ProjectStatus status) => new(
        Guid.NewGuid(), "Todo list", "A todo list", ProjectKind.CSharpConsole, ProjectApproval.Auto, phase, status, null, null, Guid.NewGuid(), null, [], Usd.Zero, Usd.FromAmount(2), Provenance.Offline, Noon, Noon);

    private static RepairAttempt Attempt(bool accepted) => new(1, Layer.L2, "An id comes back.", accepted, "Because.", ["a", "b"], [], ["src/A.cs"], 8);

    [Theory]
    [InlineData(ProjectPhase.Design, ProjectStatus.Working, "done done done working open open open open open")]
    [InlineData(ProjectPhase.Spec, ProjectStatus.WaitingForApproval, "done waiting open open open open open open open")]
    [InlineData(ProjectPhase.Integrate, ProjectStatus.Stopped, "done done done done done ended open open open")]
    [InlineData(ProjectPhase.Deliver, ProjectStatus.Delivered, "done done done done done done skipped done done")]
    public void PhaseBar_ShowsWhereTheProjectReallyIs(ProjectPhase phase, ProjectStatus status, string states)
    {
        var bar = Render<PhaseBar>(p => p.Add(b => b.Project, Project(phase, status)));

        Assert.Equal(states.Split(' '), bar.FindAll("li").Select(item => item.ClassName!.Split("phase-")[1]));
        Assert.Equal("step", bar.FindAll("li")[(int)phase].GetAttribute("aria-current"));
    }

    [Fact]
    public void PhaseBar_WithARepair_ShowsItAsDone()
    {
        var bar = Render<PhaseBar>(p => p.Add(b => b.Project, Project(ProjectPhase.Deliver, ProjectStatus.Delivered) with { Attempts = [Attempt(true)] }));

        Assert.DoesNotContain(bar.FindAll("li"), item => item.ClassName!.Contains("skipped", StringComparison.Ordinal));
    }

    [Fact]
    public void Attempts_SayWhatWasKeptAndWhatWasUndone()
    {
        var list = Render<AttemptList>(p => p.Add(l => l.Attempts, [Attempt(false), Attempt(true)]));

        Assert.Equal(["Undone", "Accepted"], list.FindAll(".attempt-head .chip").Select(chip => chip.TextContent.Trim()));
        Assert.Contains("2 things were red", list.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Checks_LinkEachFailureToItsLineAndNameTheRungs()
    {
        var failure = new RungFailure(2, "CS0103", "The name 'x' does not exist.", "src/A.cs", 7);
        var report = new VerificationReport(
            [new RungResult(0, "text", RungOutcome.Green, null, "in process", null, TimeSpan.FromMilliseconds(3), "", [], []), new RungResult(2, "compile", RungOutcome.Red, "1 error", "in process", null, TimeSpan.FromMilliseconds(9), "", [failure], [])],
            null, null, 2, new SuiteSize(3, 9, 0), SandboxLevel.Full, new Dictionary<string, string> { ["dotnet"] = "10.0.100" }, Verdict.Draft, "It does not compile.");
        var project = Project(ProjectPhase.Repair, ProjectStatus.Working) with { Report = report };

        var checks = Render<ChecksView>(p => p.Add(c => c.Project, project));

        Assert.Equal(["Green", "Red"], checks.FindAll(".rung > .chip").Select(chip => chip.TextContent.Trim()));
        Assert.EndsWith("file=src%2FA.cs#L7", checks.Find(".code-problems a").GetAttribute("href"), StringComparison.Ordinal);
        Assert.Equal("Draft", checks.Find(".verdict").TextContent.Trim());
        Assert.Contains("It does not compile.", checks.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Code_MarksTheLinesOfItsProblems_AndShowsMarkupAsText()
    {
        var code = Render<CodeView>(p => p.Add(c => c.Path, "src/A.cs").Add(c => c.Text, "var a = \"<b>\";\nvar b = 2;\n").Add(c => c.Problems, [new RungFailure(2, "CS1", "Wrong.", "src/A.cs", 2)]));

        Assert.Equal(2, code.FindAll(".code-gutter span").Count);
        Assert.Equal("L2", code.Find(".gutter-red").Id);
        Assert.Empty(code.FindAll(".code-text b"));
        Assert.Contains("\"<b>\"", code.Find(".code-text").TextContent, StringComparison.Ordinal);
    }
}
