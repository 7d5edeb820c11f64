using System.Collections.Concurrent;
using System.Text;
using Hal9.Cli;

namespace Hal9.Tests.Support;

/// <summary>What an invocation of the tool left behind.</summary>
internal sealed record CliResult(int Code, string Out, string Error);

/// <summary>The command line tool in this process: its own entry, with streams, variables and a settings folder of the test.</summary>
internal sealed class CliTool : IDisposable
{
    private readonly TempFolder folder = new();

    /// <summary>The tool's environment.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>Where sign-ins are kept.</summary>
    public string Folder => folder.Path;

    /// <summary>How its requests leave, if not as in earnest.</summary>
    public Func<HttpMessageHandler>? Wire { get; set; }

    /// <summary>What it is piped; null: somebody sits at a terminal and types <see cref="Typed"/>.</summary>
    public string? Piped { get; set; } = "";

    /// <summary>What somebody types.</summary>
    public TypedLines Typed { get; } = new();

    /// <summary>What somebody types without seeing it.</summary>
    public string Secret { get; set; } = "";

    /// <summary>Somebody looks at what comes out.</summary>
    public bool IsTerminal { get; set; }

    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Runs a command line to its end.</summary>
    public Task<CliResult> RunAsync(params string[] args) => Start(args).Ended;

    /// <summary>Starts a command line.</summary>
    public CliRun Start(params string[] args)
    {
        var output = new SeenText();
        var error = new SeenText();
        var around = new Surroundings
        {
            In = Piped is null ? Typed : new StringReader(Piped),
            Out = output,
            Error = error,
            InputIsTerminal = Piped is null,
            OutputIsTerminal = IsTerminal,
            ErrorIsTerminal = IsTerminal,
            ReadSecret = _ => Secret,
            Variable = Variables.GetValueOrDefault,
            Folder = folder.Path,
            Time = Time,
        };
        around = Wire is null ? around : around with { Wire = Wire };
        var running = Task.Run(async () => new CliResult(await new Tool(around).RunAsync(args, TestContext.Current.CancellationToken), output.ToString(), error.ToString()));
        return new CliRun(around.Interrupts, output, error, running);
    }

    public void Dispose()
    {
        Typed.Dispose();
        folder.Dispose();
    }
}

/// <summary>An invocation that may still be at work.</summary>
internal sealed record CliRun(Interrupts Keyboard, SeenText Out, SeenText Error, Task<CliResult> Ended);

/// <summary>Lines that come when the test types them.</summary>
internal sealed class TypedLines : TextReader
{
    private readonly BlockingCollection<string> lines = [];

    public void Type(string line) => lines.Add(line);

    /// <summary>Ctrl+D.</summary>
    public void End() => lines.CompleteAdding();

    public override string? ReadLine() => lines.TryTake(out var line, Timeout.Infinite) ? line : null;

    protected override void Dispose(bool disposing)
    {
        lines.CompleteAdding();
        base.Dispose(disposing);
    }
}

/// <summary>Written text that a test can wait for.</summary>
internal sealed class SeenText : TextWriter
{
    private readonly Lock gate = new();
    private readonly StringBuilder text = new();
    private TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write(value.ToString());

    public override void Write(string? value)
    {
        lock (gate)
        {
            text.Append(value);
            more.SetResult();
            more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    /// <summary>Waits until this was written.</summary>
    public async Task UntilAsync(string part, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (text.ToString().Contains(part, StringComparison.Ordinal))
                {
                    return;
                }
                next = more.Task;
            }
            await next.WaitAsync(cancellationToken);
        }
    }

    public override string ToString()
    {
        lock (gate)
        {
            return text.ToString();
        }
    }
}
