using System.Globalization;

namespace Hal9.Tests.Support;

/// <summary>What a scripted provider does wrong.</summary>
public enum FaultKind
{
    /// <summary>An HTTP error status with the shape's error body.</summary>
    Status,

    /// <summary>No byte before <see cref="Fault.Wait"/> has passed, or the client has left; then the answer.</summary>
    SlowFirstByte,

    /// <summary>A part of the answer, then nothing until the client leaves.</summary>
    Stall,

    /// <summary>A part of the answer, then the connection is reset.</summary>
    Reset,

    /// <summary>A part of the answer, then a clean end without finish reason, usage or end mark.</summary>
    Truncate,

    /// <summary>A part of the answer with a broken piece of JSON in it.</summary>
    MalformedJson,

    /// <summary>A web page with status 200.</summary>
    Html,

    /// <summary>An answer without any choice or content.</summary>
    EmptyChoices,

    /// <summary>A part of the answer, then an error object in the stream; without a stream status 200 with an error object.</summary>
    ErrorInStream,

    /// <summary>The tool call's arguments (or the JSON answer) are cut off and do not parse.</summary>
    BadToolArguments,
}

/// <summary>A fault of one reply.</summary>
/// <param name="Kind">What goes wrong.</param>
public sealed record Fault(FaultKind Kind)
{
    /// <summary>How many content chunks of a stream are sent before it goes wrong.</summary>
    public int AfterChunks { get; init; } = 2;

    /// <summary>The status of <see cref="FaultKind.Status"/>.</summary>
    public int StatusCode { get; init; } = 500;

    /// <summary>The provider's error type or code.</summary>
    public string Code { get; init; } = "server_error";

    /// <summary>The provider's message.</summary>
    public string Message { get; init; } = "The server had an error while processing your request.";

    /// <summary>The Retry-After header as sent; null: none.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>The x-should-retry header as sent; null: none.</summary>
    public string? ShouldRetry { get; init; }

    /// <summary>How long <see cref="FaultKind.SlowFirstByte"/> waits; infinite: until the client leaves.</summary>
    public TimeSpan Wait { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>429 as a whole number of seconds, or without Retry-After.</summary>
    public static Fault RateLimited(int? seconds = null) => RateLimitedWith(seconds?.ToString(CultureInfo.InvariantCulture));

    /// <summary>429 until a date.</summary>
    public static Fault RateLimitedUntil(DateTimeOffset when) => RateLimitedWith(when.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>429 with any Retry-After text: absurd ones too.</summary>
    public static Fault RateLimitedWith(string? retryAfter) => new(FaultKind.Status)
    {
        StatusCode = 429,
        Code = "rate_limit_exceeded",
        Message = "Rate limit reached for requests.",
        RetryAfter = retryAfter,
    };

    /// <summary>An HTTP status with the provider's code and message.</summary>
    public static Fault Status(int status, string code, string message) => new(FaultKind.Status) { StatusCode = status, Code = code, Message = message };

    /// <summary>500.</summary>
    public static Fault ServerError { get; } = new(FaultKind.Status);

    /// <summary>503.</summary>
    public static Fault Unavailable { get; } = Status(503, "overloaded_error", "The service is overloaded. Try again later.");

    /// <summary>401.</summary>
    public static Fault Unauthorized { get; } = Status(401, "invalid_api_key", "Incorrect API key provided: sk-scripted-SECRET.");

    /// <summary>404 for the model.</summary>
    public static Fault ModelNotFound { get; } = Status(404, "model_not_found", "The model does not exist or you do not have access to it.");

    /// <summary>400 that names <c>response_format</c>, as endpoints without structured output answer.</summary>
    public static Fault RefusesResponseFormat { get; } = Status(400, "invalid_request_error", "'response_format' of type 'json_schema' is not supported with this model.");

    /// <summary>400 that names <c>tool_choice</c>, as endpoints without forced tools answer.</summary>
    public static Fault RefusesTools { get; } = Status(400, "invalid_request_error", "'tool_choice' is not supported with this model.");

    /// <summary>Never a first byte.</summary>
    public static Fault Silent { get; } = new(FaultKind.SlowFirstByte);

    /// <summary>The first byte comes late.</summary>
    public static Fault SlowFirstByte(TimeSpan wait) => new(FaultKind.SlowFirstByte) { Wait = wait };

    /// <summary>Stalls after some content chunks.</summary>
    public static Fault Stall(int afterChunks = 2) => new(FaultKind.Stall) { AfterChunks = afterChunks };

    /// <summary>Resets the connection after some content chunks.</summary>
    public static Fault Reset(int afterChunks = 2) => new(FaultKind.Reset) { AfterChunks = afterChunks };

    /// <summary>Ends without an end after some content chunks.</summary>
    public static Fault Truncate(int afterChunks = 2) => new(FaultKind.Truncate) { AfterChunks = afterChunks };

    /// <summary>Breaks the JSON after some content chunks.</summary>
    public static Fault MalformedJson(int afterChunks = 2) => new(FaultKind.MalformedJson) { AfterChunks = afterChunks };

    /// <summary>A web page with status 200.</summary>
    public static Fault Html { get; } = new(FaultKind.Html);

    /// <summary>No choices, no content.</summary>
    public static Fault EmptyChoices { get; } = new(FaultKind.EmptyChoices);

    /// <summary>An error object after some content chunks.</summary>
    public static Fault ErrorInStream(int afterChunks = 2) => new(FaultKind.ErrorInStream) { AfterChunks = afterChunks };

    /// <summary>Cut-off arguments.</summary>
    public static Fault BadToolArguments { get; } = new(FaultKind.BadToolArguments);
}
