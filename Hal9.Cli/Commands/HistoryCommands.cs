using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Hal9.Cli.Api;
using Hal9.Cli.Output;

namespace Hal9.Cli.Commands;

/// <summary>One's own conversations.</summary>
internal static class HistoryCommands
{
    private static readonly Column[] Lines = [new("id", "Conversation"), new("updatedAt", "Last used", Show.Time), new("costUsd", "Cost", Show.Money), new("title", "Title", Show.Short)];

    private static readonly Column[] Messages =
    [
        new("id", "Message"), new("createdAt", "At", Show.Time), new("role", "Who"), new("status", "Status"), new("provenance", "Provenance"), new("costUsd", "Cost", Show.Money),
        new("runId", "Run"), new("content", "Text", Show.Short),
    ];

    public static Command Make(Tool tool) => new Command("history", "Conversations: list, read, take away.").With(List(tool), Read(tool), Export(tool));

    private static Command List(Tool tool)
    {
        var limit = Parts.Limit();
        var after = Parts.After();
        return tool.Does(new Command("list", "Your conversations, last used first.").With(limit, after), async (call, result, cancellationToken) =>
        {
            var page = await call.Console.GetAsync(
                Address.Of("api/v1/conversations", ("limit", result.GetValue(limit)?.ToString(CultureInfo.InvariantCulture)), ("after", result.GetValue(after))), cancellationToken);
            await call.Printer.ListAsync(page, Lines, "There are no conversations.");
            await call.NoteMoreAsync(page);
            return ExitCode.Ok;
        });
    }

    private static Command Read(Tool tool)
    {
        var id = Parts.Id("The conversation.");
        var leaf = new Option<Guid?>("--leaf") { Description = "The branch through this message, instead of the one last shown.", HelpName = "id" };
        return tool.Does(new Command("show", "The messages of a conversation, oldest first.").With(id, leaf), async (call, result, cancellationToken) =>
        {
            var messages = await MessagesAsync(call, result.GetValue(id), result.GetValue(leaf), cancellationToken);
            if (call.Printer.Format != OutputFormat.Table)
            {
                await call.Printer.ListAsync(messages, Messages, "");
                return ExitCode.Ok;
            }
            await call.Around.Out.WriteAsync(Plain.Text(ToMarkdown(messages.Root)));
            return ExitCode.Ok;
        });
    }

    private static Command Export(Tool tool)
    {
        var id = Parts.Id("The conversation.");
        var format = new Option<string>("--format") { Description = "md or json.", HelpName = "format", DefaultValueFactory = _ => "md" };
        format.AcceptOnlyFromAmong("md", "json");
        return tool.Does(new Command("export", "A conversation as Markdown or JSON, to standard output.").With(id, format), async (call, result, cancellationToken) =>
        {
            var conversation = await call.Console.GetAsync($"api/v1/conversations/{result.GetValue(id)}", cancellationToken);
            var messages = await MessagesAsync(call, result.GetValue(id), null, cancellationToken);
            if (result.GetValue(format) == "json" || call.Printer.Format == OutputFormat.Json)
            {
                await call.Around.Out.WriteLineAsync($$"""{"conversation":{{conversation.Body}},"messages":{{messages.Body}}}""");
            }
            else
            {
                await call.Around.Out.WriteAsync($"# {Plain.Line(conversation.Root.GetProperty("title").GetString()!)}\n\n{ToMarkdown(messages.Root)}");
            }
            return ExitCode.Ok;
        });
    }

    private static Task<Reply> MessagesAsync(Call call, Guid id, Guid? leaf, CancellationToken cancellationToken) =>
        call.Console.GetAsync(Address.Of($"api/v1/conversations/{id}/messages", ("leaf", leaf?.ToString())), cancellationToken);

    private static string ToMarkdown(JsonElement list)
    {
        var text = new StringBuilder();
        foreach (var message in list.GetProperty("items").EnumerateArray())
        {
            var isAnswer = message.GetProperty("role").GetString() == "assistant";
            text.Append("## ").Append(isAnswer ? "HAL9" : "You").Append(", ").Append(message.GetProperty("createdAt").GetString());
            if (isAnswer)
            {
                text.Append(", ").Append(message.GetProperty("status").GetString());
                if (message.GetProperty("provenance").GetString() is { } provenance)
                {
                    text.Append(", ").Append(provenance).Append(", $").Append(message.GetProperty("costUsd").GetString());
                }
            }
            text.Append("\n\n");
            foreach (var part in (string?[])[message.GetProperty("content").GetString(), message.GetProperty("error").GetString()])
            {
                if (!string.IsNullOrEmpty(part))
                {
                    text.Append(part).Append("\n\n");
                }
            }
        }
        return text.ToString();
    }
}
