using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using System.Text;
using Hal9.Cli;

namespace Hal9.Tests.Cli;

/// <summary>The tool's commands as Markdown, read from the tool itself.</summary>
internal static class CommandDocument
{
    public static string Write(RootCommand root)
    {
        var text = new StringBuilder("## Exit codes\n\n| Code | Meaning |\n|---|---|\n");
        foreach (var (code, meaning) in ExitCode.All)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {code} | {meaning} |\n");
        }
        text.Append("\n## Options of every command\n\n");
        Options(text, root.Options.Where(option => option is not HelpOption && option.Recursive));
        text.Append("## Commands\n\n");
        foreach (var command in root.Subcommands)
        {
            Add(text, command);
        }
        return text.ToString().TrimEnd() + "\n";
    }

    private static void Add(StringBuilder text, Command command)
    {
        if (command.Subcommands.Count > 0)
        {
            foreach (var below in command.Subcommands)
            {
                Add(text, below);
            }
            return;
        }
        text.Append(CultureInfo.InvariantCulture, $"### {Tool.NameOf(command)}{string.Concat(command.Arguments.Select(Usage))}\n\n{command.Description}\n\n");
        if (command.Arguments.Count > 0)
        {
            text.Append("| Argument | |\n|---|---|\n");
            foreach (var argument in command.Arguments)
            {
                text.Append(CultureInfo.InvariantCulture, $"| `{argument.HelpName}` | {argument.Description} |\n");
            }
            text.Append('\n');
        }
        Options(text, command.Options);
    }

    private static void Options(StringBuilder text, IEnumerable<Option> options)
    {
        var shown = options.ToList();
        if (shown.Count == 0)
        {
            return;
        }
        text.Append("| Option | |\n|---|---|\n");
        foreach (var option in shown)
        {
            var names = string.Join(", ", option.Aliases.Prepend(option.Name).Select(name => $"`{name}`"));
            var value = option.HelpName is null ? "" : $" `<{option.HelpName}>`";
            text.Append(CultureInfo.InvariantCulture, $"| {names}{value} | {option.Description}{(option.Required ? " Needed." : "")}{(option.HelpName is not null && option.HasDefaultValue ? $" Default: {option.GetDefaultValue()}." : "")} |\n");
        }
        text.Append('\n');
    }

    private static string Usage(Argument argument) => $" {(argument.Arity.MinimumNumberOfValues == 0 ? $"[{argument.HelpName}]" : $"<{argument.HelpName}>")}";
}
