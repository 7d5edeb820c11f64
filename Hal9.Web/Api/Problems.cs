using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace Hal9.Web.Api;

/// <summary>A kind of problem that <c>/api</c> reports (RFC 9457). Its type address answers with <see cref="Help"/>.</summary>
/// <param name="Name">The last part of its address.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">The same for each problem of the kind.</param>
/// <param name="Help">What it means and what to do.</param>
internal sealed record ProblemKind(string Name, int Status, string Title, string Help)
{
    public static ProblemKind Invalid { get; } = new("invalid-request", 400, "The request is not valid.",
        "A field, parameter or the body is missing, unknown or out of range. The member `errors` names each one with its reason. Correct the request.");

    public static ProblemKind Cursor { get; } = new("invalid-cursor", 400, "The cursor is not valid.",
        "`after` must be the `next` of an earlier page of the same list with the same filter. Start again without it.");

    public static ProblemKind Unauthenticated { get; } = new("unauthenticated", 401, "Sign-in is needed.",
        "Send `Authorization: Bearer <API key or access token>`. The credential is missing, unknown, expired or revoked.");

    public static ProblemKind Forbidden { get; } = new("forbidden", 403, "Not allowed.",
        "Your role in this tenant, or your key's scopes, do not have the permission that this needs.");

    public static ProblemKind NotFound { get; } = new("not-found", 404, "Not found.",
        "There is no such thing in your tenant, or you may not see it.");

    public static ProblemKind Method { get; } = new("method-not-allowed", 405, "That method is not offered here.", "See the OpenAPI document for the methods of this address.");

    public static ProblemKind Conflict { get; } = new("conflict", 409, "The present state does not allow that.", "Read the thing again and decide anew.");

    public static ProblemKind TooLarge { get; } = new("too-large", 413, "The body is too large.", "Send less.");

    public static ProblemKind MediaType { get; } = new("unsupported-media-type", 415, "The body must be JSON.", "Send `Content-Type: application/json`.");

    public static ProblemKind KeyReused { get; } = new("idempotency-key-reused", 422, "The Idempotency-Key belongs to another request.",
        "The same key was used within a day with a different body. Use a new key for a new request.");

    public static ProblemKind Budget { get; } = new("budget-refused", 429, "A budget has no room.",
        "A limit is used up. `budgetId` names it, `resetsAt` says when it begins anew (null: never by itself), `runId` is the stored run with status `refused`; `raise` is where a raise can be asked for (POST), `neededUsd` what the call may cost.");

    public static ProblemKind RateLimited { get; } = new("rate-limited", 429, "Too many requests.", "Wait as `Retry-After` says.");

    public static ProblemKind NotBuilt { get; } = new("not-built", 501, "Not built yet.",
        "The contract names this call, but this version does not carry it out. Nothing was done.");

    public static ProblemKind Internal { get; } = new("internal-error", 500, "Something went wrong here.", "The log has the details under the `traceId`.");

    public static ProblemKind Unavailable { get; } = new("unavailable", 503, "Not ready.", "Try again shortly.");

    public static IReadOnlyList<ProblemKind> All { get; } =
        [Invalid, Cursor, Unauthenticated, Forbidden, NotFound, Method, Conflict, TooLarge, MediaType, KeyReused, Budget, RateLimited, NotBuilt, Internal, Unavailable];

    public static ProblemKind Of(int status) =>
        All.FirstOrDefault(kind => kind.Status == status && kind != Cursor && kind != Budget) ?? new ProblemKind("http-" + status, status, "The request was refused.", "See the HTTP status.");
}

/// <summary>Problems as answers.</summary>
internal static class Problems
{
    /// <summary>Where the kinds explain themselves.</summary>
    public const string Address = "/api/problems/";

    public static IResult NotFound(string what) => Of(ProblemKind.NotFound, $"There is no such {what}.");

    public static IResult Invalid(string field, string reason) => Invalid(new Dictionary<string, string[]> { [field] = [reason] });

    public static IResult Invalid(IReadOnlyDictionary<string, string[]> errors) =>
        Of(ProblemKind.Invalid, string.Join(" ", errors.Select(e => $"{e.Key}: {string.Join(" ", e.Value)}")), ("errors", errors));

    /// <summary>For a door's complaint: its parameter names the field, or the message begins with it.</summary>
    public static IResult Invalid(ArgumentException e)
    {
        // The framework appends the parameter's name to the message.
        var message = e.Message.Split(" (Parameter", 2)[0];
        var parts = message.Split(": ", 2);
        return parts.Length == 2 && !parts[0].Contains(' ', StringComparison.Ordinal) ? Invalid(parts[0], parts[1]) : Invalid(e.ParamName ?? "body", message);
    }

    public static IResult Cursor() => Of(ProblemKind.Cursor, "The parameter `after` is not a cursor of this list.", ("errors", new Dictionary<string, string[]> { ["after"] = ["Not a cursor of this list."] }));

    public static IResult Of(ProblemKind kind, string detail, params (string Name, object? Value)[] extra) => new Answer(kind, detail, extra);

    /// <summary>Writes a problem; nothing may have been written before.</summary>
    public static Task WriteAsync(HttpContext context, ProblemKind kind, string detail, params (string Name, object? Value)[] extra)
    {
        var problem = new ProblemDetails { Type = Address + kind.Name, Title = kind.Title, Status = kind.Status, Detail = detail, Instance = context.Request.Path };
        Complete(problem, context);
        foreach (var (name, value) in extra)
        {
            problem.Extensions[name] = value;
        }
        context.Response.StatusCode = kind.Status;
        return context.Response.WriteAsJsonAsync(problem, ApiJson.Options, "application/problem+json", context.RequestAborted);
    }

    /// <summary>What every problem has, whoever made it.</summary>
    public static void Complete(ProblemDetails problem, HttpContext context)
    {
        var kind = ProblemKind.Of(problem.Status ?? context.Response.StatusCode);
        if (problem.Type?.StartsWith(Address, StringComparison.Ordinal) is not true)
        {
            problem.Type = Address + kind.Name;
            problem.Title = kind.Title;
        }
        problem.Instance ??= context.Request.Path;
        problem.Extensions["traceId"] = Activity.Current?.Id ?? context.TraceIdentifier;
    }

    private sealed class Answer(ProblemKind kind, string detail, (string Name, object? Value)[] extra) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, kind, detail, extra);
    }
}
