using System.CommandLine;

namespace Hal9.Cli.Commands;

/// <summary>Completion for shells: each asks the tool itself, so that it never lags behind.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # hal9 completion for bash. Put this into ~/.bashrc:  eval "$(hal9 completion bash)"
        _hal9() {
            local rest="${COMP_LINE#* }" IFS=$'\n'
            local at=$((COMP_POINT - ${#COMP_LINE} + ${#rest}))
            COMPREPLY=($(compgen -W "$(hal9 "[suggest:$at]" "$rest" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _hal9 hal9
        """;

    private const string Zsh = """
        # hal9 completion for zsh. Put this into ~/.zshrc:  eval "$(hal9 completion zsh)"
        _hal9() {
            local rest="${BUFFER#* }"
            local at=$((CURSOR - ${#BUFFER} + ${#rest}))
            compadd -- "${(@f)$(hal9 "[suggest:$at]" "$rest" 2>/dev/null)}"
        }
        compdef _hal9 hal9
        """;

    private const string Fish = """
        # hal9 completion for fish:  hal9 completion fish > ~/.config/fish/completions/hal9.fish
        function __hal9_complete
            set -l line (commandline -cp)
            set -l rest (string replace -r '^\S+\s' '' -- $line)
            hal9 "[suggest:"(string length -- $rest)"]" "$rest" 2>/dev/null
        end
        complete -f -c hal9 -a '(__hal9_complete)'
        """;

    private const string Pwsh = """
        # hal9 completion for PowerShell. Put this into $PROFILE:  hal9 completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName hal9 -ScriptBlock {
            param($word, $ast, $position)
            $rest = $ast.ToString() -replace '^\S+\s', ''
            $at = $position - ($ast.ToString().Length - $rest.Length)
            hal9 "[suggest:$at]" "$rest" 2>$null | Where-Object { $_ -like "$word*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }
        """;

    public static Command Make(Tool tool)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh.", HelpName = "shell" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");
        return tool.Does(new Command("completion", "Print a script that completes hal9 in your shell.").With(shell), async (call, result, _) =>
        {
            await call.Around.Out.WriteLineAsync(result.GetValue(shell) switch { "zsh" => Zsh, "fish" => Fish, "pwsh" => Pwsh, _ => Bash });
            return ExitCode.Ok;
        });
    }
}
