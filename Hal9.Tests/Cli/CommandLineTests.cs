using System.CommandLine;
using Hal9.Cli;
using Hal9.Tests.Support;

namespace Hal9.Tests.Cli;

/// <summary>What the tool makes of a command line, without a console.</summary>
public sealed class CommandLineTests
{
    private const string Marker = "<!-- From here on written by the tests from the tool's own commands. -->\n";

    [Theory]
    [InlineData("run")]
    [InlineData("nonsense")]
    [InlineData("run get")]
    [InlineData("run get 17")]
    [InlineData("run start --mode profound goal")]
    [InlineData("models --output xml")]
    [InlineData("budget set --period month")]
    [InlineData("budget set --limit-usd 5")]
    [InlineData("cost --last 3x")]
    [InlineData("cost --last 7d --from 2026-01-01")]
    [InlineData("completion tcsh")]
    [InlineData("chat")]
    [InlineData("chat hello --output csv")]
    [InlineData("run start")]
    [InlineData("models --url ftp://example.org")]
    [InlineData("login --email me@example.org")]
    public async Task WrongLine_IsExplainedOnErrorAndExitsWith2(string line)
    {
        using var tool = new CliTool();

        var result = await tool.RunAsync(line.Split(' '));

        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Out);
    }

    [Fact]
    public async Task NotSignedIn_ExitsWith3AndSaysHow()
    {
        using var tool = new CliTool();

        var result = await tool.RunAsync("models");

        Assert.Equal(ExitCode.Denied, result.Code);
        Assert.Contains("hal9 login", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NobodyListening_ExitsWith6()
    {
        using var tool = new CliTool { Wire = () => new CannedWire(_ => Task.FromException<HttpResponseMessage>(new HttpRequestException("Connection refused"))) };

        var result = await tool.RunAsync("models", "--key", "hal9_x");

        Assert.Equal(ExitCode.Unreachable, result.Code);
        Assert.Contains("Connection refused", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Out);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"items":7}""")]
    [InlineData("[]")]
    [InlineData("<html>")]
    public async Task AnswerOfSomethingElse_ExitsWith1AndSaysSo(string body)
    {
        using var tool = new CliTool { Wire = () => new CannedWire(_ => CannedWire.Of(body)) };

        var result = await tool.RunAsync("models", "--key", "hal9_x");

        Assert.Equal((ExitCode.Failed, ""), (result.Code, result.Out));
        Assert.Contains("HAL9 Console", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(429, """{"error":{"message":"m","type":"insufficient_quota","code":"insufficient_quota"}}""", ExitCode.Budget)]
    [InlineData(429, """{"type":"/api/problems/budget-refused","title":"t"}""", ExitCode.Budget)]
    [InlineData(429, """{"type":"/api/problems/rate-limited","title":"t"}""", ExitCode.Failed)]
    [InlineData(503, """{"type":"/api/problems/unavailable","title":"t"}""", ExitCode.Unreachable)]
    [InlineData(503, """{"error":{"message":"m","type":"server_error","code":"provider_unavailable"}}""", ExitCode.Failed)]
    [InlineData(502, "Bad gateway", ExitCode.Unreachable)]
    [InlineData(302, "", ExitCode.Unreachable)]
    [InlineData(403, """{"title":"Not allowed."}""", ExitCode.Denied)]
    [InlineData(500, """{"title":"Something went wrong here."}""", ExitCode.Failed)]
    public async Task Refusal_HasItsExitCode(int status, string body, int code)
    {
        using var tool = new CliTool { Wire = () => new CannedWire(_ => CannedWire.Of(body, (System.Net.HttpStatusCode)status)) };

        var result = await tool.RunAsync("models", "--key", "hal9_x");

        Assert.Equal((code, ""), (result.Code, result.Out));
        Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartThatBreaksOnTheWay_IsAskedForAgainUnderTheSameKey()
    {
        CannedWire? wire = null;
        wire = new CannedWire(_ => wire!.Requests.Count == 1
            ? Task.FromException<HttpResponseMessage>(new HttpRequestException("The connection was reset."))
            : Task.FromResult(CannedWire.Of("""{"id":"01a205f8-42f9-7b0f-aacf-40bcb419d8b2"}""", System.Net.HttpStatusCode.Accepted)));
        using var tool = new CliTool { Wire = () => wire };

        var result = await tool.RunAsync("run", "start", "a goal", "--detach", "--key", "hal9_x");

        Assert.Equal((ExitCode.Ok, "01a205f8-42f9-7b0f-aacf-40bcb419d8b2"), (result.Code, result.Out.Trim()));
        Assert.Equal(2, wire.Requests.Count);
        Assert.Single(wire.Requests.Select(request => request.Headers.GetValues("Idempotency-Key").Single()).Distinct());
    }

    [Fact]
    public async Task Alone_ShowsItsCommands()
    {
        using var tool = new CliTool();

        var result = await tool.RunAsync();

        Assert.Equal(ExitCode.Ok, result.Code);
        Assert.Contains("completion", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run ", "watch")]
    [InlineData("budget set --period ", "month")]
    [InlineData("models --output ", "csv")]
    public async Task Suggestions_AreWhatFits(string typed, string expected)
    {
        using var tool = new CliTool();

        var result = await tool.RunAsync($"[suggest:{typed.Length}]", typed);

        Assert.Contains(expected, result.Out.Split('\n').Select(line => line.Trim()));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public async Task Completion_AsksTheToolItself(string shell)
    {
        using var tool = new CliTool();

        var result = await tool.RunAsync("completion", shell);

        Assert.Equal(ExitCode.Ok, result.Code);
        Assert.Contains("[suggest:", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryCommandAndOption_IsDescribed()
    {
        using var tool = new CliTool();
        var nameless = All(NewTool().Root)
            .SelectMany(command => command.Options.Cast<Symbol>().Concat(command.Arguments).Append(command))
            .Where(symbol => string.IsNullOrWhiteSpace(symbol.Description));

        Assert.Empty(nameless.Select(symbol => symbol.Name));
    }

    // After a wanted change: HAL9_WRITE_SNAPSHOTS=1 writes the document anew, and the diff is reviewed.
    [Fact]
    public async Task Document_SaysWhatTheToolSays()
    {
        var file = Path.Combine(Hal9Settings.RepositoryRoot, "docs", "cli.md");
        var text = (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n");
        var written = CommandDocument.Write(NewTool().Root);
        if (Environment.GetEnvironmentVariable("HAL9_WRITE_SNAPSHOTS") == "1")
        {
            text = text.Split(Marker)[0] + Marker + "\n" + written;
            await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
        }

        Assert.Equal(written, text.Split(Marker)[1].TrimStart('\n'));
    }

    internal static Tool NewTool() => new(new Surroundings { In = TextReader.Null, Out = TextWriter.Null, Error = TextWriter.Null, Folder = Path.GetTempPath() });

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);
}
