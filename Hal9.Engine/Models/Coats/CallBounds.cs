using Hal9.Engine.Budgets;
using Hal9.Engine.Models.Providers;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Models.Coats;

/// <summary>The most that a call can use, and its price.</summary>
/// <param name="Input">Input tokens.</param>
/// <param name="Output">Output tokens.</param>
/// <param name="Surplus">Of them, what the model was seen to use beyond its request.</param>
/// <param name="Price">Null: there is none.</param>
internal sealed record CallBound(long Input, long Output, TokenSurplus Surplus, ModelPrice? Price)
{
    public long Tokens => Input + Output;
}

/// <summary>Knows what a call can cost before it is made: the gate sets that aside, and quotes tell it.</summary>
internal sealed class CallBounds(TokenCounter counter, PriceList prices)
{
    /// <summary>The output limit of a call for which nobody set one, of a model whose own limit is not known.</summary>
    public const int DefaultMaxOutput = 4096;

    // Some models may write 128,000 tokens. All of that set aside for each call would leave no room for others under a budget of a few dollars.
    private const int MostFilled = 32_768;

    /// <summary>What a call of this model with these messages can use, with the output limit of its options.</summary>
    public CallBound Of(Provider provider, ModelRef model, IEnumerable<ChatMessage> messages, ChatOptions options, DateTimeOffset at)
    {
        var surplus = counter.SurplusOf(model);
        var input = counter.UpperBound(messages, options, provider.Kind) + surplus.Input;
        var output = options.MaxOutputTokens!.Value + surplus.Output;
        return new CallBound(input, output, surplus, prices.Find(model.Provider, model.Model, provider.Kind.ToString(), at, input, provider.Address));
    }

    /// <summary>What the caller of a pass-through asked for stands; what we fill in, and a neuron's limit, keeps to what the model can give.</summary>
    public static int MostOutput(Provider provider, ModelRef model, int? asked, bool isPassThrough)
    {
        var own = PriceList.MaxOutputOf(model.Provider, model.Model, provider.Kind.ToString(), provider.Address);
        return asked switch
        {
            null => Math.Min(own ?? DefaultMaxOutput, MostFilled),
            { } limit when own is { } most && !isPassThrough => Math.Min(limit, most),
            { } limit => limit,
        };
    }
}
