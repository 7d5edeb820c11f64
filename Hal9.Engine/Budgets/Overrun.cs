using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;

namespace Hal9.Engine.Budgets;

/// <summary>A call that cost more than was set aside for it. Its model is not called again until somebody has looked at it.</summary>
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
public sealed record Overrun(
    Guid CallId, Guid RunId, string Provider, string Model, DateTimeOffset At, Usd Reserved, Usd Booked, long ReservedTokens, long BookedTokens, Guid? AcknowledgedBy,
    DateTimeOffset? AcknowledgedAt, string? Note)
{
    internal static Refusal Refuse(string provider, string model) => new(
        null, $"model {provider}/{model}", null, null, null,
        $"The model {provider}/{model} is not called: an earlier call of it cost more than was set aside, and nobody has acknowledged that yet. Somebody who may edit budgets can do so.");
}

/// <summary>An overrun as stored.</summary>
internal sealed class OverrunRow : ITenantOwned
{
    public Guid CallId { get; init; }
    public Guid TenantId { get; init; }
    public Guid RunId { get; init; }
    public required string Provider { get; init; }
    public required string Model { get; init; }
    public DateTimeOffset At { get; init; }
    public long ReservedNano { get; init; }
    public long BookedNano { get; init; }
    public long ReservedTokens { get; init; }
    public long BookedTokens { get; init; }
    public Guid? AcknowledgedBy { get; init; }
    public DateTimeOffset? AcknowledgedAt { get; init; }
    public string? Note { get; init; }

    public Overrun Show() => new(
        CallId, RunId, Provider, Model, At, new Usd(ReservedNano), new Usd(BookedNano), ReservedTokens, BookedTokens, AcknowledgedBy, AcknowledgedAt, Note);
}
