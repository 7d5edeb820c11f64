namespace Hal9.Engine.Events;

/// <summary>A layer of the hierarchy. A neuron delegates only to the layer directly below.</summary>
public enum Layer
{
    /// <summary>Implementation: does the work.</summary>
    L2 = 2,

    /// <summary>Design: cuts a goal into work.</summary>
    L3 = 3,

    /// <summary>Strategic: what and why.</summary>
    L4 = 4,
}
