using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Events;

namespace Hal9.Engine.Codegen;

/// <summary>A rung as it is proven.</summary>
/// <param name="Rung">0 to 8.</param>
/// <param name="Name">Its name.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">Why it is not green.</param>
/// <param name="Command">The command that anyone can repeat.</param>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Milliseconds">Its wall time.</param>
/// <param name="LogSha256">Hash of what the tools wrote.</param>
/// <param name="PassedTests">How many tests passed on it.</param>
public sealed record ProvenRung(int Rung, string Name, RungOutcome Outcome, string? Reason, string Command, int? ExitCode, long Milliseconds, string LogSha256, int PassedTests);

/// <summary>A file as it is proven.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Sha256">Hash of its text.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Module">The module that owns it.</param>
/// <param name="Covers">The criteria that it tests.</param>
public sealed record ProvenFile(string Path, string Sha256, FileRole Role, string Module, IReadOnlyList<string> Covers);

/// <summary>A model call that went into a project.</summary>
/// <param name="Leaf">What for.</param>
/// <param name="Neuron">Who asked.</param>
/// <param name="Model">Who answered, <c>provider/model</c>.</param>
/// <param name="Provenance">Where the answer came from.</param>
/// <param name="CostNanoUsd">What it cost, in billionths of a US dollar.</param>
/// <param name="AnswerSha256">Hash of the answer's text.</param>
public sealed record ProvenCall(string Leaf, string Neuron, string Model, Provenance Provenance, long CostNanoUsd, string AnswerSha256);

/// <summary>The evidence of a project: what was built from what, by whom, and what the runner found.</summary>
public sealed record Proof
{
    /// <summary>The version of this shape.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The project.</summary>
    public required Guid ProjectId { get; init; }

    /// <summary>Its name.</summary>
    public required string Title { get; init; }

    /// <summary>The kind of project, as its word.</summary>
    public required string Kind { get; init; }

    /// <summary>Hash of the request.</summary>
    public required string BriefSha256 { get; init; }

    /// <summary>Hash of the specification.</summary>
    public required string SpecSha256 { get; init; }

    /// <summary>Hash of the design.</summary>
    public required string DesignSha256 { get; init; }

    /// <summary>The seal of the acceptance tests.</summary>
    public required string AcceptanceSeal { get; init; }

    /// <summary>When they were sealed (UTC).</summary>
    public required DateTimeOffset SealedAt { get; init; }

    /// <summary>Hash of all files.</summary>
    public required string TreeSha256 { get; init; }

    /// <summary>All files.</summary>
    public required IReadOnlyList<ProvenFile> Files { get; init; }

    /// <summary>All rungs.</summary>
    public required IReadOnlyList<ProvenRung> Rungs { get; init; }

    /// <summary>Mutants that the tests noticed, and those that they did not; null: not looked at.</summary>
    public MutationScore? Mutants { get; init; }

    /// <summary>Held-out tests that passed; null: not looked at.</summary>
    public int? HeldOutPassed { get; init; }

    /// <summary>Held-out tests.</summary>
    public int HeldOutTotal { get; init; }

    /// <summary>The level at which it was executed.</summary>
    public required Sandbox.SandboxLevel SandboxLevel { get; init; }

    /// <summary>Versions of the tools.</summary>
    public required IReadOnlyDictionary<string, string> Toolchain { get; init; }

    /// <summary>The runner's word.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Why it is no better.</summary>
    public string? Reason { get; init; }

    /// <summary>Attempts at a repair.</summary>
    public int Attempts { get; init; }

    /// <summary>Lessons that the neurons were given.</summary>
    public IReadOnlyList<string> Lessons { get; init; } = [];

    /// <summary>The runs that worked on it.</summary>
    public required IReadOnlyList<Guid> Runs { get; init; }

    /// <summary>The model calls of the run that delivered it.</summary>
    public required IReadOnlyList<ProvenCall> Calls { get; init; }

    /// <summary>What all runs cost, in billionths of a US dollar.</summary>
    public required long CostNanoUsd { get; init; }

    /// <summary>The weakest of where its answers came from; offline is scripted and not AI.</summary>
    public required Provenance Provenance { get; init; }

    /// <summary>When it was made (UTC).</summary>
    public required DateTimeOffset MadeAt { get; init; }
}
