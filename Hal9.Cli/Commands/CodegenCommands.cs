using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hal9.Cli.Api;
using Hal9.Cli.Output;

namespace Hal9.Cli.Commands;

/// <summary>Code generation: make projects, follow and steer them, take away what they made, check evidence.</summary>
internal static class CodegenCommands
{
    private const string Projects = "api/v1/codegen/projects";

    private static readonly Column[] Lines =
    [
        new("id", "Project"), new("status", "Status"), new("phase", "Phase"), new("verdict", "Verdict"), new("template", "Template", IsExtra: true), new("costUsd", "Cost", Show.Money),
        new("provenance", "Provenance", IsExtra: true), new("createdAt", "Made", Show.Time), new("title", "Title", Show.Short),
    ];

    private static readonly Column[] One =
    [
        new("id", "Project"), new("title", "Title"), new("status", "Status"), new("phase", "Phase"), new("verdict", "Verdict"), new("reason", "Reason"), new("template", "Template"),
        new("approval", "Approval"), new("sandboxLevel", "Sandbox"), new("costUsd", "Cost", Show.Money), new("envelopeUsd", "At most", Show.Money), new("provenance", "Provenance"),
        new("createdAt", "Made", Show.Time), new("runIds", "Runs"),
    ];

    private static readonly Column[] Criteria = [new("id", "Criterion"), new("status", "Status"), new("title", "Title", Show.Short)];

    private static readonly Column[] Rungs = [new("rung", "Rung"), new("name", "Check"), new("outcome", "Outcome"), new("passedTests", "Tests", Show.Number), new("milliseconds", "ms", Show.Number), new("reason", "Reason", Show.Short)];

    private static readonly Column[] QuoteLines = [new("expectedUsd", "Expected", Show.Money), new("basedOnProjects", "Learned from projects", Show.Number), new("worstUsd", "At most", Show.Money)];

    private static readonly Column[] Check = [new("holds", "Holds"), new("isOurs", "Signed here"), new("verdict", "Verdict"), new("fault", "Fault"), new("differences", "Differences")];

    public static Command Make(Tool tool) => new Command("codegen", "Generate code that is built and tested, and check the evidence of it.").With(
        Start(tool), Quote(tool), Get(tool), Watch(tool), List(tool), Answer(tool), Simple(tool, "approve", "Approve what waits: the specification or the result."),
        Changes(tool), Simple(tool, "continue", "Make whatever is not there or was made from something else."), Stop(tool), CodegenFiles.Files(tool), CodegenFiles.Download(tool), Verify(tool));

    private static Command Start(Tool tool)
    {
        var order = new OrderParts();
        var detach = new Option<bool>("--detach", "-d") { Description = "Print the project's id and do not wait." };
        return tool.Does(order.AddTo(new Command("start", "Make a project and wait until it rests.")).With(detach), async (call, result, cancellationToken) =>
        {
            var made = await call.Console.SendAsync(HttpMethod.Post, Projects, await order.ReadAsync(call, result, cancellationToken), cancellationToken, ("Idempotency-Key", Guid.CreateVersion7().ToString()));
            var id = made.Root.GetProperty("id").GetString()!;
            if (result.GetValue(detach))
            {
                await call.Around.Out.WriteLineAsync(call.Printer.Format == OutputFormat.Json ? made.Body : id);
                return ExitCode.Ok;
            }
            await call.NoteAsync($"project {id}");
            return await FollowAsync(call, id, cancellationToken);
        });
    }

    private static Command Quote(Tool tool)
    {
        var order = new OrderParts();
        return tool.Does(order.AddTo(new Command("quote", "What a project may cost; nothing is started.")), async (call, result, cancellationToken) =>
        {
            await call.Printer.OneAsync(await call.Console.SendAsync(HttpMethod.Post, "api/v1/codegen/quote", await order.ReadAsync(call, result, cancellationToken), cancellationToken), QuoteLines);
            return ExitCode.Ok;
        });
    }

    private static Command Get(Tool tool)
    {
        var id = Parts.Id("The project.");
        return tool.Does(new Command("get", "A project with its criteria and what the runner found.").With(id), async (call, result, cancellationToken) =>
        {
            await WriteAsync(call, await call.Console.GetAsync($"{Projects}/{result.GetValue(id)}", cancellationToken));
            return ExitCode.Ok;
        });
    }

    private static Command Watch(Tool tool)
    {
        var id = Parts.Id("The project.");
        return tool.Does(new Command("watch", "Wait until a project rests. Ctrl+C stops waiting; the project goes on.").With(id), (call, result, cancellationToken) =>
            FollowAsync(call, result.GetValue(id).ToString(), cancellationToken));
    }

    private static Command List(Tool tool)
    {
        var (limit, after) = (Parts.Limit(), Parts.After());
        return tool.Does(new Command("list", "Projects, newest first.").With(limit, after), async (call, result, cancellationToken) =>
        {
            var page = await call.Console.GetAsync(
                Address.Of(Projects, ("limit", result.GetValue(limit)?.ToString(CultureInfo.InvariantCulture)), ("after", result.GetValue(after))), cancellationToken);
            await call.Printer.ListAsync(page, Lines, "There are no projects.");
            await call.NoteMoreAsync(page);
            return ExitCode.Ok;
        });
    }

    private static Command Answer(Tool tool)
    {
        var id = Parts.Id("The project.");
        var answers = new Argument<string[]>("answers") { Description = "question=answer, once for each; what is left out takes its default.", HelpName = "question=answer", Arity = ArgumentArity.ZeroOrMore };
        return tool.Does(new Command("answer", "Answer a project's questions.").With(id, answers), async (call, result, cancellationToken) =>
        {
            var given = new JsonObject();
            foreach (var pair in result.GetValue(answers) ?? [])
            {
                if (pair.Split('=', 2) is not [var question, var answer])
                {
                    throw ToolFailure.Usage($"'{pair}' is no answer.", "Give question=answer.");
                }
                given[question] = answer;
            }
            return await SteerAsync(call, result.GetValue(id), "answer", new JsonObject { ["answers"] = given }, cancellationToken);
        });
    }

    private static Command Changes(Tool tool)
    {
        var id = Parts.Id("The project.");
        var text = new Argument<string[]>("text") { Description = "What is to be changed.", HelpName = "text", Arity = ArgumentArity.OneOrMore };
        return tool.Does(new Command("changes", "Ask for a change of the specification or the result.").With(id, text), (call, result, cancellationToken) =>
            SteerAsync(call, result.GetValue(id), "changes", new JsonObject { ["text"] = string.Join(' ', result.GetValue(text)!) }, cancellationToken));
    }

    private static Command Stop(Tool tool)
    {
        var id = Parts.Id("The project.");
        var reason = new Option<string?>("--reason") { Description = "Why; kept with the project.", HelpName = "text" };
        return tool.Does(new Command("stop", "Stop a project; the best state so far is kept.").With(id, reason), (call, result, cancellationToken) =>
            SteerAsync(call, result.GetValue(id), "stop", new JsonObject { ["reason"] = result.GetValue(reason) }, cancellationToken));
    }

    private static Command Simple(Tool tool, string word, string description)
    {
        var id = Parts.Id("The project.");
        return tool.Does(new Command(word, description).With(id), (call, result, cancellationToken) => SteerAsync(call, result.GetValue(id), word, null, cancellationToken));
    }

    private static Command Verify(Tool tool)
    {
        var file = new Argument<string>("proof") { Description = "The file proof.json; - reads standard input.", HelpName = "file" };
        return tool.Does(new Command("verify", "Check the signature of evidence and have all its checks run again. Ends with 1 when it does not hold.").With(file), async (call, result, cancellationToken) =>
        {
            var name = result.GetValue(file)!;
            JsonNode? proof;
            try
            {
                proof = JsonNode.Parse(name == "-" ? await call.Around.In.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(name, cancellationToken));
            }
            catch (JsonException)
            {
                throw ToolFailure.Usage($"{name} is not JSON.", "Give the proof.json of a project.");
            }
            var check = await call.Console.SendAsync(HttpMethod.Post, "api/v1/codegen/verify", proof, cancellationToken);
            await call.Printer.OneAsync(check, Check);
            return check.Root.GetProperty("holds").GetBoolean() ? ExitCode.Ok : throw new ToolFailure(ExitCode.Failed, "The evidence does not hold.");
        });
    }

    private static async Task<int> SteerAsync(Call call, Guid id, string word, JsonObject? body, CancellationToken cancellationToken)
    {
        await WriteAsync(call, await call.Console.SendAsync(HttpMethod.Post, $"{Projects}/{id}/{word}", body, cancellationToken));
        return ExitCode.Ok;
    }

    /// <summary>Follows the events of the run at work, and looks at the project when it has ended.</summary>
    private static async Task<int> FollowAsync(Call call, string id, CancellationToken cancellationToken)
    {
        using var stop = call.Around.Interrupts.Begin(cancellationToken);
        var project = await call.Console.GetAsync($"{Projects}/{id}", cancellationToken);
        try
        {
            var phase = "";
            while (project.Root.GetProperty("status").GetString() == "working" && project.Root.GetProperty("runIds").EnumerateArray().LastOrDefault().GetString() is { } run)
            {
                await foreach (var seen in new RunWatch(call.Console, call.Around.Time, call.NoteAsync).ReadAsync(run, stop.Token))
                {
                    if (seen.TryGetProperty("type", out var type) && type.GetString() == "StepStarted")
                    {
                        var now = (await call.Console.GetAsync($"{Projects}/{id}", stop.Token)).Root.GetProperty("phase").GetString()!;
                        if (now != phase)
                        {
                            await call.NoteAsync(phase = now);
                        }
                    }
                }
                project = await call.Console.GetAsync($"{Projects}/{id}", cancellationToken);
            }
        }
        catch (OperationCanceledException) when (stop.WasInterrupted)
        {
            await call.NoteAsync($"No longer watched. The project goes on: hal9 codegen watch {id}");
            return ExitCode.Interrupted;
        }
        await WriteAsync(call, project);
        return project.Root.GetProperty("status").GetString() is "failed" or "stopped"
            ? throw new ToolFailure(ExitCode.Failed, "The project was not finished.", project.Root.GetProperty("reason").GetString())
            : ExitCode.Ok;
    }

    private static async Task WriteAsync(Call call, Reply project)
    {
        await call.Printer.OneAsync(project, One);
        if (call.Printer.Format == OutputFormat.Table)
        {
            await call.Printer.ListAsync(new Reply($$"""{"items":{{project.Root.GetProperty("criteria").GetRawText()}}}"""), Criteria, "There is no specification yet.");
            await call.Printer.ListAsync(new Reply($$"""{"items":{{project.Root.GetProperty("rungs").GetRawText()}}}"""), Rungs, "Nothing was executed yet.");
        }
    }

    /// <summary>The parts of an order.</summary>
    private sealed class OrderParts
    {
        private readonly Argument<string[]> brief = new("brief") { Description = "What is wanted; else from standard input.", HelpName = "brief", Arity = ArgumentArity.ZeroOrMore };
        private readonly Option<string> language = new("--language") { Description = "csharp, python or typescript.", HelpName = "language", DefaultValueFactory = _ => "csharp" };
        private readonly Option<string?> template = new("--template") { Description = "csharp-console, csharp-lib, csharp-minimal-api, blazor-page, py-cli or ts-cli.", HelpName = "template" };
        private readonly Option<bool> manual = new("--manual") { Description = "Wait for answers, for the approval of the specification, and for a review." };
        private readonly Option<string?> cost = new("--cost-usd") { Description = "At most so much money.", HelpName = "usd" };
        private readonly Option<long?> tokens = new("--tokens") { Description = "At most so many tokens.", HelpName = "n" };
        private readonly Option<int?> seconds = new("--seconds") { Description = "At most so long for each of its runs.", HelpName = "n" };

        public Command AddTo(Command command) => command.With(brief, language, template, manual, cost, tokens, seconds);

        public async Task<JsonObject> ReadAsync(Call call, ParseResult result, CancellationToken cancellationToken)
        {
            var text = string.Join(' ', result.GetValue(brief) ?? []);
            if (text.Length == 0 && !call.Around.InputIsTerminal)
            {
                text = (await call.Around.In.ReadToEndAsync(cancellationToken)).Trim();
            }
            if (text.Length == 0)
            {
                throw ToolFailure.Usage("There is no request.", "Give it as an argument or on standard input.");
            }
            return new JsonObject
            {
                ["brief"] = text, ["language"] = result.GetValue(language), ["template"] = result.GetValue(template), ["approval"] = result.GetValue(manual) ? "manual" : "auto",
                ["envelope"] = new JsonObject { ["costUsd"] = result.GetValue(cost), ["tokens"] = result.GetValue(tokens), ["seconds"] = result.GetValue(seconds) },
            };
        }
    }
}
