using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Events;

namespace Hal9.Engine.Codegen;

/// <summary>The order to make a project.</summary>
/// <param name="Brief">What is wanted, 1 to 20,000 characters.</param>
/// <param name="Kind">The kind of project.</param>
/// <param name="Approval">Who decides between the phases.</param>
/// <param name="Cost">The money of the whole project; null: the default.</param>
/// <param name="Tokens">Its tokens; null: the default.</param>
/// <param name="Seconds">The time of each of its runs; null: the default.</param>
public sealed record NewProject(string Brief, ProjectKind Kind, ProjectApproval Approval, Usd? Cost = null, long? Tokens = null, int? Seconds = null);

/// <summary>A project in a list.</summary>
public sealed record ProjectLine(
    Guid Id, string Title, ProjectKind Kind, ProjectPhase Phase, ProjectStatus Status, Verdict? Verdict, Usd Cost, Provenance? Provenance, Guid UserId, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>A criterion with what is known of it.</summary>
/// <param name="Criterion">The criterion.</param>
/// <param name="Status">Whether it is proven.</param>
public sealed record CriterionView(Criterion Criterion, CriterionStatus Status);

/// <summary>A file of a project as it is listed. Of held-out tests people see the text; models never do.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Module">The module that owns it; empty: none.</param>
/// <param name="Covers">The criteria that it tests, or that its module serves.</param>
/// <param name="Lines">How long it is.</param>
/// <param name="Sha">The hash of its text.</param>
/// <param name="Problems">What the runner found in it.</param>
public sealed record FileLine(string Path, FileRole Role, string Module, IReadOnlyList<string> Covers, int Lines, string Sha, IReadOnlyList<RungFailure> Problems);

/// <summary>A version of an artefact in the history.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Name">The module or attempt; else empty.</param>
/// <param name="Version">From 1.</param>
/// <param name="Hash">The hash of its content.</param>
/// <param name="Neuron">The neuron that made it; null: a person or the product.</param>
/// <param name="UserId">The person that made it.</param>
/// <param name="RunId">The run that made it.</param>
/// <param name="At">When (UTC).</param>
public sealed record ArtifactLine(Guid Id, ArtifactKind Kind, string Name, int Version, string Hash, string? Neuron, Guid? UserId, Guid? RunId, DateTimeOffset At);

/// <summary>A project as its watchers see it: an immutable snapshot.</summary>
public sealed record ProjectView(
    Guid Id, string Title, string Brief, ProjectKind Kind, ProjectApproval Approval, ProjectPhase Phase, ProjectStatus Status, Verdict? Verdict, string? Reason, Guid UserId,
    Guid? RunId, IReadOnlyList<Guid> RunIds, Usd Cost, Usd Envelope, Provenance Provenance, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>Questions about the request.</summary>
    public IReadOnlyList<Question> Questions { get; init; } = [];

    /// <summary>The answers by the questions' ids; null: there are none yet.</summary>
    public IReadOnlyDictionary<string, string>? Answers { get; init; }

    /// <summary>What is wanted; null: not yet written.</summary>
    public Spec? Spec { get; init; }

    /// <summary>The criteria with their state.</summary>
    public IReadOnlyList<CriterionView> Criteria { get; init; } = [];

    /// <summary>The modules of the design.</summary>
    public IReadOnlyList<DesignedModule> Modules { get; init; } = [];

    /// <summary>The seal of the acceptance tests; null: not yet sealed.</summary>
    public string? Seal { get; init; }

    /// <summary>All files as they stand.</summary>
    public IReadOnlyList<FileLine> Files { get; init; } = [];

    /// <summary>Attempts at a repair, oldest first.</summary>
    public IReadOnlyList<RepairAttempt> Attempts { get; init; } = [];

    /// <summary>What the runner found in the files as they stand; null: nothing was looked at yet.</summary>
    public VerificationReport? Report { get; init; }

    /// <summary>The reviewer's summary and risks; null: there is no review yet.</summary>
    public (string Summary, IReadOnlyList<Risk> Risks)? Review { get; init; }

    /// <summary>Whether there is signed evidence.</summary>
    public bool HasProof { get; init; }

    /// <summary>All versions of all artefacts, newest first.</summary>
    public IReadOnlyList<ArtifactLine> History { get; init; } = [];
}

/// <summary>What a project may cost.</summary>
/// <param name="Expected">The mean of the organisation's newest projects that a model answered; null: there are none.</param>
/// <param name="Projects">How many those are.</param>
/// <param name="Worst">The envelope: no more is spent.</param>
public sealed record ProjectQuote(Usd? Expected, int Projects, Usd Worst);

/// <summary>What came of checking a proof.</summary>
/// <param name="Fault">Why it is no proof at all; null: the signature fits.</param>
/// <param name="IsOurs">Whether this instance signed it.</param>
/// <param name="Verdict">The word of the runner when it looked again; null: it did not.</param>
/// <param name="Differences">What came out otherwise than proven.</param>
public sealed record ProofCheck(string? Fault, bool IsOurs, Verdict? Verdict, IReadOnlyList<string> Differences)
{
    /// <summary>Whether it was replayed and came out as proven.</summary>
    public bool Holds => Fault is null && Verdict is not null && Differences.Count == 0;
}
