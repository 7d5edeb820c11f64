using System.Text.Json;
using Hal9.Engine.Storage;

namespace Hal9.Engine.Learning;

/// <summary>Where a proposal is in its life.</summary>
public enum ProposalState
{
    /// <summary>Formed; not judged by replay yet.</summary>
    Draft,

    /// <summary>Judged by replay; the gate wants more pairs.</summary>
    Replayed,

    /// <summary>The gate is open: a person may decide.</summary>
    ReadyForReview,

    /// <summary>Approved, and tried on a share of the episodes.</summary>
    Canary,

    /// <summary>Served to all but the holdback.</summary>
    Promoted,

    /// <summary>Somebody said no.</summary>
    Rejected,

    /// <summary>Nobody decided in time.</summary>
    Expired,

    /// <summary>Taken back, by itself or by a person.</summary>
    RolledBack,
}

/// <summary>Where a proposal came from.</summary>
/// <param name="Source"><c>miner</c> or <c>person</c>.</param>
/// <param name="Runs">Runs that it was formed from.</param>
/// <param name="Failures">How many of them failed in the same way.</param>
/// <param name="Successes">How many others of the class went well.</param>
/// <param name="Tasks">How many different tasks failed.</param>
public sealed record ProposalEvidence(string Source, IReadOnlyList<Guid> Runs, int Failures = 0, int Successes = 0, int Tasks = 0);

/// <summary>A pair that a proposal lost.</summary>
/// <param name="RunId">The run whose task it was.</param>
/// <param name="With">Quality with the change.</param>
/// <param name="Without">Quality without.</param>
public sealed record LostPair(Guid RunId, double With, double Without);

/// <summary>What the replay of held-back tasks said.</summary>
/// <param name="IsOpen">Whether the gate is open.</param>
/// <param name="Pairs">Different tasks compared.</param>
/// <param name="Wins">With the change better.</param>
/// <param name="Ties">No difference.</param>
/// <param name="Losses">With the change worse.</param>
/// <param name="Mean">Expected gain in utility.</param>
/// <param name="Low">Lower end of its 95 % confidence sequence.</param>
/// <param name="High">Upper end.</param>
/// <param name="Evidence">The e-value.</param>
/// <param name="Threshold">Where the gate opens.</param>
/// <param name="Lost">Up to five lost pairs, worst first.</param>
public sealed record ProposalGate(
    bool IsOpen, int Pairs, int Wins, int Ties, int Losses, double Mean, double Low, double High, double Evidence, double Threshold, IReadOnlyList<LostPair> Lost);

/// <summary>What was measured against the holdback since a proposal was approved.</summary>
/// <param name="Served">Outcomes with the change.</param>
/// <param name="HeldOut">Outcomes on day 0.</param>
/// <param name="Mean">Mean difference of the k-th of both.</param>
/// <param name="Low">Lower end of its 95 % confidence sequence.</param>
/// <param name="High">Upper end.</param>
/// <param name="Harm">The e-value of harm; it is rolled back at 20.</param>
public sealed record ProposalMeasure(int Served, int HeldOut, double Mean, double Low, double High, double Harm);

/// <summary>A change that was proposed, and what became of it.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="Kind">What it changes.</param>
/// <param name="Key">Which policy: kind, layer, class of task.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="BaseVersion">The version that it changes.</param>
/// <param name="Content">What the policy would say, JSON.</param>
/// <param name="Before">What it said, JSON; null on day 0.</param>
/// <param name="DiffHash">The hash of key, base version and content, as it was formed.</param>
/// <param name="Evidence">Where it came from.</param>
/// <param name="Gate">What replay said; null: nothing was replayed.</param>
/// <param name="Measured">What was measured since it was approved.</param>
/// <param name="CreatedBy">Who wrote it; <see cref="Guid.Empty"/>: the console itself.</param>
/// <param name="CreatedAt">When (UTC).</param>
/// <param name="ExpiresAt">Until when it waits for a decision (UTC).</param>
/// <param name="Reviewer">Who decided last; <see cref="Guid.Empty"/>: the console itself.</param>
/// <param name="DecidedAt">When (UTC).</param>
/// <param name="Reason">Why.</param>
/// <param name="WasForced">It was approved although the gate was not open.</param>
/// <param name="CanaryShare">Share of the episodes that try it, 0 to 1.</param>
/// <param name="VersionAfter">The version that it made.</param>
public sealed record Proposal(
    Guid Id, PolicyKind Kind, string Key, ProposalState State, int BaseVersion, string Content, string? Before, string DiffHash, ProposalEvidence Evidence, ProposalGate? Gate,
    ProposalMeasure? Measured, Guid CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, Guid? Reviewer, DateTimeOffset? DecidedAt, string? Reason, bool WasForced, double CanaryShare,
    int? VersionAfter)
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Since when it is at its stage.</summary>
    internal DateTimeOffset? StageSince { get; init; }

    /// <summary>It waits for a decision.</summary>
    public bool IsOpen => State is ProposalState.Draft or ProposalState.Replayed or ProposalState.ReadyForReview;

    internal static Proposal Read(SqlRow row) => new(
        row.GetGuid(0), Enum.Parse<PolicyKind>(row.GetString(1)), row.GetString(2), Enum.Parse<ProposalState>(row.GetString(3)), (int)row.GetInt64(4), row.GetString(5),
        Text(row, 20), row.GetString(6), Of<ProposalEvidence>(row.GetString(7))!, Of<ProposalGate>(Text(row, 8)), Of<ProposalMeasure>(Text(row, 9)), row.GetGuid(10), Time(row.GetInt64(11)),
        Time(row.GetInt64(12)), row.IsDBNull(13) ? null : row.GetGuid(13), row.IsDBNull(14) ? null : Time(row.GetInt64(14)), Text(row, 15), row.GetInt64(16) == 1, row.GetDouble(17),
        row.IsDBNull(19) ? null : (int)row.GetInt64(19))
    {
        StageSince = row.IsDBNull(18) ? null : Time(row.GetInt64(18)),
    };

    internal static Proposal Show(ProposalRow row) => new(
        row.Id, row.Kind, row.PolicyKey, row.State, row.BaseVersion, row.Content, row.Before, row.DiffHash, Of<ProposalEvidence>(row.Evidence)!, Of<ProposalGate>(row.Gate),
        Of<ProposalMeasure>(row.Measured), row.CreatedBy, row.CreatedAt, row.ExpiresAt, row.Reviewer, row.DecidedAt, row.Reason, row.Forced == 1, row.CanaryShare, row.VersionAfter)
    {
        StageSince = row.StageSince,
    };

    private static T? Of<T>(string? json)
        where T : class => json is null ? null : JsonSerializer.Deserialize<T>(json, Json);

    private static string? Text(SqlRow row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}

/// <summary>A proposal that is not allowed as things are: its reason is said, and written into the audit log.</summary>
public sealed class ProposalRefused(string reason) : Exception(reason);
