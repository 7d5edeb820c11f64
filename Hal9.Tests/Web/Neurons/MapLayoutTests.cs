using Bunit;
using Hal9.Engine;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Monitoring;
using Hal9.Tests.Support;
using Hal9.Web.Neurons;

namespace Hal9.Tests.Web.Neurons;

public sealed class MapLayoutTests : PartsContext
{
    [Fact]
    public void Layer_OfMoreThanSixtyNeurons_IsACountThatLeadsToTheTable()
    {
        var layout = MapLayout.Of([Neuron("boss", Layer.L3, "w1", "w61"), .. Workers(MapLayout.MostInALayer + 1)], null, null);

        var map = Render<HierarchyMap>(p => p.Add(m => m.Layout, layout).Add(m => m.Address, name => $"/n/{name}").Add(m => m.TableAddress, layer => $"/table/{layer}"));

        Assert.Equal(["boss", "L2"], map.FindAll("[data-neuron]").Select(node => node.GetAttribute("data-neuron")));
        var folded = map.Find("[data-neuron=L2]");
        Assert.Equal("/table/L2", folded.GetAttribute("href"));
        Assert.Contains("61 neurons", folded.TextContent, StringComparison.Ordinal);
        Assert.Equal("L2", map.Find("[data-neuron=boss]").GetAttribute("data-delegates"));
    }

    [Fact]
    public void Layer_OfSixtyNeurons_HasACardForEach_InTheirOrder()
    {
        var workers = Workers(MapLayout.MostInALayer);

        var layer = MapLayout.Of(workers, null, null).Layers.Single();

        Assert.False(layer.Folded);
        Assert.Equal(workers, layer.Cards);
    }

    [Fact]
    public void Layers_OfMoreThanThreeHundredNeurons_AreFolded_TheSmallOnesExcepted()
    {
        NeuronActivity[] all = [Neuron("top", Layer.L4), .. Enumerable.Range(1, 30).Select(i => Neuron($"d{i}", Layer.L3)), .. Workers(MapLayout.MostInAll)];

        var layers = MapLayout.Of(all, null, null).Layers;

        Assert.Equal([(Layer.L4, false), (Layer.L3, true), (Layer.L2, true)], layers.Select(layer => (layer.Layer, layer.Folded)));
        Assert.False(MapLayout.Of(all[..31], null, null).Layers[1].Folded);
    }

    [Fact]
    public void Neuron_SelectedOrFollowed_KeepsItsCardBesideTheFoldedLayer_AndItsPulses()
    {
        NeuronActivity[] all = [Neuron("boss", Layer.L3, "w1", "w2", "w3"), .. Workers(100)];

        var layout = MapLayout.Of(all, "w2", new HashSet<string> { "w3", "boss" });

        Assert.Equal(["w2", "w3"], layout.Layers[1].Cards.Select(n => n.Name));
        Assert.Equal(["L2", "w2", "w3"], layout.Below(all[0]));
        Assert.Equal(
            [new Pulse("boss", "L2", "down", 5), new Pulse("boss", "w2", "down", 1)],
            layout.Drawn([new Pulse("boss", "w7", "down", 2), new Pulse("boss", "w8", "down", 3), new Pulse("boss", "w2", "down", 1), new Pulse("boss", "elsewhere", "down", 1)]));
    }

    [Fact]
    public void Card_WhoseNeuronDidNothing_IsNotPaintedAgain()
    {
        var (idle, busy) = (Neuron("idle", Layer.L2), Neuron("busy", Layer.L2));
        var map = Render<HierarchyMap>(p => p.Add(m => m.Layout, MapLayout.Of([idle, busy], null, null)).Add(m => m.Address, name => $"/n/{name}").Add(m => m.TableAddress, _ => ""));
        var cards = map.FindComponents<NeuronCard>();
        var before = cards.Select(card => card.RenderCount).ToList();

        map.Render(p => p.Add(m => m.Layout, MapLayout.Of([idle with { }, busy with { Handled = 4 }], null, null)));

        Assert.Equal([false, true], cards.Select((card, i) => card.RenderCount > before[i]));
        Assert.Contains("4 steps", cards[1].Markup, StringComparison.Ordinal);
    }

    private static NeuronActivity[] Workers(int count) => [.. Enumerable.Range(1, count).Select(i => Neuron($"w{i}", Layer.L2))];

    private static NeuronActivity Neuron(string name, Layer layer, params string[] delegates) =>
        new(name, layer, "role", ModelTier.Fast, 8, delegates, NeuronState.Idle, 0, 0, 1, 0, 0, 0, new Usd(0), null, null);
}
