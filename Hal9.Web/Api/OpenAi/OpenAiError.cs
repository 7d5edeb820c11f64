using System.Text.Json;
using System.Text.Json.Serialization;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Runs;

namespace Hal9.Web.Api.OpenAi;

/// <summary>The body of an error on <c>/v1</c>.</summary>
internal sealed record ErrorBody([property: JsonPropertyName("error")] ErrorDetail Error);

/// <summary>What went wrong, as OpenAI's clients read it.</summary>
internal sealed record ErrorDetail(
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("param")] string? Param,
    [property: JsonPropertyName("code")] string? Code);

/// <summary>An error in OpenAI's terms. The clients retry 408, 409, 429 and 5xx by themselves: what would fail again must not be one of these.</summary>
internal sealed class OpenAiError(int status, string type, string message, string? param = null, string? code = null) : Exception(message)
{
    public const string InvalidRequest = "invalid_request_error";
    public const string Permission = "permission_error";
    public const string Quota = "insufficient_quota";
    public const string RateLimit = "rate_limit_exceeded";
    public const string Server = "server_error";

    public int Status { get; } = status;
    public ErrorBody Body { get; } = new(new ErrorDetail(message, type, param, code));
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>The clients try these again by themselves.</summary>
    public bool MayPass => Status is 429 or >= 500;

    public TimeSpan? RetryAfter { get; init; }

    public static OpenAiError Invalid(string message, string? param) => new(400, InvalidRequest, message, param, "invalid_value");

    public static OpenAiError UnknownModel(string model) =>
        new(404, InvalidRequest, $"The model '{model}' does not exist. GET /v1/models lists those that do.", "model", "model_not_found");

    /// <summary>For a status that came without a body.</summary>
    public static OpenAiError Of(int status, string path) => status switch
    {
        401 => new(401, InvalidRequest, "The API key is missing, unknown, expired or revoked. Send 'Authorization: Bearer <key>'.", code: "invalid_api_key"),
        403 => new(403, Permission, "Your role, or the scopes of this key, do not allow this.", code: "forbidden"),
        404 => new(404, InvalidRequest, $"There is no {path} here.", code: "unknown_url"),
        405 => new(405, InvalidRequest, $"That method is not offered at {path}.", code: "method_not_allowed"),
        413 => new(413, InvalidRequest, "The body is too large.", code: "request_too_large"),
        415 => new(415, InvalidRequest, "The body must be JSON: send 'Content-Type: application/json'."),
        429 => new(429, RateLimit, "Too many requests.", code: RateLimit),
        < 500 => new(status, InvalidRequest, "The request was refused."),
        _ => new(status, Server, "Something went wrong here. The x-request-id helps to find it in the log.", code: "internal_error"),
    };

    public static OpenAiError Of(Refusal refusal) => new(429, Quota, refusal.Reason, code: Quota) { RetryAt = refusal.ResetsAt };

    /// <summary>For a run that ended without an answer.</summary>
    public static OpenAiError Of(RunView run) => run switch
    {
        { Refusal: { } refusal } => Of(refusal),
        { Status: RunStatus.Refused } => new(429, Quota, run.Error ?? "A limit is used up.", code: Quota),
        // Somebody here stopped it on purpose: a status that clients retry would start it again.
        { Status: RunStatus.Cancelled } => new(400, InvalidRequest, run.Error ?? "The run was cancelled.", code: "run_cancelled"),
        _ => new(500, Server, run.Error ?? "The run failed.", code: "run_failed"),
    };

    public static OpenAiError Of(ModelFault fault, string message, TimeSpan? retryAfter) => fault switch
    {
        ModelFault.RateLimited => new(429, RateLimit, message, code: RateLimit) { RetryAfter = retryAfter },
        ModelFault.BadRequest => new(400, InvalidRequest, message, code: "provider_refused"),
        ModelFault.UnknownModel => new(404, InvalidRequest, message, "model", "model_not_found"),
        ModelFault.Unpriced => new(400, InvalidRequest, message, "model", "model_unpriced"),
        ModelFault.Timeout => new(504, Server, message, code: "provider_timeout"),
        ModelFault.CircuitOpen => new(503, Server, message, code: "provider_unavailable") { RetryAfter = retryAfter },
        ModelFault.Unauthorized => new(502, Server, message, code: "provider_unauthorized"),
        _ => new(502, Server, message, code: "provider_error"),
    };

    public Task WriteAsync(HttpContext context)
    {
        if (Body.Error.Code == Quota)
        {
            AskAgain.AfterRefusal(context, RetryAt);
        }
        else if (Status == StatusCodes.Status429TooManyRequests || RetryAfter is not null)
        {
            AskAgain.After(context, RetryAfter);
        }
        context.Response.StatusCode = Status;
        return context.Response.WriteAsJsonAsync(Body, OpenAiJson.Options, "application/json", context.RequestAborted);
    }
}
