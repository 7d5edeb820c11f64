using System.Text.Json;
using System.Text.RegularExpressions;
using Hal9.Engine.Budgets;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Web.Api.OpenAi;

namespace Hal9.Web.Api;

/// <summary>
/// The outermost part of the programs' addresses: whatever goes wrong behind it, the caller gets the agreed shape, RFC 9457 on
/// <c>/api</c> and OpenAI's on <c>/v1</c>, never an empty body or a page.
/// </summary>
internal sealed partial class ApiErrors(RequestDelegate next, ApiRoutes routes, ILogger<ApiErrors> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var openAi = context.Request.Path.StartsWithSegments("/v1");
        if (!openAi && !context.Request.Path.StartsWithSegments("/api"))
        {
            await next(context);
            return;
        }
        if (openAi)
        {
            context.Response.Headers["x-request-id"] = context.TraceIdentifier;
        }
        try
        {
            if (routes.IsRefusedBodyOfOpenEndpoint(context))
            {
                context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            }
            else
            {
                await next(context);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await (openAi ? TellOpenAiAsync(context, e) : TellAsync(context, e));
            return;
        }
        if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null })
        {
            if (context.Response.StatusCode is StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed)
            {
                (context.Response.StatusCode, var allowed) = routes.Judge(context);
                context.Response.Headers.Allow = allowed is [] ? default : string.Join(", ", allowed);
            }
            await (openAi
                ? OpenAiError.Of(context.Response.StatusCode, context.Request.Path).WriteAsync(context)
                : Problems.WriteAsync(context, ProblemKind.Of(context.Response.StatusCode), ProblemKind.Of(context.Response.StatusCode).Title));
        }
    }

    private Task TellAsync(HttpContext context, Exception e)
    {
        switch (e)
        {
            case RequestKeyReused:
                return Problems.WriteAsync(context, ProblemKind.KeyReused, e.Message);
            case AccessDenied:
                return Problems.WriteAsync(context, ProblemKind.Forbidden, e.Message);
            case UnauthorizedAccessException:
                return Problems.WriteAsync(context, ProblemKind.Unauthenticated, ProblemKind.Unauthenticated.Title);
            case BudgetRefused refused:
                return Problems.WriteAsync(context, ProblemKind.Budget, e.Message, ("budgetId", refused.Refusal.BudgetId), ("resetsAt", refused.Refusal.ResetsAt));
            case BadHttpRequestException { InnerException: JsonException json }:
                var (field, reason) = FieldOf(json);
                return Problems.WriteAsync(context, ProblemKind.Invalid, $"{field}: {reason}", ("errors", new Dictionary<string, string[]> { [field] = [reason] }));
            case BadHttpRequestException missing when missing.Message.StartsWith("Implicit body inferred", StringComparison.Ordinal):
                return Problems.WriteAsync(context, ProblemKind.Invalid, "body: A JSON object is required.", ("errors", new Dictionary<string, string[]> { ["body"] = ["A JSON object is required."] }));
            case BadHttpRequestException bad:
                var kind = ProblemKind.Of(bad.StatusCode);
                return Problems.WriteAsync(context, kind, BadParameter().Match(bad.Message) is { Success: true } parameter
                    ? $"The value of `{parameter.Groups[1].Value}` could not be read." : kind == ProblemKind.Invalid ? bad.Message : kind.Title);
            default:
                Failed(log, e, context.Request.Path);
                return Problems.WriteAsync(context, ProblemKind.Internal, ProblemKind.Internal.Title);
        }
    }

    private Task TellOpenAiAsync(HttpContext context, Exception e)
    {
        var error = e switch
        {
            OpenAiError own => own,
            RequestKeyReused => new OpenAiError(422, OpenAiError.InvalidRequest, e.Message, code: "idempotency_key_reused"),
            AccessDenied => new OpenAiError(403, OpenAiError.Permission, e.Message, code: "forbidden"),
            UnauthorizedAccessException => OpenAiError.Of(401, context.Request.Path),
            BudgetRefused refused => OpenAiError.Of(refused.Refusal),
            BadHttpRequestException bad => new OpenAiError(bad.StatusCode, OpenAiError.InvalidRequest, bad.Message),
            _ => null,
        };
        if (error is null)
        {
            Failed(log, e, context.Request.Path);
            error = OpenAiError.Of(500, context.Request.Path);
        }
        return error.WriteAsync(context);
    }

    /// <summary>Which field a JSON error is about, as the caller wrote it, and the reason without our type names.</summary>
    internal static (string Field, string Reason) FieldOf(JsonException json)
    {
        if (UnknownMember().Match(json.Message) is { Success: true } unknown)
        {
            // The path of an unknown member ends with its own name when the reader got that far.
            var at = PathOf(json);
            var name = unknown.Groups[1].Value;
            return (at.Length == 0 ? name : at == name || at.EndsWith("." + name, StringComparison.Ordinal) ? at : $"{at}.{name}", "Unknown field.");
        }
        if (MissingMembers().Match(json.Message) is { Success: true } missing)
        {
            return (missing.Groups[1].Value, "This field is required.");
        }
        var reason = json.Message switch
        {
            var m when m.StartsWith("An amount", StringComparison.Ordinal) || m.StartsWith("A time", StringComparison.Ordinal) => CutPath(m),
            var m when m.Contains("could not be converted", StringComparison.Ordinal) => "The value has the wrong type or is not among the allowed ones.",
            _ => null,
        };
        var path = PathOf(json);
        return reason is null ? ("body", "This is not valid JSON.") : (path.Length == 0 ? "body" : path, reason);
    }

    private static string PathOf(JsonException json) => (json.Path ?? "").TrimStart('$', '.');

    private static string CutPath(string message) => message.IndexOf(" Path: ", StringComparison.Ordinal) is var cut and > 0 ? message[..cut] : message;

    [LoggerMessage(LogLevel.Error, "{Path} failed.")]
    private static partial void Failed(ILogger logger, Exception exception, string path);

    [GeneratedRegex("^The JSON property '([^']+)' could not be mapped")]
    private static partial Regex UnknownMember();

    [GeneratedRegex("missing required properties[^:]*: '([^']+)'")]
    private static partial Regex MissingMembers();

    [GeneratedRegex("^Failed to bind parameter \"[^ ]+ ([^\"]+)\"")]
    private static partial Regex BadParameter();
}
