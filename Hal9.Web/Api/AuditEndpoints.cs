using System.Globalization;
using System.Text.Json;
using Hal9.Engine.Audit;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Hal9.Web.Api;

/// <summary>Who did what.</summary>
/// <param name="Seq">Its number in the tenant's chain.</param>
/// <param name="At">When (UTC).</param>
/// <param name="UserId">Who.</param>
/// <param name="KeyId">By which API key.</param>
/// <param name="Action">What.</param>
/// <param name="Target">To what.</param>
/// <param name="Detail">With what.</param>
/// <param name="PrevHash">The hash of the act before.</param>
/// <param name="Hash">Its own hash, over the one before and all its fields.</param>
internal sealed record AuditBody(long Seq, DateTimeOffset At, Guid UserId, Guid? KeyId, string Action, string Target, JsonElement Detail, string PrevHash, string Hash)
{
    public static AuditBody Of(AuditEntry e)
    {
        using var detail = JsonDocument.Parse(e.Detail);
        return new AuditBody(e.Seq, e.At, e.UserId, e.KeyId, e.Action, e.Target, detail.RootElement.Clone(), e.PrevHash, e.Hash);
    }
}

/// <summary>What an examination of the audit log found.</summary>
/// <param name="IsIntact">Every hash and link is right, and the head is the last entry.</param>
/// <param name="Entries">Entries looked at.</param>
/// <param name="FirstBad">The number of the first that is wrong or missing.</param>
internal sealed record AuditCheckBody(bool IsIntact, long Entries, long? FirstBad);

/// <summary>The audit log.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder api)
    {
        var audit = api.MapGroup("/audit").WithTags("Audit").Needs(Permission.ReadCosts);
        audit.MapGet("", ListAsync)
            .WithName("listAudit").WithSummary("Who did what, newest first").WithDescription("So far: budgets, raises, overruns, price lists and re-pricing.")
            .Produces<ListBody<AuditBody>>().ProducesProblems(400, 401, 403);
        audit.MapGet("/verify", async (HttpContext context, AuditService door, CancellationToken cancellationToken) =>
            await door.VerifyAsync(CurrentActor.From(context.User), cancellationToken) is var found
                ? Results.Json(new AuditCheckBody(found.IsIntact, found.Entries, found.FirstBad), ApiJson.Options)
                : Results.Empty)
            .WithName("verifyAudit").WithSummary("Examine the chain of the audit log")
            .Produces<AuditCheckBody>().ProducesProblems(401, 403);
    }

    private static async Task<IResult> ListAsync(HttpContext context, AuditService door, CancellationToken cancellationToken, [FromQuery] string? after = null, [FromQuery] int limit = 50)
    {
        if (Paging.Refuse(limit) is { } refused)
        {
            return refused;
        }
        long? before = null;
        if (!string.IsNullOrEmpty(after))
        {
            if (!long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var seq))
            {
                return Problems.Cursor();
            }
            before = seq;
        }
        var entries = await door.ListAsync(CurrentActor.From(context.User), before, limit, cancellationToken);
        return Results.Json(
            new ListBody<AuditBody>([.. entries.Select(AuditBody.Of)], entries.Count < limit ? null : entries[^1].Seq.ToString(CultureInfo.InvariantCulture)), ApiJson.Options);
    }
}
