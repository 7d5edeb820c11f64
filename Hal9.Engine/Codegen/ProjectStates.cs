namespace Hal9.Engine.Codegen;

/// <summary>Where a project stands: the last phase that has begun.</summary>
public enum ProjectPhase
{
    /// <summary>Questions about the request.</summary>
    Intake,

    /// <summary>What is wanted, with criteria that can be tested.</summary>
    Spec,

    /// <summary>Tests of the criteria, by a neuron that never sees the implementation; sealed before there is one.</summary>
    Acceptance,

    /// <summary>Modules, their public signatures and files.</summary>
    Design,

    /// <summary>The modules' files.</summary>
    Implement,

    /// <summary>All modules together, built and tested.</summary>
    Integrate,

    /// <summary>Attempts to turn what is red green.</summary>
    Repair,

    /// <summary>An independent look, then a person's.</summary>
    Review,

    /// <summary>Archive, commits and evidence.</summary>
    Deliver,
}

/// <summary>What a project does or waits for.</summary>
public enum ProjectStatus
{
    /// <summary>A run is at work on it.</summary>
    Working,

    /// <summary>Questions wait for a person's answers.</summary>
    WaitingForAnswers,

    /// <summary>Its specification waits for a person's approval.</summary>
    WaitingForApproval,

    /// <summary>Its result waits for a person's review.</summary>
    WaitingForReview,

    /// <summary>Delivered: it can be downloaded, and no phase is left.</summary>
    Delivered,

    /// <summary>A person or a limit stopped it; the best state so far is kept.</summary>
    Stopped,

    /// <summary>It could not go on; the reason is with it.</summary>
    Failed,
}

/// <summary>Who decides between the phases.</summary>
public enum ProjectApproval
{
    /// <summary>Defaults answer the questions, and specification and result are taken as they are.</summary>
    Auto,

    /// <summary>A person answers, approves the specification and reviews the result.</summary>
    Manual,
}

/// <summary>What an artefact is.</summary>
public enum ArtifactKind
{
    /// <summary>The request in a person's words.</summary>
    Brief,

    /// <summary>Questions about it, each with a default.</summary>
    Intake,

    /// <summary>The answers: a person's, or the defaults.</summary>
    Answers,

    /// <summary>The specification.</summary>
    Spec,

    /// <summary>The sealed acceptance tests with the surface that they are written against.</summary>
    Acceptance,

    /// <summary>The design.</summary>
    Design,

    /// <summary>One module's files.</summary>
    Module,

    /// <summary>All files together, as built and tested.</summary>
    Tree,

    /// <summary>What the runner found.</summary>
    Verification,

    /// <summary>An attempt at a repair, accepted or not.</summary>
    Attempt,

    /// <summary>The reviewer's findings.</summary>
    Review,

    /// <summary>The evidence, signed.</summary>
    Proof,

    /// <summary>A person's yes to the specification (name <c>spec</c>) or to the result (name <c>result</c>) as it was.</summary>
    Approval,

    /// <summary>What a person wants changed in the result.</summary>
    Change,
}
