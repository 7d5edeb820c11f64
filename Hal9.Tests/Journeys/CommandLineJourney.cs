using System.Diagnostics;
using System.Text.Json;
using Hal9.Cli;
using Hal9.Engine;
using Hal9.Engine.Conversations;
using Hal9.Engine.Events;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Journeys;

/// <summary>The command line tool against the whole product.</summary>
[Collection(Hal9HostCollection.Name)]
public sealed class CommandLineJourney(Hal9Host host) : IAsyncLifetime
{
    private readonly CliTool tool = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        host.Provider.Reset();
        tool.Variables["HAL9_URL"] = host.Url;
        tool.Variables["HAL9_API_KEY"] = host.Owner.Key;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        tool.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact(Timeout = 60_000)]
    public async Task A_person_signs_in_makes_a_key_for_a_program_and_revokes_it()
    {
        await SignInAsync();
        var who = await tool.RunAsync("whoami");
        var made = await tool.RunAsync("key", "create", "a program", "--quiet");
        var key = made.Out.Trim();
        tool.Variables["HAL9_API_KEY"] = key;
        var asProgram = await tool.RunAsync("models", "--output", "json");
        tool.Variables.Remove("HAL9_API_KEY");
        var list = await tool.RunAsync("key", "list", "--output", "json");
        var id = JsonDocument.Parse(list.Out).RootElement.GetProperty("items").EnumerateArray().First(item => item.GetProperty("name").GetString() == "a program").GetProperty("id").GetString()!;
        var revoked = await tool.RunAsync("key", "revoke", id);
        tool.Variables["HAL9_API_KEY"] = key;
        var again = await tool.RunAsync("key", "list");

        Assert.Contains(Hal9Settings.Email, who.Out, StringComparison.Ordinal);
        Assert.StartsWith("hal9_", key, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, asProgram.Code);
        Assert.Equal(ExitCode.Ok, revoked.Code);
        Assert.Equal(ExitCode.Denied, again.Code);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_project_is_made_answered_looked_at_and_stopped()
    {
        host.Provider.Script(ScriptedCoder.Answer);
        var started = await tool.RunAsync("codegen", "start", "A", "todo", "list", "--manual");
        var id = started.Error.Split("project ", 2)[1].Split('\n')[0].Trim();
        var answered = await tool.RunAsync("codegen", "answer", id, "name=Chores", "--output", "json");
        var watched = await tool.RunAsync("codegen", "watch", id);
        var list = await tool.RunAsync("codegen", "list", "--output", "csv");
        var stopped = await tool.RunAsync("codegen", "stop", id, "--reason", "enough", "--output", "json");
        var early = await tool.RunAsync("codegen", "download", id);
        var refused = await tool.RunAsync("codegen", "verify", "-");

        Assert.Equal(ExitCode.Ok, started.Code);
        Assert.Contains("waitingForAnswers", started.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, answered.Code);
        Assert.Contains("AC-6", watched.Out, StringComparison.Ordinal);
        Assert.Contains(id, list.Out, StringComparison.Ordinal);
        Assert.Equal("stopped", JsonDocument.Parse(stopped.Out).RootElement.GetProperty("status").GetString());
        Assert.NotEqual(ExitCode.Ok, early.Code);
        Assert.Contains("There are no files yet.", early.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, refused.Code);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_answer_streams_and_ends_with_its_receipt()
    {
        var gate = new ScriptedGate();
        host.Provider.Enqueue(ScriptedReply.Of("first second") with { ChunkSize = 6, HoldWithin = gate, HoldAfterChunks = 1 });

        var run = tool.Start("chat", "Say two words.", "--model", "scripted/fast");
        await run.Out.UntilAsync("first", Now);
        var early = run.Out.ToString();
        gate.Open();
        var result = await run.Ended;

        Assert.DoesNotContain("second", early, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Ok, "first second" + Environment.NewLine), (result.Code, result.Out));
        var cost = new Usd(HandPrice.NanoFor(host.Provider.Exchanges));
        Assert.StartsWith($"${cost}, live, ", result.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_piped_follows_the_question()
    {
        tool.Piped = "the text in the pipe\n";

        var result = await tool.RunAsync("chat", "Summarise:", "--model", "scripted/fast", "--output", "json");

        Assert.Equal("Summarise:\n\nthe text in the pipe", host.Provider.Exchanges[0].Request.LastUser);
        Assert.Equal("chat.completion", JsonDocument.Parse(result.Out).RootElement.GetProperty("object").GetString());
    }

    [Fact(Timeout = 60_000)]
    public async Task Ctrl_C_stops_an_answer_and_the_conversation_goes_on()
    {
        var gate = new ScriptedGate();
        host.Provider.Enqueue(ScriptedReply.Of("never to be read to its end") with { ChunkSize = 6, HoldWithin = gate, HoldAfterChunks = 1 }, ScriptedReply.Of("shorter"));
        tool.Piped = null;

        var talk = tool.Start("chat", "--model", "scripted/fast");
        tool.Typed.Type("Tell me a long story.");
        await talk.Out.UntilAsync("never", Now);
        Assert.True(talk.Keyboard.Raise());
        await talk.Error.UntilAsync("Stopped.", Now);
        tool.Typed.Type("Shorter, please.");
        await talk.Out.UntilAsync("shorter", Now);
        tool.Typed.End();
        var result = await talk.Ended;

        Assert.Equal(ExitCode.Ok, result.Code);
        Assert.Equal(ExchangeOutcome.ClientLeft, await host.Provider.Exchanges[0].Ended.WaitAsync(Now));
        Assert.Equal("Shorter, please.", host.Provider.Exchanges[1].Request.LastUser);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_run_is_watched_over_a_broken_wire_without_losing_or_repeating_an_event()
    {
        var wire = new CutWire(new SocketsHttpHandler(), "/events", 900, 2500);
        tool.Wire = () => wire;

        var result = await tool.RunAsync("run", "start", "Plan a tea shop: rooms, menu, staff.", "--mode", "deep", "--tag", "cli");

        Assert.True(result.Code == ExitCode.Ok, result.Error + host.Errors);
        Assert.Equal(3, wire.Resumes.Count);
        Assert.Null(wire.Resumes[0]);
        Assert.All(wire.Resumes.Skip(1), number => Assert.True(long.Parse(number!, System.Globalization.CultureInfo.InvariantCulture) > 0));
        var lines = result.Error.Split('\n');
        Assert.Equal(7, lines.Count(line => line.Contains("succeeded, $", StringComparison.Ordinal) && line.StartsWith('L')));
        Assert.Single(lines, line => line.StartsWith("run succeeded, $", StringComparison.Ordinal));
        var id = lines[0].Replace("run ", "", StringComparison.Ordinal).Trim();
        Assert.Equal((await host.Owner.RunAsync(Guid.Parse(id), Now)).GetProperty("answer").GetString() + Environment.NewLine, result.Out);
    }

    [Fact(Timeout = 60_000)]
    public async Task At_a_terminal_the_tree_grows_and_ctrl_c_cancels_ones_own_run()
    {
        var gate = new ScriptedGate();
        host.Provider.Default = new ScriptedReply { Hold = gate };
        tool.IsTerminal = true;

        var run = tool.Start("run", "start", "Plan a tea shop.", "--mode", "deep");
        await run.Error.UntilAsync("asks scripted/strong", Now);
        await gate.Reached.WaitAsync(Now);
        run.Keyboard.Raise();
        var result = await run.Ended;

        Assert.Equal(ExitCode.Interrupted, result.Code);
        Assert.Contains("run cancelled", result.Error, StringComparison.Ordinal);
        Assert.True(result.Error.LastIndexOf("\u001b[?25h", StringComparison.Ordinal) > result.Error.LastIndexOf("\u001b[?25l", StringComparison.Ordinal), "the cursor is back");
        var runs = await host.Owner.GetAsync("/api/v1/runs?limit=1", Now);
        Assert.Equal("cancelled", runs.GetProperty("items")[0].GetProperty("status").GetString());
        gate.Open();
    }

    [Fact(Timeout = 60_000)]
    public async Task Watching_ends_by_ctrl_c_while_the_run_goes_on_and_cancel_stops_it()
    {
        var gate = new ScriptedGate();
        host.Provider.Default = new ScriptedReply { Hold = gate };
        var id = (await tool.RunAsync("run", "start", "Plan a tea shop.", "--mode", "deep", "--detach")).Out.Trim();

        var watch = tool.Start("run", "watch", id);
        await gate.Reached.WaitAsync(Now);
        await watch.Error.UntilAsync("L4", Now);
        watch.Keyboard.Raise();
        var left = await watch.Ended;
        var running = await tool.RunAsync("run", "list", "--status", "running", "--output", "json");
        var cancelled = await tool.RunAsync("run", "cancel", id, "--reason", "enough");
        var watched = await tool.RunAsync("run", "watch", id);
        gate.Open();

        Assert.Equal(ExitCode.Interrupted, left.Code);
        Assert.Contains(id, running.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, cancelled.Code);
        Assert.Equal(ExitCode.Failed, watched.Code);
        Assert.Contains("The run was cancelled.", watched.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_a_budget_refuses_exits_with_5_in_chat_and_runs()
    {
        await SignInAsync();
        var made = JsonDocument.Parse((await tool.RunAsync("key", "create", "tight", "--output", "json")).Out).RootElement;
        var set = await tool.RunAsync("budget", "set", "--scope", "key", "--id", made.GetProperty("id").GetString()!, "--period", "total", "--limit-usd", "0", "--output", "json");
        tool.Variables["HAL9_API_KEY"] = made.GetProperty("key").GetString()!;

        var chat = await tool.RunAsync("chat", "hello", "--model", "scripted/fast");
        var run = await tool.RunAsync("run", "start", "Plan a tea shop.");

        Assert.Equal("0", JsonDocument.Parse(set.Out).RootElement.GetProperty("limitUsd").GetString());
        Assert.Equal((ExitCode.Budget, ""), (chat.Code, chat.Out));
        Assert.Equal((ExitCode.Budget, ""), (run.Code, run.Out));
        Assert.Contains("A budget has no room.", chat.Error, StringComparison.Ordinal);
        Assert.Contains("error: A budget has no room.", run.Error, StringComparison.Ordinal);
        var budget = JsonDocument.Parse(set.Out).RootElement.GetProperty("id").GetString()!;
        tool.Variables["HAL9_API_KEY"] = host.Owner.Key;
        Assert.Equal(ExitCode.Ok, (await tool.RunAsync("budget", "delete", budget)).Code);
        Assert.Equal(ExitCode.NotFound, (await tool.RunAsync("budget", "delete", budget)).Code);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("/api/v1/models", "models")]
    [InlineData("/api/v1/budgets", "budget list")]
    [InlineData("/api/v1/costs?groupBy=model", "cost --group-by model")]
    [InlineData("/api/v1/costs?groupBy=layer&granularity=day", "cost --group-by layer --granularity day")]
    [InlineData("/api/v1/runs?limit=3", "run list --limit 3")]
    [InlineData("/api/v1/conversations", "history list")]
    [InlineData("/api/v1/ledger/verify", "ledger verify")]
    public async Task Json_equals_what_the_console_answers(string path, string line)
    {
        await host.Owner.EndedRunAsync(await host.Owner.StartRunAsync("=1+1, then tea", "quick", Now), Now);

        var result = await tool.RunAsync([.. line.Split(' '), "--output", "json"]);
        var table = await tool.RunAsync(line.Split(' '));
        var csv = await tool.RunAsync([.. line.Split(' '), "--output", "csv"]);

        Assert.Equal(await host.Owner.Http.GetStringAsync(path, Now) + Environment.NewLine, result.Out);
        Assert.Equal((ExitCode.Ok, ExitCode.Ok), (table.Code, csv.Code));
        Assert.DoesNotContain(csv.Out.Split('\n'), row => row.Split(',').Any(cell => cell.StartsWith('=')));
        if (line.StartsWith("run list", StringComparison.Ordinal))
        {
            Assert.Contains("\"'=1+1, then tea\"", csv.Out, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_not_there_exits_with_4_and_tells_the_trace()
    {
        var result = await tool.RunAsync("run", "get", Guid.NewGuid().ToString());

        Assert.Equal((ExitCode.NotFound, ""), (result.Code, result.Out));
        Assert.StartsWith("error: Not found.", result.Error, StringComparison.Ordinal);
        Assert.Contains("trace id: ", result.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_the_console_finds_invalid_exits_with_2()
    {
        var result = await tool.RunAsync("cost", "--group-by", "weather");

        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains("groupBy", result.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_run_is_shown_with_its_tree_and_answer()
    {
        var id = await host.Owner.StartRunAsync("Plan a tea shop.", "standard", Now);
        var ended = await host.Owner.EndedRunAsync(id, Now);

        var result = await tool.RunAsync("run", "get", id.ToString());

        Assert.Contains("✓ L3", result.Out, StringComparison.Ordinal);
        Assert.Contains("✓ L2", result.Out, StringComparison.Ordinal);
        Assert.Contains(ended.GetProperty("answer").GetString()!, result.Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_conversation_is_listed_read_and_taken_away()
    {
        var user = (await host.Owner.GetAsync("/api/v1/keys", Now)).GetProperty("items")[0].GetProperty("userId").GetGuid();
        var membership = (await host.Services.GetRequiredService<TenantService>().OfPersonAsync(user, Now))[0];
        host.Provider.Enqueue(ScriptedReply.Of("Leaves, and \u001b[2J hot water."));
        var sent = await host.Services.GetRequiredService<ConversationService>().SendAsync(new Actor(membership.TenantId, user, membership.Role), null, null, "What is tea?", RunMode.Quick, Now);
        await host.Owner.EndedRunAsync(sent.RunId, Now);
        var id = sent.ConversationId.ToString();

        var list = await tool.RunAsync("history", "list", "--output", "csv");
        var shown = await tool.RunAsync("history", "show", id);
        var csv = await tool.RunAsync("history", "show", id, "--output", "csv");
        var markdown = await tool.RunAsync("history", "export", id);
        var json = await tool.RunAsync("history", "export", id, "--format", "json");

        Assert.Contains(list.Out.Split('\n'), line => line.StartsWith(id, StringComparison.Ordinal));
        Assert.Contains("hot water.", shown.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', shown.Out);
        Assert.Equal("id,createdAt,role,status,provenance,costUsd,runId,content", csv.Out.Split('\n')[0]);
        Assert.StartsWith("# What is tea?\n\n## You, ", markdown.Out, StringComparison.Ordinal);
        Assert.Contains("Leaves, and \u001b[2J hot water.", markdown.Out, StringComparison.Ordinal);
        var whole = JsonDocument.Parse(json.Out).RootElement;
        Assert.Equal(id, whole.GetProperty("conversation").GetProperty("id").GetString());
        Assert.Equal(await host.Owner.Http.GetStringAsync($"/api/v1/conversations/{id}/messages", Now), whole.GetProperty("messages").GetRawText());
        Assert.Equal(ExitCode.NotFound, (await tool.RunAsync("history", "show", Guid.NewGuid().ToString())).Code);
    }

    [Fact(Timeout = 60_000)]
    public async Task Doctor_finds_nothing_wrong_and_says_what_it_saw()
    {
        var result = await tool.RunAsync("doctor", "--output", "json");

        var found = JsonDocument.Parse(result.Out).RootElement.EnumerateArray().ToDictionary(row => row.GetProperty("check").GetString()!, row => row);
        Assert.True(result.Code == ExitCode.Ok, result.Out);
        Assert.All(["address", "reach", "clock", "credential", "console: database", "version"], check => Assert.Contains(check, found.Keys));
        Assert.All(found.Values, row => Assert.NotEqual("fails", row.GetProperty("state").GetString()));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_built_tool_runs_as_a_process()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "Hal9.Cli.dll"), "models", "--output", "json"])
        {
            start.ArgumentList.Add(argument);
        }
        start.Environment["HAL9_URL"] = host.Url;
        start.Environment["HAL9_API_KEY"] = host.Owner.Key;
        start.Environment["HAL9_CONFIG"] = tool.Folder;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync(Now);
        var output = await process.StandardOutput.ReadToEndAsync(Now);
        await process.WaitForExitAsync(Now);

        Assert.True(process.ExitCode == ExitCode.Ok, await error);
        Assert.Equal(await host.Owner.Http.GetStringAsync("/api/v1/models", Now), output.TrimEnd());
    }

    private async Task SignInAsync()
    {
        tool.Variables.Remove("HAL9_API_KEY");
        tool.Piped = Hal9Settings.Password + "\n";
        var result = await tool.RunAsync("login", "--email", Hal9Settings.Email, "--password-stdin");
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        tool.Piped = "";
    }
}
