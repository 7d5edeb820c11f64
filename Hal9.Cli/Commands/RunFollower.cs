using System.Text.Json;
using System.Text.Json.Nodes;
using Hal9.Cli.Api;
using Hal9.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Hal9.Cli.Commands;

/// <summary>Follows a run to its end: the tree on standard error while it grows, the answer on standard output.</summary>
internal sealed class RunFollower(Call call, string id)
{
    private static readonly Column[] Receipt =
    [
        new("id", "Run"), new("status", "Status"), new("mode", "Mode"), new("costUsd", "Cost", Show.Money), new("provenance", "Provenance"), new("startedAt", "Started", Show.Time),
        new("endedAt", "Ended", Show.Time), new("goal", "Goal", Show.Short), new("answer", "Answer"), new("error", "Error"),
    ];

    private static readonly TimeSpan BetweenPaints = TimeSpan.FromMilliseconds(100);
    private readonly RunTree tree = new();
    private readonly Lock gate = new();
    private int changed;

    /// <summary>Somebody else's, or started before: Ctrl+C lets it go on.</summary>
    public async Task<int> FollowAsync(CancellationToken cancellationToken)
    {
        using var stop = call.Around.Interrupts.Begin(cancellationToken);
        try
        {
            await ShowAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.WasInterrupted)
        {
            await call.NoteAsync($"No longer watched. The run goes on: hal9 run watch {id}");
            return ExitCode.Interrupted;
        }
        return await EndAsync(cancellationToken);
    }

    /// <summary>Started just now: Ctrl+C cancels it, and its end is still awaited; a second Ctrl+C does not wait.</summary>
    public async Task<int> FollowOwnAsync(CancellationToken cancellationToken)
    {
        using var stop = call.Around.Interrupts.Begin(cancellationToken);
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var showing = ShowAsync(watching.Token);
        try
        {
            var pressed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var listening = stop.Token.Register(pressed.SetResult);
            if (await Task.WhenAny(showing, pressed.Task) == pressed.Task && stop.WasInterrupted)
            {
                await call.NoteAsync("Cancelling the run. Ctrl+C again leaves without waiting.");
                await call.Console.SendAsync(HttpMethod.Post, $"api/v1/runs/{id}/cancel", new JsonObject { ["reason"] = "Ctrl+C in the command line tool." }, cancellationToken);
                await showing;
                await WriteAsync(cancellationToken);
                return ExitCode.Interrupted;
            }
            await showing;
        }
        finally
        {
            // However this ends, the terminal gets its cursor back.
            await watching.CancelAsync();
            await showing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return await EndAsync(cancellationToken);
    }

    private async Task ShowAsync(CancellationToken cancellationToken)
    {
        var events = new RunWatch(call.Console, call.Around.Time, call.NoteAsync).ReadAsync(id, cancellationToken);
        if (call.Around.ErrorIsTerminal && !call.Quiet)
        {
            await call.Printer.Open(call.Around.Error, isTerminal: true).Live(Paint()).Overflow(VerticalOverflow.Crop).Cropping(VerticalOverflowCropping.Top)
                .StartAsync(live => PaintAsync(live, events, cancellationToken));
            return;
        }
        await foreach (var seen in events.WithCancellation(cancellationToken))
        {
            if (tree.Apply(seen) is { } line)
            {
                await call.NoteAsync(line);
            }
        }
    }

    /// <summary>A finished run's events come by the hundred, and drawing takes longer than reading: the newest state is drawn, a few times a second.</summary>
    private async Task PaintAsync(LiveDisplayContext live, IAsyncEnumerable<JsonElement> events, CancellationToken cancellationToken)
    {
        var reading = ReadAsync(events, cancellationToken);
        using var beat = new PeriodicTimer(BetweenPaints, call.Around.Time);
        while (!reading.IsCompleted)
        {
            await Task.WhenAny(reading, beat.WaitForNextTickAsync(CancellationToken.None).AsTask());
            if (Interlocked.Exchange(ref changed, 0) == 1)
            {
                live.UpdateTarget(Paint());
            }
        }
        await reading;
        live.UpdateTarget(Paint());
    }

    private async Task ReadAsync(IAsyncEnumerable<JsonElement> events, CancellationToken cancellationToken)
    {
        await foreach (var seen in events.WithCancellation(cancellationToken))
        {
            lock (gate)
            {
                tree.Apply(seen);
            }
            Interlocked.Exchange(ref changed, 1);
        }
    }

    private IRenderable Paint()
    {
        lock (gate)
        {
            return tree.Render();
        }
    }

    private async Task<int> EndAsync(CancellationToken cancellationToken)
    {
        var run = await WriteAsync(cancellationToken);
        return run.GetProperty("status").GetString() switch
        {
            "succeeded" => ExitCode.Ok,
            "refused" => throw new ToolFailure(ExitCode.Budget, "A budget has no room.", ReasonOf(run)),
            "cancelled" => throw new ToolFailure(ExitCode.Failed, "The run was cancelled.", ReasonOf(run)),
            _ => throw new ToolFailure(ExitCode.Failed, "The run failed.", ReasonOf(run)),
        };
    }

    private async Task<JsonElement> WriteAsync(CancellationToken cancellationToken)
    {
        var run = await call.Console.GetAsync($"api/v1/runs/{id}", cancellationToken);
        if (call.Printer.Format != OutputFormat.Table)
        {
            await call.Printer.OneAsync(run, Receipt);
        }
        else if (run.Root.GetProperty("answer").GetString() is { Length: > 0 } answer)
        {
            await call.Around.Out.WriteLineAsync(call.Around.OutputIsTerminal ? Plain.Text(answer) : answer);
        }
        await call.NoteAsync($"${run.Root.GetProperty("costUsd").GetString()}, {run.Root.GetProperty("provenance").GetString()}, run {id}");
        return run.Root;
    }

    private static string? ReasonOf(JsonElement run) =>
        run.TryGetProperty("refusal", out var refusal) && refusal.ValueKind == JsonValueKind.Object ? refusal.GetProperty("reason").GetString()
        : run.GetProperty("error").GetString();
}
