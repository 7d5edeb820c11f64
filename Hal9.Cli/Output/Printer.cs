using System.Text.Json;
using Hal9.Cli.Api;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Hal9.Cli.Output;

/// <summary>Writes data to standard output in the format asked for.</summary>
internal sealed class Printer(Surroundings around, OutputFormat format, bool noColor)
{
    /// <summary>Where nobody looks, nothing is cut or wrapped.</summary>
    private const int EndlessWidth = 4096;

    public OutputFormat Format => format;

    /// <summary>The items of a list.</summary>
    /// <param name="reply">The console's answer; written as it came for JSON.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="whenEmpty">What to say when there is nothing.</param>
    public async Task ListAsync(Reply reply, IReadOnlyList<Column> columns, string whenEmpty)
    {
        if (format == OutputFormat.Json)
        {
            await around.Out.WriteLineAsync(reply.Body);
            return;
        }
        IReadOnlyList<JsonElement> items = [.. reply.Root.GetProperty("items").EnumerateArray()];
        await RowsAsync(items, columns, whenEmpty);
    }

    /// <summary>One thing.</summary>
    public async Task OneAsync(Reply reply, IReadOnlyList<Column> columns)
    {
        switch (format)
        {
            case OutputFormat.Json:
                await around.Out.WriteLineAsync(reply.Body);
                break;
            case OutputFormat.Csv:
                await CsvAsync([reply.Root], columns);
                break;
            default:
                var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
                foreach (var column in columns)
                {
                    if (column.Shown(reply.Root, around.Time.LocalTimeZone) is { Length: > 0 } value)
                    {
                        grid.AddRow(new Text(column.Title, new Style(decoration: Decoration.Dim)), new Text(value));
                    }
                }
                Write(grid);
                break;
        }
    }

    /// <summary>Rows that the tool itself made.</summary>
    public async Task RowsAsync(IReadOnlyList<JsonElement> items, IReadOnlyList<Column> columns, string whenEmpty)
    {
        switch (format)
        {
            case OutputFormat.Json:
                await around.Out.WriteLineAsync(JsonSerializer.Serialize(items));
                break;
            case OutputFormat.Csv:
                await CsvAsync(items, columns);
                break;
            default:
                if (items.Count == 0)
                {
                    await around.Error.WriteLineAsync(whenEmpty);
                    break;
                }
                var table = new Table().Border(TableBorder.Simple);
                IReadOnlyList<Column> shown = [.. columns.Where(column => !column.IsExtra)];
                foreach (var column in shown)
                {
                    table.AddColumn(new TableColumn(new Text(column.Title)) { Alignment = column.IsRight ? Justify.Right : Justify.Left, NoWrap = column.IsWhole || !around.OutputIsTerminal });
                }
                foreach (var item in items)
                {
                    table.AddRow(shown.Select(column => new Text(column.Shown(item, around.Time.LocalTimeZone))));
                }
                Write(table);
                break;
        }
    }

    /// <summary>Something for people.</summary>
    public void Write(IRenderable what) => Open(around.Out, around.OutputIsTerminal).Write(what);

    /// <summary>A console on a writer: colours and movement only where somebody looks.</summary>
    public IAnsiConsole Open(TextWriter writer, bool isTerminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = isTerminal && !noColor ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Yes : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        if (!isTerminal)
        {
            console.Profile.Width = EndlessWidth;
        }
        return console;
    }

    private async Task CsvAsync(IEnumerable<JsonElement> items, IReadOnlyList<Column> columns)
    {
        await around.Out.WriteAsync(Csv.Row(columns.Select(column => column.Path)) + "\n");
        foreach (var item in items)
        {
            await around.Out.WriteAsync(Csv.Row(columns.Select(column => column.Raw(item))) + "\n");
        }
    }
}
