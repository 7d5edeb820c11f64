using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text.Json;
using Hal9.Cli.Access;
using Hal9.Cli.Api;
using Hal9.Cli.Output;

namespace Hal9.Cli.Commands;

/// <summary>How something is.</summary>
internal enum Health
{
    Fine,
    Doubtful,
    Fails,
}

/// <summary>What an examination found.</summary>
/// <param name="Check">Of what.</param>
/// <param name="State">How it is.</param>
/// <param name="Detail">In words.</param>
/// <param name="Fix">What helps.</param>
/// <param name="Code">The exit code, if it fails.</param>
internal sealed record Finding(string Check, Health State, string Detail, string? Fix = null, int Code = ExitCode.Failed);

/// <summary>Looks at everything between the tool and the console, nearest first; stops where nothing further can be seen.</summary>
internal sealed class Examination(Call call)
{
    /// <summary>The header has whole seconds and the answer took its way; sign-ins begin to suffer far beyond.</summary>
    private static readonly TimeSpan MostSkew = TimeSpan.FromSeconds(30);

    private readonly List<Finding> found = [];

    public async Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellationToken)
    {
        var session = call.Session;
        Transport(session.Url);
        if (await ReachAsync(cancellationToken))
        {
            var bearer = await CredentialAsync(session, cancellationToken);
            await ReadyAsync(bearer, cancellationToken);
            await VersionsAsync(bearer, cancellationToken);
        }
        if (!call.Store.IsPrivate)
        {
            found.Add(new Finding("stored sign-ins", Health.Doubtful, "Others on this machine can read them.", $"chmod 600 {call.Store.Path}"));
        }
        return found;
    }

    private void Transport(Uri url) => found.Add(url is { Scheme: "http", IsLoopback: false }
        ? new Finding("address", Health.Doubtful, $"{url} is not encrypted.", "Put a TLS proxy in front of the console and use https.")
        : new Finding("address", Health.Fine, url.ToString().TrimEnd('/')));

    private async Task<bool> ReachAsync(CancellationToken cancellationToken)
    {
        try
        {
            var since = call.Around.Time.GetTimestamp();
            using var answer = await call.Console.TrySendAsync(HttpMethod.Get, "health/live", null, null, cancellationToken);
            var took = call.Around.Time.GetElapsedTime(since);
            if (!answer.IsSuccessStatusCode)
            {
                throw await Refusals.ReadAsync(answer, cancellationToken);
            }
            found.Add(new Finding("reach", Health.Fine, $"Answered in {took.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)} ms."));
            Clock(answer.Headers.Date);
            return true;
        }
        catch (ToolFailure failure)
        {
            found.Add(new Finding(
                "reach", Health.Fails, Plain.Line(failure.Detail ?? failure.Message).Replace(" Check the address with 'hal9 doctor'.", "", StringComparison.Ordinal),
                "Is the console running, the address right, and nothing between that blocks it? Give the address with --url or HAL9_URL.", ExitCode.Unreachable));
            return false;
        }
    }

    private void Clock(DateTimeOffset? theirs)
    {
        if (theirs is not { } time)
        {
            return;
        }
        var skew = call.Around.Time.GetUtcNow() - time;
        found.Add(skew.Duration() > MostSkew
            ? new Finding("clock", Health.Doubtful, $"This machine is {skew.Duration().TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s {(skew > TimeSpan.Zero ? "ahead of" : "behind")} the console.", "Set the clocks by NTP; sign-ins and signatures depend on them.")
            : new Finding("clock", Health.Fine, "Agrees with the console's."));
    }

    private async Task<string?> CredentialAsync(Session session, CancellationToken cancellationToken)
    {
        const string SignIn = "Sign in with 'hal9 login', or set HAL9_API_KEY to a key that works.";
        try
        {
            var bearer = await call.Console.FindBearerAsync(cancellationToken);
            if (bearer is null)
            {
                found.Add(new Finding("credential", Health.Fails, "There is none for this address.", SignIn, ExitCode.Denied));
                return null;
            }
            using var answer = await call.Console.TrySendAsync(HttpMethod.Get, "api/v1/models", null, bearer, cancellationToken);
            var kind = session.Key is null ? $"Signed in as {session.Profile?.Email}" : "The key is known";
            found.Add(answer.StatusCode switch
            {
                HttpStatusCode.OK => new Finding("credential", Health.Fine, kind + "."),
                HttpStatusCode.Forbidden => new Finding("credential", Health.Doubtful, $"{kind}, but may not read the engine.", "Some commands will be refused: check the role, or the key's scopes."),
                HttpStatusCode.Unauthorized => new Finding("credential", Health.Fails, "It is unknown, expired or revoked.", SignIn, ExitCode.Denied),
                _ => new Finding("credential", Health.Fails, $"The console answered {(int)answer.StatusCode}.", "See the console's log."),
            });
            return answer.StatusCode == HttpStatusCode.Unauthorized ? null : bearer;
        }
        catch (ToolFailure failure)
        {
            found.Add(new Finding("credential", Health.Fails, failure.Message, failure.Detail ?? SignIn, failure.Code));
            return null;
        }
    }

    /// <summary>Administrators are told of each check; others get one word.</summary>
    private async Task ReadyAsync(string? bearer, CancellationToken cancellationToken)
    {
        using var answer = await call.Console.TrySendAsync(HttpMethod.Get, "health/ready", null, bearer, cancellationToken);
        var body = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (answer.Content.Headers.ContentType?.MediaType != "application/json")
        {
            found.Add(OfStatus("ready", body.Trim(), body.Trim(), body.Trim() == "Healthy" ? null : "An administrator sees each check with its fix: sign in as one and run this again."));
            return;
        }
        foreach (var check in new Reply(body).Root.GetProperty("checks").EnumerateArray())
        {
            found.Add(OfStatus(
                "console: " + check.GetProperty("name").GetString(), check.GetProperty("status").GetString()!, check.GetProperty("description").GetString() ?? "",
                check.TryGetProperty("fix", out var fix) ? fix.GetString() : null));
        }
    }

    private static Finding OfStatus(string check, string status, string detail, string? fix) =>
        new(check, status switch { "Healthy" => Health.Fine, "Degraded" => Health.Doubtful, _ => Health.Fails }, detail, fix);

    private async Task VersionsAsync(string? bearer, CancellationToken cancellationToken)
    {
        var own = typeof(Examination).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "?";
        var theirs = bearer is null ? null : await FindVersionAsync(bearer, cancellationToken);
        found.Add(theirs is null
            ? new Finding("version", Health.Fine, $"Tool {own}; the console tells its version only to who may read metrics.")
            : theirs == own
                ? new Finding("version", Health.Fine, $"Tool and console are {own}.")
                : new Finding("version", Health.Doubtful, $"Tool {own}, console {theirs}.", "Both understand /api/v1; install the same version for all commands: dotnet tool update --global Hal9.Cli"));
    }

    private async Task<string?> FindVersionAsync(string bearer, CancellationToken cancellationToken)
    {
        using var answer = await call.Console.TrySendAsync(HttpMethod.Get, "metrics", null, bearer, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            return null;
        }
        var line = (await answer.Content.ReadAsStringAsync(cancellationToken)).Split('\n').FirstOrDefault(text => text.StartsWith("hal9_build_info{", StringComparison.Ordinal));
        return line?.Split("version=\"", 2) is [_, var rest] ? rest.Split('"')[0].Split('+')[0] : null;
    }
}
