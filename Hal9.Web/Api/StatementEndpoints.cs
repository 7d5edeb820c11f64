using System.Globalization;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Shared.Tables;
using Microsoft.AspNetCore.Mvc;

namespace Hal9.Web.Api;

/// <summary>Where the ledger's chain stood.</summary>
/// <param name="Seq">The number of the last entry; 0: there was none.</param>
/// <param name="Hash">Its hash.</param>
internal sealed record ChainPointBody(long Seq, string Hash);

/// <summary>What a model cost in a month, at one version of its price.</summary>
internal sealed record StatementLineBody(
    string Provider, string Model, string? PriceVersion, long Calls, long InputTokens, long CachedTokens, long CacheWriteTokens, long OutputTokens, long ReasoningTokens, Usd Amount);

/// <summary>A month of the ledger.</summary>
/// <param name="Month">The month, <c>2026-11</c>.</param>
/// <param name="From">When it began (UTC), in the tenant's time zone.</param>
/// <param name="To">When it ended or will end (UTC).</param>
/// <param name="IsClosed">It has ended.</param>
/// <param name="Opening">Where the chain stood before its first entry.</param>
/// <param name="Closing">Where the chain stood after its last entry, or stands now.</param>
/// <param name="Lines">What was booked, by model and price, dearest first.</param>
/// <param name="Total">Their sum.</param>
/// <param name="Adjusted">Of it, corrections of earlier bookings.</param>
/// <param name="Estimated">Calls whose tokens were counted or assumed here.</param>
/// <param name="Overruns">Calls that cost more than was set aside.</param>
/// <param name="Unpriced">Calls at the ceiling price.</param>
internal sealed record StatementBody(
    string Month, DateTimeOffset From, DateTimeOffset To, bool IsClosed, ChainPointBody Opening, ChainPointBody Closing, IReadOnlyList<StatementLineBody> Lines, Usd Total, Usd Adjusted,
    long Estimated, long Overruns, long Unpriced)
{
    public static StatementBody Of(Statement s) => new(
        s.Month.ToString("yyyy-MM", CultureInfo.InvariantCulture), s.From, s.To, s.IsClosed, new ChainPointBody(s.Opening.Seq, s.Opening.Hash), new ChainPointBody(s.Closing.Seq, s.Closing.Hash),
        [.. s.Lines.Select(l => new StatementLineBody(
            l.Provider, l.Model, l.PriceVersion, l.Calls, l.InputTokens, l.CachedTokens, l.CacheWriteTokens, l.OutputTokens, l.ReasoningTokens, l.Amount))],
        s.Total, s.Adjusted, s.Estimated, s.Overruns, s.Unpriced);
}

/// <summary>A call that cost more than was set aside.</summary>
/// <param name="CallId">The call's attempt.</param>
/// <param name="RunId">Its run.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Model">The model there.</param>
/// <param name="At">When it was booked (UTC).</param>
/// <param name="Reserved">What was set aside.</param>
/// <param name="Booked">What was booked, in full.</param>
/// <param name="ReservedTokens">Tokens set aside.</param>
/// <param name="BookedTokens">Tokens booked.</param>
/// <param name="AcknowledgedBy">Who looked at it; null: nobody, its model is blocked.</param>
/// <param name="AcknowledgedAt">When (UTC).</param>
/// <param name="Note">What they said.</param>
internal sealed record OverrunBody(
    Guid CallId, Guid RunId, string Provider, string Model, DateTimeOffset At, Usd Reserved, Usd Booked, long ReservedTokens, long BookedTokens, Guid? AcknowledgedBy,
    DateTimeOffset? AcknowledgedAt, string? Note)
{
    public static OverrunBody Of(Overrun o) => new(
        o.CallId, o.RunId, o.Provider, o.Model, o.At, o.Reserved, o.Booked, o.ReservedTokens, o.BookedTokens, o.AcknowledgedBy, o.AcknowledgedAt, o.Note);
}

/// <summary>Monthly statements, and calls that cost more than was set aside.</summary>
internal static class StatementEndpoints
{
    public static void MapStatements(this RouteGroupBuilder ledger)
    {
        ledger.MapGet("/statement", StatementAsync)
            .WithName("getStatement").WithSummary("A month of the ledger, with where its chain stood before and after")
            .WithDescription("`month=2026-11`, in the organisation's time zone; `format=csv` gives a table for spreadsheets.")
            .Produces<StatementBody>().Produces<string>(200, "text/csv").ProducesProblems(400, 401, 403);
        ledger.MapGet("/overruns", OverrunsAsync)
            .WithName("listOverruns").WithSummary("Calls that cost more than was set aside, newest first")
            .WithDescription("They are booked in full. While one is open (not acknowledged), its model is not called. `open=true` lists only those.")
            .Produces<ListBody<OverrunBody>>().ProducesProblems(400, 401, 403);
    }

    /// <summary>Not of those who only read: it lets a model be called again.</summary>
    public static void MapAcknowledge(this IEndpointRouteBuilder api) =>
        api.MapPost("/ledger/overruns/{callId:guid}/acknowledge", AcknowledgeAsync).WithTags("Ledger").Needs(Permission.EditBudgets)
            .WithName("acknowledgeOverrun").WithSummary("Let a model be called again").WithDescription("Acknowledges this overrun and all others of its model so far.")
            .Produces<OverrunBody>().ProducesProblems(400, 401, 403, 404);

    private static async Task<IResult> StatementAsync(
        HttpContext context, LedgerService door, CancellationToken cancellationToken, [FromQuery] string? month = null, [FromQuery] string format = "json")
    {
        if (format is not ("json" or "csv"))
        {
            return Problems.Invalid("format", "One of json, csv.");
        }
        try
        {
            var statement = await door.StatementAsync(CurrentActor.From(context.User), month, cancellationToken);
            return format == "json" ? Results.Json(StatementBody.Of(statement), ApiJson.Options) : await CsvAsync(context, statement, cancellationToken);
        }
        catch (ArgumentException e)
        {
            return Problems.Invalid(e);
        }
    }

    /// <summary>One table: where the chain stood, the lines, their sum, where it stood after them.</summary>
    private static async Task<IResult> CsvAsync(HttpContext context, Statement statement, CancellationToken cancellationToken)
    {
        var month = statement.Month.ToString("yyyy-MM", CultureInfo.InvariantCulture);
        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"statement-{month}.csv\"";
        var csv = new CsvWriter(context.Response.Body);
        await csv.WriteAsync(
            ["row", "month", "provider", "model", "priceVersion", "calls", "inputTokens", "cachedTokens", "cacheWriteTokens", "outputTokens", "reasoningTokens", "usd", "nanoUsd", "seq", "hash"],
            cancellationToken);
        await csv.WriteAsync(["opening", month, null, null, null, null, null, null, null, null, null, null, null, statement.Opening.Seq, statement.Opening.Hash], cancellationToken);
        foreach (var line in statement.Lines)
        {
            await csv.WriteAsync(
                ["line", month, line.Provider, line.Model, line.PriceVersion, line.Calls, line.InputTokens, line.CachedTokens, line.CacheWriteTokens, line.OutputTokens, line.ReasoningTokens,
                 line.Amount, line.Amount.Nano, null, null],
                cancellationToken);
        }
        await csv.WriteAsync(
            ["total", month, null, null, null, statement.Lines.Sum(line => line.Calls), null, null, null, null, null, statement.Total, statement.Total.Nano, null, null], cancellationToken);
        await csv.WriteAsync(["closing", month, null, null, null, null, null, null, null, null, null, null, null, statement.Closing.Seq, statement.Closing.Hash], cancellationToken);
        await csv.FlushAsync(cancellationToken);
        return Results.Empty;
    }

    private static async Task<IResult> OverrunsAsync(
        HttpContext context, LedgerService door, CancellationToken cancellationToken, [FromQuery] bool open = false, [FromQuery] string? after = null, [FromQuery] int limit = 50)
    {
        if (Paging.Refuse(limit) is { } refused)
        {
            return refused;
        }
        Guid? last = null;
        if (!string.IsNullOrEmpty(after))
        {
            if (!Guid.TryParse(after, out var id))
            {
                return Problems.Cursor();
            }
            last = id;
        }
        var found = await door.OverrunsAsync(CurrentActor.From(context.User), open, last, limit, cancellationToken);
        return Results.Json(new ListBody<OverrunBody>([.. found.Select(OverrunBody.Of)], found.Count < limit ? null : found[^1].CallId.ToString()), ApiJson.Options);
    }

    private static async Task<IResult> AcknowledgeAsync(Guid callId, HttpContext context, LedgerService door, CancellationToken cancellationToken, ReasonBody? body = null)
    {
        try
        {
            return await door.AcknowledgeAsync(CurrentActor.From(context.User), callId, body?.Reason, cancellationToken) is { } overrun
                ? Results.Json(OverrunBody.Of(overrun), ApiJson.Options)
                : Problems.NotFound("overrun");
        }
        catch (ArgumentException e)
        {
            return Problems.Invalid(e);
        }
    }
}
