using Hal9.Engine.Events;
using Hal9.Engine.Monitoring;

namespace Hal9.Web.Neurons;

/// <summary>A layer as the map draws it.</summary>
/// <param name="Layer">Which.</param>
/// <param name="All">Its neurons, in the hierarchy's order.</param>
/// <param name="Cards">Those with a card of their own; they keep their order, so that no card moves because of what its neuron does.</param>
/// <param name="Folded">Whether one card with counts stands for the layer.</param>
public sealed record MapLayer(Layer Layer, IReadOnlyList<NeuronActivity> All, IReadOnlyList<NeuronActivity> Cards, bool Folded)
{
    /// <summary>The name of the folded layer's node: neurons' names are in lower case.</summary>
    public string Node => Layer.ToString();
}

/// <summary>
/// What the map draws of a hierarchy. More cards than a screen holds say less than a count that leads to the table: a crowded layer is folded, and all of
/// them sooner when there are very many neurons. Who is selected or has a part in the followed run keeps a card.
/// </summary>
public sealed class MapLayout
{
    /// <summary>More neurons than this fold their layer.</summary>
    public const int MostInALayer = 60;

    /// <summary>With more neurons than this on the map, a layer folds beyond <see cref="MostOfMany"/>.</summary>
    public const int MostInAll = 300;

    /// <summary>The most cards of a layer on a crowded map, and beside a folded layer.</summary>
    public const int MostOfMany = 12;

    private readonly Dictionary<string, string> nodeOf = new(StringComparer.Ordinal);
    private readonly bool isWhole;

    private MapLayout(IReadOnlyList<MapLayer> layers)
    {
        Layers = layers;
        isWhole = layers.All(layer => !layer.Folded);
        if (isWhole)
        {
            return;
        }
        foreach (var layer in layers)
        {
            foreach (var neuron in layer.All)
            {
                nodeOf[neuron.Name] = layer.Folded ? layer.Node : neuron.Name;
            }
            foreach (var card in layer.Cards)
            {
                nodeOf[card.Name] = card.Name;
            }
        }
    }

    /// <summary>Nothing.</summary>
    public static MapLayout Empty { get; } = new([]);

    /// <summary>Top layer first.</summary>
    public IReadOnlyList<MapLayer> Layers { get; }

    /// <summary>The layout of neurons.</summary>
    /// <param name="neurons">Those to be seen, in the hierarchy's order.</param>
    /// <param name="selected">The one in the panel.</param>
    /// <param name="followed">Those with a part in the followed run.</param>
    public static MapLayout Of(IReadOnlyList<NeuronActivity> neurons, string? selected, IReadOnlySet<string>? followed)
    {
        ArgumentNullException.ThrowIfNull(neurons);
        var most = neurons.Count > MostInAll ? MostOfMany : MostInALayer;
        return new MapLayout([.. neurons.GroupBy(neuron => neuron.Layer).OrderByDescending(group => group.Key).Select(group => Laid(group.Key, [.. group]))]);

        MapLayer Laid(Layer layer, IReadOnlyList<NeuronActivity> all) => all.Count <= most
            ? new MapLayer(layer, all, all, false)
            : new MapLayer(layer, all, [.. all.Where(neuron => neuron.Name == selected || followed?.Contains(neuron.Name) == true).Take(MostOfMany)], true);
    }

    /// <summary>The nodes that a card's edges lead to.</summary>
    public IEnumerable<string> Below(NeuronActivity neuron)
    {
        ArgumentNullException.ThrowIfNull(neuron);
        return isWhole ? neuron.Delegates : neuron.Delegates.Select(name => nodeOf.GetValueOrDefault(name)).OfType<string>().Distinct();
    }

    /// <summary>The nodes that a folded layer's edges lead to: all below that somebody in it may delegate to.</summary>
    public IEnumerable<string> Below(MapLayer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in layer.All.SelectMany(neuron => neuron.Delegates))
        {
            if (nodeOf.TryGetValue(name, out var node))
            {
                known.Add(node);
            }
        }
        return known;
    }

    /// <summary>Pulses between nodes: those of neurons without a card count for their layer.</summary>
    public IReadOnlyList<Pulse> Drawn(IReadOnlyList<Pulse> pulses) => isWhole
        ? pulses
        : [.. pulses.Where(pulse => nodeOf.ContainsKey(pulse.From) && nodeOf.ContainsKey(pulse.To))
            .GroupBy(pulse => (From: nodeOf[pulse.From], To: nodeOf[pulse.To], pulse.Kind)).Select(group => new Pulse(group.Key.From, group.Key.To, group.Key.Kind, group.Sum(pulse => pulse.Count)))];
}
