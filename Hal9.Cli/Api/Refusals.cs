using System.Net;
using System.Text.Json;

namespace Hal9.Cli.Api;

/// <summary>Turns what the console refuses into an exit code and words: problems of <c>/api</c>, errors of <c>/v1</c>, and what neither wrote.</summary>
internal static class Refusals
{
    public static ToolFailure Unreachable(Exception e) => new(ExitCode.Unreachable, "The console cannot be reached.", $"{e.Message}\nCheck the address with 'hal9 doctor'.");

    public static async Task<ToolFailure> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if ((int)answer.StatusCode is >= 300 and < 400)
        {
            return new ToolFailure(ExitCode.Unreachable, "The address points elsewhere.", $"Use --url {answer.Headers.Location?.GetLeftPart(UriPartial.Authority) ?? "with the right address"}.");
        }
        string body;
        try
        {
            body = await answer.Content.ReadAsStringAsync(cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return Unreachable(e);
        }
        return Read(answer.StatusCode, body, answer.Headers.TryGetValues("x-request-id", out var ids) ? ids.FirstOrDefault() : null);
    }

    public static ToolFailure Read(HttpStatusCode status, string body, string? requestId)
    {
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(body);
            root = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            root = default;
        }
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
        {
            return OfOpenAi((int)status, error, requestId);
        }
        if (root.ValueKind == JsonValueKind.Object && Text(root, "title") is { } title)
        {
            return OfProblem((int)status, root, title);
        }
        return (int)status is 502 or 503 or 504
            ? new ToolFailure(ExitCode.Unreachable, "The console cannot be reached.", $"Something before it answered {(int)status}.", requestId)
            : new ToolFailure(CodeOf((int)status), $"The answer was {(int)status}.", "Is this the address of a HAL9 Console?", requestId);
    }

    /// <summary>An error that came in the middle of a stream.</summary>
    public static ToolFailure OfOpenAi(int status, JsonElement error, string? requestId)
    {
        var code = Text(error, "code");
        var exit = code is "insufficient_quota" || Text(error, "type") is "insufficient_quota" ? ExitCode.Budget : CodeOf(status);
        return new ToolFailure(exit, exit == ExitCode.Budget ? "A budget has no room." : "The answer failed.", Join(Text(error, "message"), code is null ? null : $"code: {code}"), requestId);
    }

    private static ToolFailure OfProblem(int status, JsonElement problem, string title)
    {
        var type = Text(problem, "type") ?? "";
        var code = type.EndsWith("/budget-refused", StringComparison.Ordinal) ? ExitCode.Budget
            : type.EndsWith("/unavailable", StringComparison.Ordinal) ? ExitCode.Unreachable
            : CodeOf(status);
        var tenants = problem.TryGetProperty("tenants", out var list) && list.ValueKind == JsonValueKind.Array
            ? "Use --tenant with one of: " + string.Join(", ", list.EnumerateArray().Select(tenant => Text(tenant, "name")))
            : null;
        var advice = code == ExitCode.Denied && status == 401 ? "Sign in with 'hal9 login', or check the key." : tenants;
        var room = code == ExitCode.Budget
            ? Join(
                Text(problem, "resetsAt") is { } resets ? $"It begins anew at {resets}." : "It does not begin anew by itself.",
                Text(problem, "runId") is { } run ? $"run: {run}" : null,
                Text(problem, "budgetId") is { } budget ? $"budget: {budget}" : null)
            : null;
        return new ToolFailure(code, title, Join(Text(problem, "detail"), advice, room), Text(problem, "traceId"))
        {
            IsCodeNeeded = problem.TryGetProperty("codeNeeded", out var needed) && needed.ValueKind == JsonValueKind.True,
        };
    }

    private static int CodeOf(int status) => status switch
    {
        400 or 415 or 422 => ExitCode.Usage,
        401 or 403 => ExitCode.Denied,
        404 => ExitCode.NotFound,
        _ => ExitCode.Failed,
    };

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Join(params ReadOnlySpan<string?> lines) => string.Join('\n', lines.ToArray().Where(line => !string.IsNullOrEmpty(line)));
}
