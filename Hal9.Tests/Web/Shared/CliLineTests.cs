using Bunit;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Tests.Cli;
using Hal9.Tests.Support;
using Hal9.Web.Runs;
using Hal9.Web.Shared;
using Hal9.Web.Shared.Tables;

namespace Hal9.Tests.Web.Shared;

/// <summary>The lines that pages show are lines that the tool takes.</summary>
public sealed class CliLineTests : PartsContext
{
    public static TheoryData<string> Lines =>
    [
        new RunsQuery().ToCliLine()!,
        new RunsQuery(RunStatus.Failed, RunKind.Api, null, "-it's \"tea\" $(rm)").ToCliLine()!,
        CliLines.Run(Guid.CreateVersion7(), ended: false),
        CliLines.Run(Guid.CreateVersion7(), ended: true),
        CliLines.Cancel(Guid.CreateVersion7(), null, null),
        CliLines.Cancel(Guid.CreateVersion7(), Guid.CreateVersion7(), "too dear; stop"),
        CliLines.Conversation(Guid.CreateVersion7()),
        CliLines.Budget(),
        CliLines.Budgets(),
        CliLines.Statement(new DateOnly(2026, 11, 1)),
        CliLines.History(),
        CliLines.Costs("model", "day", TimeSpan.FromDays(30), default, default),
        CliLines.Costs("run", null, TimeSpan.FromMinutes(90), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1)),
        .. new[] { RunMode.Auto, RunMode.Quick, RunMode.Standard, RunMode.Deep }.Select(mode => CliLines.Chat(mode)),
        CliLines.Chat(RunMode.Auto, "open router/meta-llama/llama-3.1"),
    ];

    [Theory]
    [MemberData(nameof(Lines))]
    public void EveryLine_IsTakenByTheTool(string line)
    {
        var words = Words(line).ToList();

        Assert.Equal("hal9", words[0]);
        Assert.Empty(CommandLineTests.NewTool().Root.Parse([.. words.Skip(1)]).Errors.Select(error => error.Message));
    }

    [Fact]
    public void Text_ReachesTheToolAsItIs()
    {
        const string Text = "-it's \"tea\" $(rm)";

        Assert.Contains("--text=" + Text, Words(new RunsQuery(Text: Text).ToCliLine()!));
    }

    [Fact]
    public void ListThatTheToolCannotShow_HasNoLine()
    {
        Assert.Null(new RunsQuery(Mode: RunMode.Deep).ToCliLine());
        Assert.Null(new RunsQuery { Table = new TableQuery { Sort = "cost" } }.ToCliLine());
    }

    [Fact]
    public void CliLine_HasTheLineAndAButtonThatCopiesIt()
    {
        var shown = Render<CliLine>(p => p.Add(c => c.Line, "hal9 run list"));

        Assert.Equal("On the command line", shown.Find("summary").GetAttribute("aria-label"));
        Assert.Equal("hal9 run list", shown.Find(".code pre").TextContent);
        Assert.Equal("Copied", shown.Find("button[data-copy-code]").GetAttribute("data-copied"));
    }

    /// <summary>The words that a POSIX shell makes of a line.</summary>
    private static IEnumerable<string> Words(string line)
    {
        var word = new System.Text.StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '\'')
            {
                quoted = !quoted;
            }
            else if (line[i] == '\\' && !quoted)
            {
                word.Append(line[++i]);
            }
            else if (line[i] == ' ' && !quoted)
            {
                yield return word.ToString();
                word.Clear();
            }
            else
            {
                word.Append(line[i]);
            }
        }
        yield return word.ToString();
    }
}
