using Hal9.Engine.Budgets;

namespace Hal9.Engine.Runs;

/// <summary>A budget's ladder says to pause and ask: the loop leaves the run as it is, and whoever finds room takes it up again, as after a crash.</summary>
internal sealed class RunPaused(Refusal refusal) : Exception(refusal.Reason)
{
    public Refusal Refusal { get; } = refusal;
}
