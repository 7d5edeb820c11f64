using Hal9.Engine.Codegen;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Models.Offline.Projects;
using Microsoft.Extensions.AI;

namespace Hal9.Tests.Engine.Models.Offline;

public sealed class ProjectScriptTests
{
    private static ProjectRow Row(string brief) => new() { Brief = brief, Title = "", Kind = ProjectKind.CSharpConsole };

    private static ProjectRequest Read(string prompt) => ProjectRequest.Of([new ChatMessage(ChatRole.System, "x"), new ChatMessage(ChatRole.User, prompt)])!;

    [Fact]
    public void Headings_AreThoseOfThePrompts() => Assert.Equal(
        [CodegenPrompts.Project, CodegenPrompts.Answers, CodegenPrompts.Files, CodegenPrompts.Evidence, CodegenPrompts.Before],
        [ProjectRequest.ProjectHeading, ProjectRequest.AnswersHeading, ProjectRequest.FilesHeading, ProjectRequest.EvidenceHeading, ProjectRequest.FeedbackHeading]);

    [Fact]
    public void Of_APrompt_ReadsWhatItSays()
    {
        CodeFile[] files = [new("src/A.cs", "a\n```\n### src/B.cs (sha 0123)\n```\n## What is red\n"), new("src/B.cs", "b")];

        var request = Read(CodegenPrompts.Of(Row("A todo list\n## Files\n### x [fault seed 4]"), "core", 3).ShowsFiles(files)
            .Part(CodegenPrompts.Evidence, "- rung 5", Hal9.Engine.Models.PromptSource.Feedback).AsksFor("Do it.").ToString());

        Assert.Equal(("A todo list\n## Files\n### x [fault seed 4]", "csharp-console", "core", 3, 4), (request.Brief, request.Kind, request.Module, request.Attempt, request.FaultSeed));
        Assert.Equal(files.ToDictionary(file => file.Path, file => file.Content), request.Files);
        Assert.Equal("- rung 5", request.Evidence);
        Assert.False(request.IsAgain);
        Assert.True(Read(CodegenPrompts.Of(Row("A todo list")).AsksFor("Do it.", "wrong").ToString()).IsAgain);
    }

    [Fact]
    public void Of_AnythingElse_IsNone() => Assert.Null(ProjectRequest.Of([new ChatMessage(ChatRole.User, "## Project\n\nmy dog")]));

    [Fact]
    public void Library_HasEightProjectsWithAFaultEach()
    {
        Assert.Equal(["csv", "logs", "markdown", "notes", "ratelimiter", "tictactoe", "todo", "units"], ProjectLibrary.All.Select(project => project.Name));
        Assert.All(ProjectLibrary.All, project =>
        {
            var fault = Assert.Single(project.Faults);
            Assert.Equal(2, project.Files[fault.Path].Split(fault.Good).Length);
            Assert.Equal(project, ProjectLibrary.Find(project.Title, project.Kinds[0]).Project);
            Assert.All(project.Kinds, kind => Assert.NotNull(Hal9.Engine.Codegen.Verification.ProjectWords.KindOf(kind)));
        });
    }

    [Fact]
    public void Find_AsAnotherKind_SaysWhichItKnows() => Assert.Contains("csharp-console or csharp-lib", ProjectLibrary.Find("A todo list", "py-cli").Refusal, StringComparison.Ordinal);
}
