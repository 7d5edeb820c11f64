using Hal9.Engine.Events;
using Hal9.Engine.Storage;

namespace Hal9.Engine.Runs;

/// <summary>What was stored of a run before this process took it over.</summary>
internal sealed record RunPast(IReadOnlyList<StepRow> Steps, IReadOnlyList<ModelCallRow> Calls, IReadOnlyList<RunEvent> Events)
{
    public static RunPast None { get; } = new([], [], []);
}

/// <summary>What all journals of a process write through.</summary>
internal sealed record JournalParts(Writer Writer, RunFeed Feed, SignalFeed Signals, LateWrites Late, TimeProvider Time, IEnumerable<IRunEndWriter> EndWriters);
