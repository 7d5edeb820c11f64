using System.CommandLine;

namespace Hal9.Cli.Commands;

/// <summary>Parts that several commands have.</summary>
internal static class Parts
{
    public static Argument<Guid> Id(string description) => new("id") { Description = description, HelpName = "id" };

    public static Option<string?> After() => new("--after") { Description = "The next page: the cursor that the page before ended with.", HelpName = "cursor" };

    public static Option<int?> Limit() => new("--limit") { Description = "At most so many, 1 to 200.", HelpName = "n" };

    public static Command With(this Command command, params ReadOnlySpan<Symbol> parts)
    {
        foreach (var part in parts)
        {
            switch (part)
            {
                case Argument argument:
                    command.Arguments.Add(argument);
                    break;
                case Option option:
                    command.Options.Add(option);
                    break;
                case Command below:
                    command.Subcommands.Add(below);
                    break;
            }
        }
        return command;
    }

    /// <summary>Says that there is more, and how to get it.</summary>
    public static Task NoteMoreAsync(this Call call, Api.Reply reply) =>
        call.Printer.Format != Output.OutputFormat.Json && reply.Root.TryGetProperty("next", out var next) && next.GetString() is { Length: > 0 } cursor
            ? call.NoteAsync($"There is more: --after {cursor}")
            : Task.CompletedTask;
}
