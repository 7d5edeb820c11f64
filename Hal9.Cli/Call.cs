using System.CommandLine;
using Hal9.Cli.Access;
using Hal9.Cli.Api;
using Hal9.Cli.Output;

namespace Hal9.Cli;

/// <summary>One invocation of a command: what it was told, whom it talks to, where it writes.</summary>
internal sealed class Call : IDisposable
{
    private readonly Lazy<Session> session;
    private readonly Lazy<ConsoleClient> console;

    public Call(Surroundings around, GlobalOptions globals, ParseResult result)
    {
        Around = around;
        Quiet = result.GetValue(globals.Quiet);
        Printer = new Printer(around, result.GetRequiredValue(globals.Output) switch { "json" => OutputFormat.Json, "csv" => OutputFormat.Csv, _ => OutputFormat.Table }, result.GetValue(globals.NoColor) || !string.IsNullOrEmpty(around.Variable("NO_COLOR")));
        Store = new CredentialStore(around);
        ProfileName = FirstOf(result.GetValue(globals.Profile), around.Variable("HAL9_PROFILE")) ?? CredentialStore.DefaultProfile;
        GivenUrl = FirstOf(result.GetValue(globals.Url), around.Variable("HAL9_URL"));
        KeyOption = FirstOf(result.GetValue(globals.Key));
        session = new Lazy<Session>(() => Session.Resolve(around, Store, ProfileName, GivenUrl, KeyOption));
        console = new Lazy<ConsoleClient>(() => new ConsoleClient(around, Session));
    }

    public Surroundings Around { get; }

    public Printer Printer { get; }

    public CredentialStore Store { get; }

    public string ProfileName { get; }

    /// <summary>The address by option or variable.</summary>
    public string? GivenUrl { get; }

    /// <summary>The key by option.</summary>
    public string? KeyOption { get; }

    public bool Quiet { get; }

    public Session Session => session.Value;

    public ConsoleClient Console => console.Value;

    /// <summary>Says something about the data, unless it should be quiet.</summary>
    public Task NoteAsync(string text) => Quiet ? Task.CompletedTask : Around.Error.WriteLineAsync(Plain.Text(text));

    public void Dispose()
    {
        if (console.IsValueCreated)
        {
            console.Value.Dispose();
        }
    }

    private static string? FirstOf(params ReadOnlySpan<string?> texts)
    {
        foreach (var text in texts)
        {
            if (!string.IsNullOrWhiteSpace(text))
            {
                return text.Trim();
            }
        }
        return null;
    }
}
