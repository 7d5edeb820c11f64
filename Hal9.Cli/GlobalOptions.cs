using System.CommandLine;

namespace Hal9.Cli;

/// <summary>Options of every command.</summary>
internal sealed class GlobalOptions
{
    public Option<string> Output { get; } = new("--output", "-o")
    {
        Description = "table for people, json as the console answers it, csv for spreadsheets.", HelpName = "format", Recursive = true, DefaultValueFactory = _ => "table",
    };

    public Option<string?> Url { get; } = new("--url") { Description = "The console's address. Else HAL9_URL, the profile's, or http://127.0.0.1:5080.", HelpName = "url", Recursive = true };

    public Option<string?> Key { get; } = new("--key") { Description = "An API key. Else HAL9_API_KEY, or the profile's sign-in. Others on this machine can see it; prefer the variable.", HelpName = "key", Recursive = true };

    public Option<string?> Profile { get; } = new("--profile") { Description = "Which of several sign-ins. Else HAL9_PROFILE, or default.", HelpName = "name", Recursive = true };

    public Option<bool> NoColor { get; } = new("--no-color") { Description = "No colours; NO_COLOR does the same.", Recursive = true };

    public Option<bool> Quiet { get; } = new("--quiet", "-q") { Description = "Nothing on standard error but errors.", Recursive = true };

    public void AddTo(RootCommand root)
    {
        Output.AcceptOnlyFromAmong("table", "json", "csv");
        foreach (var option in (Option[])[Output, Url, Key, Profile, NoColor, Quiet])
        {
            root.Options.Add(option);
        }
    }
}
