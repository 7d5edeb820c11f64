using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;
using Microsoft.Extensions.Localization;

namespace Hal9.Web.Budgets;

/// <summary>What the keys of costs are called, for people.</summary>
/// <param name="Names">By dimension and key; what is not there is called by its key.</param>
public sealed record CostNaming(IReadOnlyDictionary<(CostGroup Dimension, string Key), string> Names)
{
    /// <summary>Everything is called by its key.</summary>
    public static CostNaming None { get; } = new(new Dictionary<(CostGroup, string), string>());

    /// <summary>What it is called.</summary>
    public string Of(CostGroup dimension, string key) => Names.GetValueOrDefault((dimension, key), key);
}

/// <summary>Finds what people, keys, layers and kinds are called.</summary>
public sealed class CostNames(PeopleNames people, KeyService keys, Words words, IStringLocalizer<BudgetsTexts> texts)
{
    /// <summary>Names of what a filter is narrowed to.</summary>
    public async Task<CostNaming> OfAsync(Actor actor, CostFilter filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return await OfAsync(actor, [.. CostFilter.Dimensions.Where(d => filter[d] is not null).Select(d => (d, filter[d]!))], cancellationToken);
    }

    /// <summary>Names of these keys.</summary>
    public async Task<CostNaming> OfAsync(Actor actor, IReadOnlyCollection<(CostGroup Dimension, string Key)> asked, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(asked);
        var persons = Ids(CostGroup.User);
        var apiKeys = Ids(CostGroup.Key);
        var nameOfPerson = persons.Count > 0 ? await people.OfAsync(persons, cancellationToken) : new Dictionary<Guid, string>();
        var nameOfKey = apiKeys.Count > 0 && actor.May(Permission.ReadCosts) ? await keys.NamesAsync(actor, apiKeys, cancellationToken) : new Dictionary<Guid, string>();
        var names = new Dictionary<(CostGroup, string), string>();
        foreach (var (dimension, key) in asked)
        {
            names[(dimension, key)] = dimension switch
            {
                CostGroup.User => Guid.TryParse(key, out var person) ? nameOfPerson.GetValueOrDefault(person) ?? texts["PersonGone", key[..8]] : texts["NoPerson"],
                CostGroup.Key => Guid.TryParse(key, out var apiKey) ? nameOfKey.GetValueOrDefault(apiKey) ?? texts["KeyGone", key[..8]] : texts["NoKey"],
                CostGroup.Neuron when key.Length == 0 => texts["NoNeuron"],
                CostGroup.Layer when Enum.TryParse<Layer>(key, out var layer) => words.Of(layer),
                CostGroup.Kind when Enum.TryParse<RunKind>(key, ignoreCase: true, out var kind) => words.Of(kind),
                CostGroup.Tenant => texts["All"],
                _ => key,
            };
        }
        return new CostNaming(names);

        List<Guid> Ids(CostGroup wanted) => [.. asked.Where(a => a.Dimension == wanted && Guid.TryParse(a.Key, out _)).Select(a => Guid.Parse(a.Key))];
    }
}
