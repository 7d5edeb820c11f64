using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Models;

namespace Hal9.Engine.Runs;

/// <summary>What one layer of a run used of one model.</summary>
internal sealed record LayerUse(Layer Layer, ModelRef Model, int Calls, long Input, long Output);

/// <summary>A run that succeeded, as quotes learn from it.</summary>
internal sealed record PastRun(Layer Entry, int GoalLength, Usd Cost, Usd? Quote, IReadOnlyList<LayerUse> Uses);

/// <summary>What is expected of a run.</summary>
/// <param name="Cost">Null: a model has no price.</param>
/// <param name="Tokens">Input and output.</param>
/// <param name="Runs">How many runs it is learned from.</param>
internal sealed record Expectation(Usd? Cost, long Tokens, int Runs);

/// <summary>
/// A tenant's newest runs, and what they say of the next one. Tokens are learned, not money: by the layer that the goal enters, the layer that works and its model, so
/// that a changed price or tier is in the next quote at once. Longer goals are carried by each call.
/// </summary>
internal sealed class Calibration(IReadOnlyList<PastRun> runs)
{
    // Fewer say less than the rule of thumb.
    private const int Fewest = 3;
    private const int Newest = 50;
    private const int CharactersPerToken = 4;

    // Of the default hierarchy with short goals: prompts of some hundred tokens, answers of a few paragraphs.
    private const int ThumbInput = 700;
    private const int ThumbOutput = 450;

    public static Calibration None { get; } = new([]);

    /// <summary>What a run is expected to use, with the model that each layer asks now.</summary>
    public Expectation Expect(Layer entry, int goalLength, IReadOnlyDictionary<Layer, ModelRef> models, Func<ModelRef, ModelPrice?> priceOf)
    {
        var alike = runs.Where(run => run.Entry == entry).Take(Newest).ToList();
        var learned = alike.Count >= Fewest;
        var uses = learned ? models.Where(layer => layer.Key <= entry).Select(layer => Learn(alike, layer.Key, layer.Value, goalLength)) : Thumb(entry, goalLength);
        var cost = Usd.Zero;
        var (tokens, priced) = (0.0, true);
        foreach (var (layer, calls, input, output) in uses.Where(use => use.Calls > 0))
        {
            tokens += input + output;
            if (priceOf(models[layer]) is { } price)
            {
                // Of one call on average: what it costs may depend on its size.
                var one = price.CostOf(new TokenUsage((long)(input / calls), (long)(output / calls)));
                cost += new Usd((long)(one.Nano * (decimal)calls));
            }
            else
            {
                priced = false;
            }
        }
        return new Expectation(priced ? cost : null, (long)tokens, learned ? alike.Count : 0);
    }

    /// <summary>The dearest of the runs like it; null: there are too few.</summary>
    public Usd? Dearest(Layer entry)
    {
        var alike = runs.Where(run => run.Entry == entry).Take(Newest).ToList();
        return alike.Count >= Fewest ? alike.Max(run => run.Cost) : null;
    }

    /// <summary>By how much quotes of such runs were off.</summary>
    public double? TypicalError(Layer entry)
    {
        var errors = runs.Where(run => run.Entry == entry && run.Quote is not null).Take(Newest).Select(run => ErrorOf(run.Quote!.Value, run.Cost)).ToList();
        return errors.Count == 0 ? null : errors.Average();
    }

    /// <summary>The share of the larger one by which they differ, 0 to 1.</summary>
    public static double ErrorOf(Usd quote, Usd cost) =>
        quote == cost ? 0 : Math.Abs((double)(quote.Nano - cost.Nano)) / Math.Max(quote.Nano, cost.Nano);

    private static (Layer Layer, double Calls, double Input, double Output) Learn(List<PastRun> alike, Layer layer, ModelRef model, int goalLength)
    {
        // Runs whose layer asked the model of now say most; a layer that was not needed says so whatever the model.
        var own = alike.Where(run => run.Uses.Where(use => use.Layer == layer).All(use => use.Model == model)).ToList();
        var asked = own.Count >= Fewest ? own : alike;
        var uses = asked.SelectMany(run => run.Uses).Where(use => use.Layer == layer).ToList();
        var calls = uses.Sum(use => use.Calls) / (double)asked.Count;
        var longer = (goalLength - asked.Average(run => run.GoalLength)) / CharactersPerToken;
        return (layer, calls, Math.Max(0, (uses.Sum(use => (double)use.Input) / asked.Count) + (calls * longer)), uses.Sum(use => (double)use.Output) / asked.Count);
    }

    private static IEnumerable<(Layer Layer, double Calls, double Input, double Output)> Thumb(Layer entry, int goalLength)
    {
        (Layer Layer, int Calls)[] calls = entry switch
        {
            Layer.L2 => [(Layer.L2, 1)],
            Layer.L3 => [(Layer.L3, 3), (Layer.L2, 3)],
            _ => [(Layer.L4, 3), (Layer.L3, 6), (Layer.L2, 6)],
        };
        return calls.Select(use => (use.Layer, (double)use.Calls, use.Calls * (ThumbInput + (goalLength / (double)CharactersPerToken)), (double)use.Calls * ThumbOutput));
    }
}
