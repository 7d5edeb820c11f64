using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text.Json;
using Hal9.Cli.Commands;

namespace Hal9.Cli;

/// <summary>The tool: its table of contents, and how an invocation ends.</summary>
internal sealed class Tool
{
    private readonly Surroundings around;
    private readonly GlobalOptions globals = new();

    public Tool(Surroundings around)
    {
        this.around = around;
        Root = new RootCommand("The command line of HAL9 Console. Data goes to standard output, everything else to standard error.");
        globals.AddTo(Root);
        foreach (var command in (Command[])
            [
                AccessCommands.Login(this), AccessCommands.Logout(this), AccessCommands.WhoAmI(this),
                ChatCommand.Make(this), RunCommands.Make(this), CodegenCommands.Make(this), HistoryCommands.Make(this),
                CostCommand.Make(this), BudgetCommands.Make(this), KeyCommands.Make(this),
                EngineCommands.Models(this), EngineCommands.Ledger(this), PriceCommands.Make(this), PriceCommands.Audit(this), DoctorCommand.Make(this), CompletionCommand.Make(this),
            ])
        {
            Root.Subcommands.Add(command);
        }
        Root.SetAction(result => new HelpAction().Invoke(result));
    }

    /// <summary>All commands.</summary>
    public RootCommand Root { get; }

    /// <summary>Gives a command its work.</summary>
    public Command Does(Command command, Func<Call, ParseResult, CancellationToken, Task<int>> work)
    {
        command.SetAction(async (result, cancellationToken) =>
        {
            using var call = new Call(around, globals, result);
            return await work(call, result, cancellationToken);
        });
        return command;
    }

    /// <summary>Runs a command line to its exit code; never throws for what can go wrong outside of the tool.</summary>
    public async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken = default)
    {
        var parsed = Root.Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors)
            {
                await around.Error.WriteLineAsync($"error: {error.Message}");
            }
            await around.Error.WriteLineAsync($"See '{NameOf(parsed.CommandResult.Command)} --help'.");
            return ExitCode.Usage;
        }
        using var whole = around.Interrupts.Begin(cancellationToken);
        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { Output = around.Out, Error = around.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, whole.Token);
        }
        catch (ToolFailure failure)
        {
            await failure.TellAsync(around.Error);
            return failure.Code;
        }
        catch (OperationCanceledException) when (whole.Token.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException or JsonException)
        {
            await new ToolFailure(ExitCode.Failed, "The answer is not what was expected.", $"Is this the address of a HAL9 Console? ({e.Message})").TellAsync(around.Error);
            return ExitCode.Failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await new ToolFailure(ExitCode.Failed, "A file could not be used.", e.Message).TellAsync(around.Error);
            return ExitCode.Failed;
        }
    }

    /// <summary>A command's whole name, as one types it.</summary>
    public static string NameOf(Command command) =>
        command is RootCommand ? "hal9" : command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{NameOf(parent)} {command.Name}" : command.Name;
}
