using System.CommandLine;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hal9.Cli.Access;
using Hal9.Cli.Api;
using Hal9.Cli.Output;

namespace Hal9.Cli.Commands;

/// <summary>Signing in and out.</summary>
internal static class AccessCommands
{
    public static Command Login(Tool tool)
    {
        var email = new Option<string?>("--email") { Description = "Who signs in; asked for when it is not given.", HelpName = "address" };
        var fromInput = new Option<bool>("--password-stdin") { Description = "Read the password from standard input." };
        var code = new Option<string?>("--code") { Description = "The code of your authenticator app, if the account has one.", HelpName = "digits" };
        var tenant = new Option<string?>("--tenant") { Description = "Your organisation, when you belong to several.", HelpName = "name" };
        var command = new Command("login", "Sign in with e-mail and password, or with --key. The sign-in is kept in a file that only you can read.").With(email, fromInput, code, tenant);
        return tool.Does(command, async (call, result, cancellationToken) =>
        {
            var around = call.Around;
            var url = Session.ReadUrl(call.GivenUrl ?? call.Store.Find(call.ProfileName)?.Url ?? await AskAsync(call, $"Address of the console [{Session.DefaultUrl}]: ", Session.DefaultUrl, cancellationToken));
            if (url is { Scheme: "http", IsLoopback: false })
            {
                await call.NoteAsync("warning: this address is not encrypted. Everybody on the way can read what is sent.");
            }
            var session = Session.Resolve(around, call.Store, call.ProfileName, url.ToString(), call.KeyOption);
            using var console = new ConsoleClient(around, session);
            Profile profile;
            if (call.KeyOption is { } key)
            {
                await CheckKeyAsync(console, key, cancellationToken);
                profile = new Profile(Trimmed(url), Key: key);
            }
            else
            {
                var who = new JsonObject
                {
                    ["email"] = result.GetValue(email) ?? await AskAsync(call, "E-mail address: ", null, cancellationToken),
                    ["password"] = result.GetValue(fromInput) ? await around.In.ReadLineAsync(cancellationToken) : AskSecret(call),
                    ["code"] = result.GetValue(code),
                    ["tenant"] = result.GetValue(tenant),
                };
                var tokens = await SignInAsync(call, console, who, cancellationToken);
                profile = tokens.On(new Profile(Trimmed(url), who["email"]!.GetValue<string>()), around.Time.GetUtcNow());
            }
            await call.Store.SaveAsync(call.ProfileName, profile, cancellationToken);
            await call.NoteAsync($"Signed in at {profile.Url}{(profile.Email is null ? " with a key" : " as " + profile.Email)}{(call.ProfileName == CredentialStore.DefaultProfile ? "" : $" (profile {call.ProfileName})")}.");
            return ExitCode.Ok;
        });
    }

    public static Command Logout(Tool tool) => tool.Does(
        new Command("logout", "Forget the sign-in on this machine. A key goes on to work until it is revoked."),
        async (call, _, cancellationToken) =>
        {
            var had = await call.Store.RemoveAsync(call.ProfileName, cancellationToken);
            await call.NoteAsync(had ? $"Forgot the profile {call.ProfileName}." : $"There was no sign-in in the profile {call.ProfileName}.");
            return ExitCode.Ok;
        });

    public static Command WhoAmI(Tool tool) => tool.Does(
        new Command("whoami", "Which console, with which credential, and whether it is accepted."),
        async (call, _, cancellationToken) =>
        {
            var session = call.Session;
            var bearer = await call.Console.FindBearerAsync(cancellationToken)
                ?? throw new ToolFailure(ExitCode.Denied, $"Not signed in at {Trimmed(session.Url)}.", "Sign in with 'hal9 login', or set HAL9_API_KEY.");
            await CheckKeyAsync(call.Console, bearer, cancellationToken);
            var facts = new Dictionary<string, string?>
            {
                ["url"] = Trimmed(session.Url),
                ["profile"] = session.Source == CredentialSource.Profile ? session.ProfileName : null,
                ["email"] = session.Profile?.Email,
                ["credential"] = session.Key is null ? "sign-in" : $"key from {session.Source switch { CredentialSource.Option => "--key", CredentialSource.Variable => "HAL9_API_KEY", _ => "the profile" }}",
            };
            await call.Printer.OneAsync(new Reply(JsonSerializer.Serialize(facts)), [new("url", "Console"), new("email", "E-mail"), new("credential", "Credential"), new("profile", "Profile")]);
            return ExitCode.Ok;
        });

    /// <summary>Asks for the authenticator's code when the account turns out to have one.</summary>
    private static async Task<Tokens> SignInAsync(Call call, ConsoleClient console, JsonObject who, CancellationToken cancellationToken)
    {
        try
        {
            return await console.SignInAsync(who, cancellationToken);
        }
        catch (ToolFailure failure) when (failure.IsCodeNeeded && call.Around.InputIsTerminal && who["code"] is null)
        {
            who["code"] = await AskAsync(call, "Code of your authenticator app: ", null, cancellationToken);
            return await console.SignInAsync(who, cancellationToken);
        }
    }

    private static string Trimmed(Uri url) => url.ToString().TrimEnd('/');

    /// <summary>A key may be allowed little; that it is known is enough.</summary>
    private static async Task CheckKeyAsync(ConsoleClient console, string key, CancellationToken cancellationToken)
    {
        using var answer = await console.TrySendAsync(HttpMethod.Get, "api/v1/models", null, key, cancellationToken);
        if (!answer.IsSuccessStatusCode && answer.StatusCode != HttpStatusCode.Forbidden)
        {
            throw await Refusals.ReadAsync(answer, cancellationToken);
        }
    }

    private static async Task<string> AskAsync(Call call, string question, string? otherwise, CancellationToken cancellationToken)
    {
        if (!call.Around.InputIsTerminal)
        {
            return otherwise ?? throw ToolFailure.Usage("Nobody can be asked here.", "Give --email and --password-stdin, or --key.");
        }
        await call.Around.Error.WriteAsync(question);
        var text = (await Prompt.ReadLineAsync(call.Around, cancellationToken))?.Trim();
        return string.IsNullOrEmpty(text) ? otherwise ?? throw ToolFailure.Usage("Nothing was entered.") : text;
    }

    private static string AskSecret(Call call)
    {
        if (!call.Around.InputIsTerminal)
        {
            throw ToolFailure.Usage("Nobody can be asked for the password here.", "Give --password-stdin, or --key.");
        }
        var text = call.Around.ReadSecret("Password: ");
        call.Around.Error.WriteLine();
        return text;
    }
}
