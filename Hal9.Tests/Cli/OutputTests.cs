using System.Text.Json;
using Hal9.Cli;
using Hal9.Cli.Output;
using Hal9.Tests.Support;

namespace Hal9.Tests.Cli;

/// <summary>What is written, and what is kept out of it.</summary>
public sealed class OutputTests
{
    private const string Keys = """{"items":[{"id":"k1","name":"=HYPERLINK(\"http://evil\")","scopes":["runs","metrics"],"createdAt":"2026-11-22T10:00:00.000Z","lastUsedAt":"2026-11-23T09:00:00.000Z"}],"next":"c2"}""";

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"x\"", "\"say \"\"x\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+cmd", "'+cmd")]
    [InlineData("@sum", "'@sum")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("\tx", "'\tx")]
    [InlineData("-12.5", "-12.5")]
    [InlineData("-", "'-")]
    public void CsvCell_IsQuotedAndNeverAFormula(string value, string expected) => Assert.Equal(expected, Csv.Cell(value));

    [Fact]
    public void Terminal_GetsNoControlCharacters()
    {
        Assert.Equal("a\uFFFD[31mb\n\tc", Plain.Text("a\u001b[31mb\n\tc"));
        Assert.Equal("a\uFFFD b c", Plain.Line("a\u009b\nb\tc"));
        Assert.Equal("unchanged ✓", Plain.Text("unchanged ✓"));
    }

    [Fact]
    public async Task Json_IsTheConsolesOwnAnswer()
    {
        var result = await AskAsync("json");

        Assert.Equal(Keys + Environment.NewLine, result.Out);
    }

    [Fact]
    public async Task Csv_HasTheConsolesNamesAndValues()
    {
        var result = await AskAsync("csv");

        var lines = result.Out.Split('\n');
        Assert.Equal("id,name,prefix,scopes,createdAt,expiresAt,revokedAt,lastUsedAt", lines[0]);
        Assert.Equal("k1,\"'=HYPERLINK(\"\"http://evil\"\")\",,runs metrics,2026-11-22T10:00:00.000Z,,,2026-11-23T09:00:00.000Z", lines[1]);
        Assert.Contains("--after c2", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Table_ForAPipe_IsNeitherColouredNorCut()
    {
        var result = await AskAsync("table");

        Assert.DoesNotContain('\u001b', result.Out);
        Assert.Contains("=HYPERLINK(\"http://evil\")", result.Out, StringComparison.Ordinal);
        Assert.Contains("2026-11-23", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quiet_SaysNothingBesideTheData()
    {
        var result = await AskAsync("csv", "--quiet");

        Assert.Empty(result.Error);
    }

    [Fact]
    public void Tree_TellsStateByWordAndSign()
    {
        var tree = new RunTree();
        string?[] lines =
        [
            tree.Apply(Json("""{"type":"RunTriaged","entry":"L3","mode":"standard","reasons":[]}""")),
            tree.Apply(Json("""{"type":"StepStarted","stepId":"a","parentId":null,"layer":"L3","neuron":"designer","goal":"Plan [it]"}""")),
            tree.Apply(Json("""{"type":"StepStarted","stepId":"b","parentId":"a","layer":"L2","neuron":"worker","goal":"Do it"}""")),
            tree.Apply(Json("""{"type":"ModelCallStarted","stepId":"b","provider":"p","model":"m"}""")),
        ];
        using var output = new StringWriter();
        var printer = new Printer(new Surroundings { In = TextReader.Null, Out = output, Error = output, Folder = "" }, OutputFormat.Table, noColor: true);

        printer.Write(tree.Render());
        tree.Apply(Json("""{"type":"ModelCallEnded","stepId":"b","status":"succeeded","inputTokens":1000,"outputTokens":234,"attempt":1}"""));
        tree.Apply(Json("""{"type":"StepEnded","stepId":"b","status":"failed","costUsd":"0.001"}"""));
        printer.Write(tree.Render());

        Assert.Equal(["triage: standard, enters at L3", "L3 designer: Plan [it]", "L2 worker: Do it", null], lines);
        var text = output.ToString();
        Assert.Contains("… L3 designer Plan [it]", text, StringComparison.Ordinal);
        Assert.Contains("… L2 worker Do it asks p/m", text, StringComparison.Ordinal);
        Assert.Contains("✗ L2 worker Do it 1 call, 1,234 tokens, $0.001", text, StringComparison.Ordinal);
    }

    private static async Task<CliResult> AskAsync(string format, params string[] more)
    {
        using var tool = new CliTool { Wire = () => new CannedWire(_ => CannedWire.Of(Keys)) };
        var result = await tool.RunAsync(["key", "list", "--key", "hal9_x", "--output", format, .. more]);
        Assert.Equal(ExitCode.Ok, result.Code);
        return result;
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
