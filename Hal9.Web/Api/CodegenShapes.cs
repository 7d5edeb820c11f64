using System.ComponentModel;
using System.Text.Json;
using Hal9.Engine;
using Hal9.Engine.Codegen;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Events;
using Hal9.Engine.Sandbox;

namespace Hal9.Web.Api;

/// <summary>The order to make a project.</summary>
internal sealed record NewProjectBody
{
    /// <summary>What is wanted, 1 to 20,000 characters.</summary>
    public required string Brief { get; init; }

    /// <summary><c>csharp</c>, <c>python</c> or <c>typescript</c>.</summary>
    [DefaultValue("csharp")]
    public string Language { get; init; } = "csharp";

    /// <summary><c>csharp-console</c>, <c>csharp-lib</c>, <c>csharp-minimal-api</c>, <c>blazor-page</c>, <c>py-cli</c> or <c>ts-cli</c>; without it chosen by language and words.</summary>
    public string? Template { get; init; }

    /// <summary><c>auto</c>: defaults answer questions and nothing waits for a person. <c>manual</c>: a person answers, approves the specification and reviews the result.</summary>
    [DefaultValue(ProjectApproval.Auto)]
    public ProjectApproval Approval { get; init; } = ProjectApproval.Auto;

    /// <summary>Its limits: money and tokens of the whole project, time of each of its runs; what is not said comes from the defaults.</summary>
    public ProjectEnvelopeBody? Envelope { get; init; }
}

/// <summary>Limits of a project.</summary>
/// <param name="CostUsd">Money, as a decimal string or a number.</param>
/// <param name="Tokens">Input and output tokens.</param>
/// <param name="Seconds">Time of each of its runs.</param>
internal sealed record ProjectEnvelopeBody(Usd? CostUsd = null, long? Tokens = null, int? Seconds = null);

/// <summary>Answers to a project's questions.</summary>
/// <param name="Answers">By the questions' ids; what is left out takes its default.</param>
internal sealed record AnswersBody(IReadOnlyDictionary<string, string> Answers);

/// <summary>What is to be changed.</summary>
/// <param name="Text">In words.</param>
internal sealed record ChangesBody(string Text);

/// <summary>A person's version of a file.</summary>
/// <param name="Path">Which.</param>
/// <param name="Content">Its whole text.</param>
internal sealed record EditFileBody(string Path, string Content);

/// <summary>What a project may cost.</summary>
/// <param name="Expected">The mean of the organisation's newest projects that a model answered; null: there are none.</param>
/// <param name="BasedOnProjects">How many those are.</param>
/// <param name="Worst">The envelope: no more is spent.</param>
internal sealed record ProjectQuoteBody(Usd? Expected, int BasedOnProjects, Usd Worst);

/// <summary>A project in a list.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Title">Its name.</param>
/// <param name="Template">The kind of project.</param>
/// <param name="Phase">Where it stands.</param>
/// <param name="Status">What it does or waits for.</param>
/// <param name="Verdict">The runner's word; null: none yet.</param>
/// <param name="Cost">What it cost.</param>
/// <param name="Provenance">Where its answers come from; <c>offline</c> is scripted and not AI.</param>
/// <param name="CreatedAt">When it was made (UTC).</param>
/// <param name="UpdatedAt">When it last changed (UTC).</param>
internal sealed record ProjectLineBody(
    Guid Id, string Title, string Template, ProjectPhase Phase, ProjectStatus Status, Verdict? Verdict, Usd Cost, Provenance? Provenance, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static ProjectLineBody Of(ProjectLine p) => new(p.Id, p.Title, p.Kind.Word(), p.Phase, p.Status, p.Verdict, p.Cost, p.Provenance, p.CreatedAt, p.UpdatedAt);
}

/// <summary>An acceptance criterion.</summary>
/// <param name="Id"><c>AC-1</c> and on.</param>
/// <param name="Status">Whether it is proven.</param>
/// <param name="Title">In a few words.</param>
/// <param name="Given">The situation before.</param>
/// <param name="When">What is done.</param>
/// <param name="Then">What has to come of it.</param>
/// <param name="Examples">Concrete input and output.</param>
internal sealed record CriterionBody(string Id, CriterionStatus Status, string Title, string Given, string When, string Then, IReadOnlyList<string> Examples);

/// <summary>A question about the request.</summary>
/// <param name="Id">Its short name.</param>
/// <param name="Text">The question.</param>
/// <param name="Options">Answers to choose from; empty: free text.</param>
/// <param name="Default">What is taken when nobody answers.</param>
/// <param name="Answer">The answer; null: not yet.</param>
internal sealed record QuestionBody(string Id, string Text, IReadOnlyList<string> Options, string Default, string? Answer);

/// <summary>Something that is wrong.</summary>
/// <param name="Rung">0 to 8.</param>
/// <param name="Id">Diagnostic, rule or test.</param>
/// <param name="Message">What.</param>
/// <param name="File">Where; null: unknown, or a held-out test.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Criterion">The criterion that it is about.</param>
internal sealed record FailureBody(int Rung, string Id, string Message, string? File, int? Line, string? Criterion);

/// <summary>A rung of the ladder of proofs.</summary>
/// <param name="Rung">0 to 8.</param>
/// <param name="Name">Its name.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">Why it is not green.</param>
/// <param name="Milliseconds">Its wall time.</param>
/// <param name="PassedTests">How many tests passed on it.</param>
internal sealed record RungBody(int Rung, string Name, RungOutcome Outcome, string? Reason, long Milliseconds, int PassedTests);

/// <summary>An attempt at a repair.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Layer">Who made it.</param>
/// <param name="Hypothesis">What it took for the cause.</param>
/// <param name="Accepted">Whether its state became the best.</param>
/// <param name="Judgement">Why.</param>
/// <param name="Changed">Files that it changed.</param>
internal sealed record AttemptBody(int Number, Layer Layer, string Hypothesis, bool Accepted, string Judgement, IReadOnlyList<string> Changed);

/// <summary>A project.</summary>
/// <param name="Id">Its id.</param>
/// <param name="RunIds">The runs that worked on it, oldest first.</param>
/// <param name="Title">Its name.</param>
/// <param name="Brief">The request.</param>
/// <param name="Language">Its language.</param>
/// <param name="Template">The kind of project.</param>
/// <param name="Approval">Who decides between the phases.</param>
/// <param name="Phase">The last phase that has begun.</param>
/// <param name="Status">What it does or waits for.</param>
/// <param name="Verdict">The runner's word; null: none yet.</param>
/// <param name="Reason">Why it stopped, failed, or has no better verdict.</param>
/// <param name="Questions">Questions about the request.</param>
/// <param name="Criteria">The acceptance criteria with their state.</param>
/// <param name="Rungs">What the runner found on each rung.</param>
/// <param name="Failures">All that is wrong.</param>
/// <param name="Attempts">Attempts at a repair.</param>
/// <param name="SandboxLevel">The level at which it was executed.</param>
/// <param name="Mutants">Share of the mutants that the tests noticed, 0 to 1.</param>
/// <param name="Cost">What it cost so far.</param>
/// <param name="Envelope">What it may cost.</param>
/// <param name="Provenance">Where its answers come from; <c>offline</c> is scripted and not AI.</param>
/// <param name="CreatedAt">When it was made (UTC).</param>
/// <param name="UpdatedAt">When it last changed (UTC).</param>
internal sealed record ProjectBody(
    Guid Id, IReadOnlyList<Guid> RunIds, string Title, string Brief, string Language, string Template, ProjectApproval Approval, ProjectPhase Phase, ProjectStatus Status, Verdict? Verdict,
    string? Reason, IReadOnlyList<QuestionBody> Questions, IReadOnlyList<CriterionBody> Criteria, IReadOnlyList<RungBody> Rungs, IReadOnlyList<FailureBody> Failures,
    IReadOnlyList<AttemptBody> Attempts, SandboxLevel? SandboxLevel, double? Mutants, Usd Cost, Usd Envelope, Provenance Provenance, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static ProjectBody Of(ProjectView p) => new(
        p.Id, p.RunIds, p.Title, p.Brief, ProjectWords.LanguageOf(p.Kind).Word(), p.Kind.Word(), p.Approval, p.Phase, p.Status, p.Verdict, p.Reason,
        [.. p.Questions.Select(q => new QuestionBody(q.Id, q.Text, q.Options, q.Default, p.Answers?.GetValueOrDefault(q.Id)))],
        [.. p.Criteria.Select(c => new CriterionBody(c.Criterion.Id, c.Status, c.Criterion.Title, c.Criterion.Given, c.Criterion.When, c.Criterion.Then, c.Criterion.Examples))],
        p.Report is null ? [] : [.. p.Report.Rungs.Select(r => new RungBody(r.Rung, r.Name, r.Outcome, r.Reason, (long)r.Duration.TotalMilliseconds, r.PassedTests.Count))],
        p.Report is null ? [] : [.. p.Report.Failures.Select(f => new FailureBody(f.Rung, f.Id, f.Message, f.File, f.Line, f.Criterion))],
        [.. p.Attempts.Select(a => new AttemptBody(a.Number, a.Layer, a.Hypothesis, a.Accepted, a.Judgement, a.Changed))],
        p.Report?.SandboxLevel, p.Report?.Mutants?.Ratio, p.Cost, p.Envelope, p.Provenance, p.CreatedAt, p.UpdatedAt);
}

/// <summary>A file of a project.</summary>
/// <param name="Path">Relative, with forward slashes.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Content">Its text.</param>
internal sealed record ProjectFileBody(string Path, FileRole Role, string Content);

/// <summary>What came of checking evidence.</summary>
/// <param name="Holds">Whether it is signed, was replayed and came out as proven.</param>
/// <param name="IsOurs">Whether this instance signed it.</param>
/// <param name="Fault">Why it is no evidence at all.</param>
/// <param name="Verdict">The runner's word when it looked again.</param>
/// <param name="Differences">What came out otherwise.</param>
internal sealed record ProofCheckBody(bool Holds, bool IsOurs, string? Fault, Verdict? Verdict, IReadOnlyList<string> Differences)
{
    public static ProofCheckBody Of(ProofCheck check) => new(check.Holds, check.IsOurs, check.Fault, check.Verdict, check.Differences);
}

/// <summary>The evidence to be checked, as it was handed out.</summary>
internal sealed record SignedProofBody
{
    /// <summary>The proof's JSON, base64url.</summary>
    public required string Payload { get; init; }

    /// <summary>The header, base64url.</summary>
    public required string Protected { get; init; }

    /// <summary>The signature, base64url.</summary>
    public required string Signature { get; init; }

    /// <summary>The proof, to read.</summary>
    public required JsonElement Proof { get; init; }
}
