using Hal9.Engine.Diagnostics;
using Hal9.Engine.Events;

namespace Hal9.Engine.Runs;

/// <summary>Counts a step that waits, for as long as it does.</summary>
internal readonly struct Queued : IDisposable
{
    private readonly string layer;

    public Queued(Layer layer)
    {
        this.layer = layer.ToString();
        EngineMeters.Queued(this.layer, 1);
    }

    public void Dispose() => EngineMeters.Queued(layer, -1);
}

/// <summary>Counts a step in a state for as long as it is there.</summary>
internal readonly struct Counted : IDisposable
{
    private readonly string layer;
    private readonly string state;

    public Counted(Layer layer, string state)
    {
        (this.layer, this.state) = (layer.ToString(), state);
        EngineMeters.Step(this.layer, state, 1);
    }

    public void Dispose() => EngineMeters.Step(layer, state, -1);
}
