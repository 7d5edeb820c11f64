using System.Globalization;
using System.Text.Json;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Hal9.Web.Api;

/// <summary>Rates in USD per million tokens, at most six decimals; what is left out is as for a configured price.</summary>
internal record PriceRatesBody
{
    /// <summary>Plain input.</summary>
    public decimal? InputUsd { get; init; }

    /// <summary>Input read from the provider's cache.</summary>
    public decimal? CachedInputUsd { get; init; }

    /// <summary>Input written to the provider's cache for 5 minutes.</summary>
    public decimal? CacheWriteUsd { get; init; }

    /// <summary>Input written to the provider's cache for an hour.</summary>
    public decimal? CacheWrite1hUsd { get; init; }

    /// <summary>Plain output.</summary>
    public decimal? OutputUsd { get; init; }

    /// <summary>Reasoning output.</summary>
    public decimal? ReasoningUsd { get; init; }

    /// <summary>USD per call.</summary>
    public decimal? PerCallUsd { get; init; }

    protected T Fill<T>(T rates) where T : PriceRates
    {
        (rates.InputUsd, rates.CachedInputUsd, rates.CacheWriteUsd, rates.CacheWrite1hUsd) = (InputUsd, CachedInputUsd, CacheWriteUsd, CacheWrite1hUsd);
        (rates.OutputUsd, rates.ReasoningUsd, rates.PerCallUsd) = (OutputUsd, ReasoningUsd, PerCallUsd);
        return rates;
    }
}

/// <summary>Rates of whole requests above a size.</summary>
internal sealed record PriceAboveBody : PriceRatesBody
{
    /// <summary>Input tokens that the request must exceed.</summary>
    public long? Tokens { get; init; }

    public PriceAbove ToAbove() => Fill(new PriceAbove { Tokens = Tokens });

    public static PriceAboveBody Of(PriceAbove a) => new()
    {
        Tokens = a.Tokens, InputUsd = a.InputUsd, CachedInputUsd = a.CachedInputUsd, CacheWriteUsd = a.CacheWriteUsd, CacheWrite1hUsd = a.CacheWrite1hUsd, OutputUsd = a.OutputUsd,
        ReasoningUsd = a.ReasoningUsd, PerCallUsd = a.PerCallUsd,
    };
}

/// <summary>The price of one model, or of all whose name begins so.</summary>
internal sealed record PriceEntryBody : PriceRatesBody
{
    /// <summary><c>provider/model</c>; a <c>*</c> at the end stands for anything.</summary>
    public string? Model { get; init; }

    /// <summary>The first day (UTC) on which it holds; none: always.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Rates above a size, rising.</summary>
    public IReadOnlyList<PriceAboveBody>? Above { get; init; }

    public PriceEntry ToEntry()
    {
        var entry = Fill(new PriceEntry { Model = Model, From = From });
        foreach (var tier in Above ?? [])
        {
            entry.Above.Add(tier.ToAbove());
        }
        return entry;
    }

    public static PriceEntryBody Of(PriceEntry e) => new()
    {
        Model = e.Model, From = e.From, InputUsd = e.InputUsd, CachedInputUsd = e.CachedInputUsd, CacheWriteUsd = e.CacheWriteUsd, CacheWrite1hUsd = e.CacheWrite1hUsd, OutputUsd = e.OutputUsd,
        ReasoningUsd = e.ReasoningUsd, PerCallUsd = e.PerCallUsd, Above = e.Above.Count == 0 ? null : [.. e.Above.Select(PriceAboveBody.Of)],
    };
}

/// <summary>A price list that is handed in.</summary>
internal sealed record PriceImportBody
{
    /// <summary>All its entries: what is not among them falls back to the shipped list.</summary>
    public required IReadOnlyList<PriceEntryBody> Entries { get; init; }

    /// <summary>Why, at most 500 characters.</summary>
    public string? Note { get; init; }
}

/// <summary>A price list that was imported.</summary>
internal sealed record PriceVersionBody(int Number, DateTimeOffset At, Guid UserId, string? Note, int Count, string Hash)
{
    public static PriceVersionBody Of(PriceVersion v) => new(v.Number, v.At, v.UserId, v.Note, v.Count, v.Hash);
}

/// <summary>An entry that differs from the list before.</summary>
internal sealed record PriceChangeBody(PriceChangeKind Kind, string Model, DateOnly? From, PriceEntryBody? Before, PriceEntryBody? After)
{
    public static PriceChangeBody Of(PriceChange c) => new(
        c.Kind, c.Model, c.From, c.Before is null ? null : PriceEntryBody.Of(c.Before), c.After is null ? null : PriceEntryBody.Of(c.After));
}

/// <summary>What an import did, or would do.</summary>
/// <param name="Version">The new version; null: it was only looked at.</param>
/// <param name="Changes">How it differs from the list before.</param>
internal sealed record PriceImportedBody(PriceVersionBody? Version, IReadOnlyList<PriceChangeBody> Changes);

/// <summary>The order to price bookings anew.</summary>
internal sealed record RepriceBody
{
    /// <summary>From this time on (UTC).</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Before this time (UTC), at most 400 days later.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Book the differences; else only look.</summary>
    public bool Apply { get; init; }

    /// <summary>Why; required to apply.</summary>
    public string? Reason { get; init; }
}

/// <summary>What pricing anew does to one model.</summary>
internal sealed record RepricedModelBody(string Model, long Calls, Usd Was, Usd Becomes);

/// <summary>What pricing anew does, or did.</summary>
/// <param name="Looked">Calls looked at.</param>
/// <param name="Skipped">Calls whose tokens were estimated or assumed; they stay.</param>
/// <param name="Unpriced">Calls whose model has no price now; they stay.</param>
/// <param name="Models">What changes.</param>
/// <param name="Difference">What is added in all.</param>
/// <param name="Applied">It was done.</param>
internal sealed record RepricingBody(long Looked, long Skipped, long Unpriced, IReadOnlyList<RepricedModelBody> Models, Usd Difference, bool Applied);

/// <summary>The instance's own price lists, and bookings at other prices.</summary>
internal static class PriceEndpoints
{
    public static void MapPrices(this IEndpointRouteBuilder api)
    {
        var prices = api.MapGroup("/prices").WithTags("Prices");
        prices.MapGet("/history", async (HttpContext context, PriceService door, CancellationToken cancellationToken) =>
            Results.Json(new ListBody<PriceVersionBody>([.. (await door.HistoryAsync(CurrentActor.From(context.User), cancellationToken)).Select(PriceVersionBody.Of)], null), ApiJson.Options))
            .Needs(Permission.ReadEngine)
            .WithName("listPriceLists").WithSummary("Imported price lists, newest first").WithDescription("The newest holds. The configuration's prices win over it, and it wins over the shipped list.")
            .Produces<ListBody<PriceVersionBody>>().ProducesProblems(401, 403);
        prices.MapGet("/history/{number}", async (string number, HttpContext context, PriceService door, CancellationToken cancellationToken) =>
            int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var which) && await door.FindAsync(CurrentActor.From(context.User), which, cancellationToken) is { } entries
                ? Results.Json(new ListBody<PriceEntryBody>([.. entries.Select(PriceEntryBody.Of)], null), ApiJson.Options)
                : Problems.NotFound("price list"))
            .Needs(Permission.ReadEngine)
            .WithName("getPriceList").WithSummary("The entries of an imported price list")
            .Produces<ListBody<PriceEntryBody>>().ProducesProblems(401, 403, 404);
        prices.MapPost("/import", ImportAsync).Needs(Permission.EditEngine)
            .WithName("importPrices").WithSummary("Put a price list in force")
            .WithDescription("All or nothing, as a new version with an audit row; `dryRun=true` only says how it differs. A list that cannot be read changes nothing, names each fault, and is alarmed. To go back, import an earlier version again. Repeated with the same `Idempotency-Key` it gives the version that it made the first time. Lists belong to the instance: for an administrator of its only organisation; where there are several, the instance's owner.")
            .Produces<PriceImportedBody>().ProducesProblems(400, 401, 403, 415, 422);
        prices.MapPost("/reprice", RepriceAsync).Needs(Permission.EditEngine)
            .WithName("reprice").WithSummary("Price what was booked in a time anew")
            .WithDescription("At the prices in force for each call's own date. Without `apply` it only says what would change; with it each call's difference is booked as an `adjust` entry now, with an audit row. A second time finds nothing to do.")
            .Produces<RepricingBody>().ProducesProblems(400, 401, 403, 415);
    }

    private static async Task<IResult> ImportAsync(PriceImportBody body, HttpContext context, PriceService door, CancellationToken cancellationToken, [FromQuery] bool dryRun = false)
    {
        var actor = CurrentActor.From(context.User);
        if (body.Entries is null)
        {
            return Problems.Invalid("entries", "This field is required.");
        }
        var entries = body.Entries.Select(entry => entry.ToEntry()).ToList();
        try
        {
            if (dryRun)
            {
                return Results.Json(new PriceImportedBody(null, [.. (await door.CompareAsync(actor, entries, cancellationToken)).Select(PriceChangeBody.Of)]), ApiJson.Options);
            }
            var (version, changes) = await door.ImportAsync(actor, entries, body.Note, RequestKeys.Of(context, JsonSerializer.Serialize(body, ApiJson.Options)), cancellationToken);
            return Results.Json(new PriceImportedBody(PriceVersionBody.Of(version), [.. changes.Select(PriceChangeBody.Of)]), ApiJson.Options);
        }
        catch (PriceImportRefused refused)
        {
            return Problems.Invalid(new Dictionary<string, string[]> { ["entries"] = [.. refused.Complaints.Take(50)] });
        }
    }

    private static async Task<IResult> RepriceAsync(RepriceBody body, HttpContext context, Repricer door, CancellationToken cancellationToken)
    {
        try
        {
            var done = await door.RunAsync(CurrentActor.From(context.User), body.From, body.To, body.Reason, body.Apply, cancellationToken);
            return Results.Json(
                new RepricingBody(
                    done.Looked, done.Skipped, done.Unpriced, [.. done.Models.Select(model => new RepricedModelBody(model.Model, model.Calls, model.Was, model.Becomes))], done.Difference, done.Applied),
                ApiJson.Options);
        }
        catch (ArgumentException e)
        {
            return Problems.Invalid(e);
        }
    }
}
