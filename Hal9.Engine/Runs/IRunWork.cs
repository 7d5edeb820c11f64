using Hal9.Engine.Events;

namespace Hal9.Engine.Runs;

/// <summary>How runs of a kind are carried out that do not walk a goal through the hierarchy by plans; Codegen implements it for its projects.</summary>
internal interface IRunWork
{
    /// <summary>The kind of runs that it does.</summary>
    RunKind Kind { get; }

    /// <summary>Does the run's work. It is called again, from the start, when a run is taken up after a crash: the journal knows which steps and leaves are done.</summary>
    Task<StepResult> EnterAsync(LiveRun run);
}
