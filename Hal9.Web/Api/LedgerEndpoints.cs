using System.Globalization;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Hal9.Web.Api;

/// <summary>A ledger entry.</summary>
/// <param name="Seq">Its number in the tenant's chain.</param>
/// <param name="At">When (UTC).</param>
/// <param name="Kind">What it does.</param>
/// <param name="CallId">The model call's attempt; a reservation and its settlement share it.</param>
/// <param name="Amount">The amount.</param>
/// <param name="Tokens">Input and output tokens.</param>
/// <param name="UserId">The person.</param>
/// <param name="KeyId">The API key.</param>
/// <param name="RunId">The run.</param>
/// <param name="StepId">The step.</param>
/// <param name="Neuron">The neuron.</param>
/// <param name="Layer">Its layer.</param>
/// <param name="RunKind">The run's kind.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Model">The model there.</param>
/// <param name="InputTokens">All input tokens.</param>
/// <param name="CachedTokens">Of them read from the provider's cache.</param>
/// <param name="CacheWriteTokens">Of them written to the provider's cache.</param>
/// <param name="OutputTokens">All output tokens.</param>
/// <param name="ReasoningTokens">Of them spent on reasoning.</param>
/// <param name="PriceVersion">The version of the price used.</param>
/// <param name="Flags">Among <c>estimated</c>, <c>worstCase</c>, <c>overrun</c>, <c>orphan</c>.</param>
/// <param name="Reason">Why, when it is out of the ordinary.</param>
/// <param name="PrevHash">The hash of the entry before.</param>
/// <param name="Hash">Its own hash, over the one before and all its fields.</param>
internal sealed record LedgerEntryBody(
    long Seq, DateTimeOffset At, LedgerKind Kind, Guid CallId, Usd Amount, long Tokens, Guid? UserId, Guid? KeyId, Guid RunId, Guid StepId, string Neuron, string Layer, string RunKind,
    string Provider, string Model, long InputTokens, long CachedTokens, long CacheWriteTokens, long OutputTokens, long ReasoningTokens, string? PriceVersion,
    IReadOnlyList<string> Flags, string? Reason, string PrevHash, string Hash)
{
    public static LedgerEntryBody Of(LedgerEntry e) => new(
        e.Seq, e.At, e.Kind, e.CallId, e.Amount, e.Tokens, e.UserId, e.KeyId, e.RunId, e.StepId, e.Neuron, e.Layer, e.RunKind.ToLowerInvariant(), e.Provider, e.Model, e.Usage.Input, e.Usage.Cached,
        e.Usage.CacheWrite + e.Usage.CacheWrite1h, e.Usage.Output, e.Usage.Reasoning, e.PriceVersion, e.Flags, e.Reason, e.PrevHash, e.Hash);
}

/// <summary>What an examination of the ledger found.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Entries">Entries looked at.</param>
/// <param name="Head">The hash of the last entry.</param>
/// <param name="FirstBad">The number of the first entry that is wrong, missing or unproven.</param>
internal sealed record LedgerCheckBody(LedgerVerdict Verdict, long Entries, string Head, long? FirstBad);

/// <summary>Read and examine the ledger.</summary>
internal static class LedgerEndpoints
{
    public static void MapLedger(this IEndpointRouteBuilder api)
    {
        var ledger = api.MapGroup("/ledger").WithTags("Ledger").Needs(Permission.ReadCosts);
        ledger.MapGet("", ListAsync)
            .WithName("listLedger").WithSummary("Ledger entries in their order")
            .Produces<ListBody<LedgerEntryBody>>().ProducesProblems(400, 401, 403);
        ledger.MapGet("/verify", VerifyAsync)
            .WithName("verifyLedger").WithSummary("Examine hashes, links, head and anchors of the whole ledger")
            .Produces<LedgerCheckBody>().ProducesProblems(401, 403);
        ledger.MapStatements();
        api.MapAcknowledge();
    }

    private static async Task<IResult> VerifyAsync(HttpContext context, LedgerService door, CancellationToken cancellationToken)
    {
        var found = await door.VerifyAsync(CurrentActor.From(context.User), cancellationToken);
        return Results.Json(new LedgerCheckBody(found.Verdict, found.Entries, found.Head, found.FirstBad), ApiJson.Options);
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, LedgerService door, CancellationToken cancellationToken, [FromQuery] string? after = null, [FromQuery] int limit = 100)
    {
        if (Paging.Refuse(limit) is { } refused)
        {
            return refused;
        }
        var from = 0L;
        if (!string.IsNullOrEmpty(after) && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out from))
        {
            return Problems.Cursor();
        }
        var entries = await door.ListAsync(CurrentActor.From(context.User), from, limit, cancellationToken);
        return Results.Json(
            new ListBody<LedgerEntryBody>([.. entries.Select(LedgerEntryBody.Of)], entries.Count < limit ? null : entries[^1].Seq.ToString(CultureInfo.InvariantCulture)),
            ApiJson.Options);
    }
}
