using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Hal9.Cli.Api;
using Hal9.Cli.Output;

namespace Hal9.Cli.Commands;

/// <summary>Runs: start, see, watch, list, cancel.</summary>
internal static class RunCommands
{
    private static readonly Column[] Lines =
    [
        new("id", "Run"), new("status", "Status"), new("mode", "Mode"), new("kind", "Kind", IsExtra: true), new("costUsd", "Cost", Show.Money), new("provenance", "Provenance", IsExtra: true),
        new("startedAt", "Started", Show.Time), new("endedAt", "Ended", Show.Time, IsExtra: true), new("goal", "Goal", Show.Short), new("error", "Error", Show.Short, IsExtra: true),
    ];

    private static readonly Column[] QuoteLines =
    [
        new("mode", "Mode"), new("neuron", "Enters at"), new("expectedUsd", "Expected", Show.Money), new("worstUsd", "At most", Show.Money), new("capUsd", "Cap it needs", Show.Money),
        new("expectedTokens", "Tokens", Show.Number), new("basedOnRuns", "Learned from runs", Show.Number), new("typicalError", "Typical error"), new("models", "Models"), new("unpriced", "Without price"),
    ];

    private static readonly Column[] DrawLines =
    [
        new("budgetId", "Budget"), new("scope.kind", "Scope"), new("scope.id", "Of"), new("period", "Period"), new("limitUsd", "Limit", Show.Money), new("leftUsd", "Left", Show.Money),
        new("leftTokens", "Tokens left", Show.Number), new("fitsExpected", "Fits expected"), new("fitsWorst", "Fits worst"),
    ];

    public static Command Make(Tool tool) =>
        new Command("run", "Start runs, watch them, see and stop them.").With(Start(tool), Get(tool), Watch(tool), List(tool), Cancel(tool), Resume(tool), Quote(tool));

    private static Command Start(Tool tool)
    {
        var (goal, mode) = (Goal(), Mode());
        var cost = new Option<string?>("--cost-usd") { Description = "At most so much money.", HelpName = "usd" };
        var tokens = new Option<long?>("--tokens") { Description = "At most so many tokens.", HelpName = "n" };
        var steps = new Option<int?>("--steps") { Description = "At most so many steps.", HelpName = "n" };
        var seconds = new Option<int?>("--seconds") { Description = "At most so long.", HelpName = "n" };
        var tags = new Option<string[]>("--tag") { Description = "A label for cost reports; may be given several times.", HelpName = "tag" };
        var detach = new Option<bool>("--detach", "-d") { Description = "Print the run's id and do not wait." };
        var command = new Command("start", "Start a run and watch it to its end. Ctrl+C cancels the run.").With(goal, mode, cost, tokens, steps, seconds, tags, detach);
        return tool.Does(command, async (call, result, cancellationToken) =>
        {
            var text = await GoalAsync(call, result.GetValue(goal), cancellationToken);
            var order = new JsonObject { ["goal"] = text, ["mode"] = result.GetValue(mode) };
            var envelope = new JsonObject();
            Put("costUsd", result.GetValue(cost));
            Put("tokens", result.GetValue(tokens));
            Put("steps", result.GetValue(steps));
            Put("seconds", result.GetValue(seconds));
            if (envelope.Count > 0)
            {
                order["envelope"] = envelope;
            }
            if (result.GetValue(tags) is { Length: > 0 } labels)
            {
                order["tags"] = new JsonArray([.. labels.Select(label => JsonValue.Create(label))]);
            }
            var started = await StartAsync(call, order, cancellationToken);
            var id = started.Root.GetProperty("id").GetString()!;
            if (result.GetValue(detach))
            {
                await call.Around.Out.WriteLineAsync(call.Printer.Format == OutputFormat.Json ? started.Body : id);
                return ExitCode.Ok;
            }
            await call.NoteAsync($"run {id}");
            return await new RunFollower(call, id).FollowOwnAsync(cancellationToken);

            void Put(string name, JsonNode? value)
            {
                if (value is not null)
                {
                    envelope[name] = value;
                }
            }
        });
    }

    private static Command Quote(Tool tool)
    {
        var (goal, mode) = (Goal(), Mode());
        return tool.Does(new Command("quote", "What a run may cost and which budgets it would draw on; nothing is started.").With(goal, mode), async (call, result, cancellationToken) =>
        {
            var order = new JsonObject { ["goal"] = await GoalAsync(call, result.GetValue(goal), cancellationToken), ["mode"] = result.GetValue(mode) };
            var quote = await call.Console.SendAsync(HttpMethod.Post, "api/v1/runs/quote", order, cancellationToken);
            await call.Printer.OneAsync(quote, QuoteLines);
            if (call.Printer.Format == OutputFormat.Table)
            {
                await call.Printer.ListAsync(new Reply($$"""{"items":{{quote.Root.GetProperty("budgets").GetRawText()}}}"""), DrawLines, "No budget limits it.");
            }
            return ExitCode.Ok;
        });
    }

    private static Argument<string[]> Goal() => new("goal") { Description = "What is to be done; else from standard input.", HelpName = "goal", Arity = ArgumentArity.ZeroOrMore };

    private static Option<string> Mode()
    {
        var mode = new Option<string>("--mode") { Description = "How deep: auto, quick, standard or deep.", HelpName = "mode", DefaultValueFactory = _ => "auto" };
        mode.AcceptOnlyFromAmong("auto", "quick", "standard", "deep");
        return mode;
    }

    private static async Task<string> GoalAsync(Call call, string[]? words, CancellationToken cancellationToken)
    {
        var text = string.Join(' ', words ?? []);
        if (text.Length == 0 && !call.Around.InputIsTerminal)
        {
            text = (await call.Around.In.ReadToEndAsync(cancellationToken)).Trim();
        }
        return text.Length > 0 ? text : throw ToolFailure.Usage("There is no goal.", "Give it as an argument or on standard input.");
    }

    /// <summary>The key lets a start that broke on the way be asked for again without a second run.</summary>
    private static async Task<Reply> StartAsync(Call call, JsonObject order, CancellationToken cancellationToken)
    {
        var once = ("Idempotency-Key", Guid.CreateVersion7().ToString());
        try
        {
            return await call.Console.SendAsync(HttpMethod.Post, "api/v1/runs", order, cancellationToken, once);
        }
        catch (ToolFailure failure) when (failure.Code == ExitCode.Unreachable)
        {
            return await call.Console.SendAsync(HttpMethod.Post, "api/v1/runs", order, cancellationToken, once);
        }
    }

    private static Command Get(Tool tool)
    {
        var id = Parts.Id("The run.");
        return tool.Does(new Command("get", "A run with its tree and its answer.").With(id), async (call, result, cancellationToken) =>
        {
            var run = await call.Console.GetAsync($"api/v1/runs/{result.GetValue(id)}", cancellationToken);
            await call.Printer.OneAsync(run, Lines);
            if (call.Printer.Format == OutputFormat.Table)
            {
                var tree = new RunTree();
                tree.Apply(run.Root.GetProperty("status").GetString()!, run.Root.GetProperty("costUsd").GetString()!, run.Root.GetProperty("steps"));
                call.Printer.Write(tree.Render());
                if (run.Root.GetProperty("answer").GetString() is { Length: > 0 } answer)
                {
                    await call.Around.Out.WriteLineAsync($"\n{Plain.Text(answer)}");
                }
            }
            return ExitCode.Ok;
        });
    }

    private static Command Watch(Tool tool)
    {
        var id = Parts.Id("The run.");
        return tool.Does(
            new Command("watch", "Watch a run from its first event to its end, over broken connections. Ctrl+C stops watching; the run goes on.").With(id),
            (call, result, cancellationToken) => new RunFollower(call, result.GetValue(id).ToString()).FollowAsync(cancellationToken));
    }

    private static Command List(Tool tool)
    {
        var status = new Option<string?>("--status") { Description = "Only in this state.", HelpName = "status" };
        status.CompletionSources.Add("queued", "running", "waiting", "succeeded", "failed", "cancelled", "refused");
        var kind = new Option<string?>("--kind") { Description = "Only of this kind.", HelpName = "kind" };
        kind.CompletionSources.Add("chat", "api");
        var text = new Option<string?>("--text") { Description = "Only with this in the goal.", HelpName = "text" };
        var limit = Parts.Limit();
        var after = Parts.After();
        return tool.Does(new Command("list", "Runs, newest first.").With(status, kind, text, limit, after), async (call, result, cancellationToken) =>
        {
            var page = await call.Console.GetAsync(
                Address.Of(
                    "api/v1/runs", ("status", result.GetValue(status)), ("kind", result.GetValue(kind)), ("text", result.GetValue(text)),
                    ("limit", result.GetValue(limit)?.ToString(CultureInfo.InvariantCulture)), ("after", result.GetValue(after))),
                cancellationToken);
            await call.Printer.ListAsync(page, Lines, "There are no such runs.");
            await call.NoteMoreAsync(page);
            return ExitCode.Ok;
        });
    }

    private static Command Resume(Tool tool)
    {
        var id = Parts.Id("The run.");
        var reason = new Option<string?>("--reason") { Description = "Why; kept with the run.", HelpName = "text" };
        return tool.Does(
            new Command("resume", "Let a run go on that waits for room in a budget. Without room it will wait again: see 'hal9 budget raise'.").With(id, reason), async (call, result, cancellationToken) =>
            {
                var run = await call.Console.SendAsync(HttpMethod.Post, $"api/v1/runs/{result.GetValue(id)}/resume", new JsonObject { ["reason"] = result.GetValue(reason) }, cancellationToken);
                await call.Printer.OneAsync(run, Lines);
                return ExitCode.Ok;
            });
    }

    private static Command Cancel(Tool tool)
    {
        var id = Parts.Id("The run.");
        var step = new Option<Guid?>("--step") { Description = "Only this step and all below it.", HelpName = "id" };
        var reason = new Option<string?>("--reason") { Description = "Why; kept with the run.", HelpName = "text" };
        return tool.Does(new Command("cancel", "Stop a run, or a part of it. One that has ended stays as it is.").With(id, step, reason), async (call, result, cancellationToken) =>
        {
            var part = result.GetValue(step) is { } below ? $"/steps/{below}" : "";
            var run = await call.Console.SendAsync(HttpMethod.Post, $"api/v1/runs/{result.GetValue(id)}{part}/cancel", new JsonObject { ["reason"] = result.GetValue(reason) }, cancellationToken);
            await call.Printer.OneAsync(run, Lines);
            return ExitCode.Ok;
        });
    }
}
