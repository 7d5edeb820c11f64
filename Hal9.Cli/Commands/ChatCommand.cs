using System.CommandLine;
using System.Text.Json.Nodes;
using Hal9.Cli.Api;
using Hal9.Cli.Output;

namespace Hal9.Cli.Commands;

/// <summary>Asking, once or in a conversation.</summary>
internal static class ChatCommand
{
    public static Command Make(Tool tool)
    {
        var message = new Argument<string[]>("message") { Description = "What to ask; with a pipe, what stands in the pipe follows it. Without either, a conversation begins.", HelpName = "message", Arity = ArgumentArity.ZeroOrMore };
        var model = new Option<string>("--model", "-m") { Description = "hal9/auto, hal9/quick, hal9/standard, hal9/deep, or <provider>/<model>.", HelpName = "model", DefaultValueFactory = _ => "hal9/auto" };
        model.CompletionSources.Add("hal9/auto", "hal9/quick", "hal9/standard", "hal9/deep");
        var command = new Command("chat", "Ask and watch the answer come. Ctrl+C stops the answer; in a conversation, not the tool.").With(message, model);
        return tool.Does(command, async (call, result, cancellationToken) =>
        {
            if (call.Printer.Format == OutputFormat.Csv)
            {
                throw ToolFailure.Usage("An answer is no table.", "Use --output json, or leave it out.");
            }
            var words = string.Join(' ', result.GetValue(message) ?? []);
            var piped = call.Around.InputIsTerminal ? "" : (await call.Around.In.ReadToEndAsync(cancellationToken)).Trim();
            var question = words.Length > 0 && piped.Length > 0 ? $"{words}\n\n{piped}" : words + piped;
            var name = result.GetRequiredValue(model);
            if (string.IsNullOrWhiteSpace(question))
            {
                return call.Around.InputIsTerminal && call.Printer.Format == OutputFormat.Table
                    ? await TalkAsync(call, name, cancellationToken)
                    : throw ToolFailure.Usage("There is nothing to ask.", "Give the message as an argument or on standard input.");
            }
            if (call.Printer.Format == OutputFormat.Json)
            {
                var whole = await call.Console.SendAsync(HttpMethod.Post, "v1/chat/completions", Order(name, [Said("user", question)], stream: false), cancellationToken);
                await call.Around.Out.WriteLineAsync(whole.Body);
                return ExitCode.Ok;
            }
            await new ChatAnswer(call, name).WriteAsync([Said("user", question)], cancellationToken);
            return ExitCode.Ok;
        });
    }

    public static JsonObject Order(string model, IEnumerable<JsonObject> messages, bool stream)
    {
        var order = new JsonObject { ["model"] = model, ["messages"] = new JsonArray([.. messages.Select(message => message.DeepClone())]) };
        if (stream)
        {
            order["stream"] = true;
            order["stream_options"] = new JsonObject { ["include_usage"] = true };
        }
        return order;
    }

    private static JsonObject Said(string role, string content) => new() { ["role"] = role, ["content"] = content };

    private static async Task<int> TalkAsync(Call call, string model, CancellationToken cancellationToken)
    {
        var said = new List<JsonObject>();
        await call.NoteAsync($"{model}. /new begins anew, /model <name> changes the model, /exit or Ctrl+D ends.");
        while (true)
        {
            await call.Around.Error.WriteAsync("> ");
            var line = (await Prompt.ReadLineAsync(call.Around, cancellationToken))?.Trim();
            switch (line)
            {
                case null or "/exit":
                    return ExitCode.Ok;
                case "":
                    continue;
                case "/new":
                    said.Clear();
                    continue;
                case ['/', 'm', 'o', 'd', 'e', 'l', ' ', .. var other]:
                    model = other.Trim();
                    continue;
                case ['/', ..]:
                    await call.Around.Error.WriteLineAsync("There are /new, /model <name> and /exit.");
                    continue;
            }
            said.Add(Said("user", line));
            var answer = new ChatAnswer(call, model);
            using var stop = call.Around.Interrupts.Begin(cancellationToken);
            try
            {
                await answer.WriteAsync(said, stop.Token);
            }
            catch (OperationCanceledException) when (stop.WasInterrupted)
            {
                await call.Around.Out.WriteLineAsync();
                await call.NoteAsync("Stopped. What was used up to then is billed.");
            }
            catch (ToolFailure failure)
            {
                await failure.TellAsync(call.Around.Error);
            }
            if (answer.Text.Length > 0)
            {
                said.Add(Said("assistant", answer.Text));
            }
            else
            {
                said.RemoveAt(said.Count - 1);
            }
        }
    }
}
