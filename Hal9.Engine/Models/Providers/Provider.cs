using System.Collections.Concurrent;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Models.Providers;

/// <summary>How a provider can be made to answer in JSON of a schema, best first.</summary>
internal enum StructureAbility
{
    /// <summary>It takes the schema itself.</summary>
    Native,

    /// <summary>It can be forced to call a tool whose arguments are the answer.</summary>
    ForcedTool,

    /// <summary>It can only be asked in words.</summary>
    Words,
}

/// <summary>A configured provider, with what was learned of its endpoint since the start.</summary>
internal sealed class Provider(string name, ProviderKind kind, Uri? address, IReadOnlyList<string> models, IChatClient client, IList<string>? vision = null, string? keyHint = null) : IDisposable
{
    // Model names come from callers on pass-through: what was learned is forgotten before it could fill the memory.
    private const int MostLearned = 1024;
    private readonly ConcurrentDictionary<string, StructureAbility> structures = new(StringComparer.Ordinal);

    public string Name { get; } = name;

    public ProviderKind Kind { get; } = kind;

    public Uri? Address { get; } = address;

    public IReadOnlyList<string> Models { get; } = models;

    /// <summary>The key as it may be shown.</summary>
    public string? KeyHint { get; } = keyHint;

    public IChatClient Client { get; } = client;

    /// <summary>Whether a model of it takes images. The built-in one reads words only.</summary>
    public bool SeesImages(string model) => Kind != ProviderKind.Offline && Vision.Sees(model, vision);

    /// <summary>The best way that a model is not known to lack.</summary>
    public StructureAbility StructureOf(string model) => structures.GetValueOrDefault(model, StructureAbility.Native);

    /// <summary>Notes the best way that a model has; others behind the same address may have better ones.</summary>
    public void Learn(string model, StructureAbility best)
    {
        if (best == StructureOf(model))
        {
            return;
        }
        if (structures.Count >= MostLearned)
        {
            structures.Clear();
        }
        structures.AddOrUpdate(model, best, (_, known) => known > best ? known : best);
    }

    public void Dispose() => Client.Dispose();
}

/// <summary>The providers by name: the built-in one, the configured ones, and those set in the console, which may change.</summary>
internal sealed class ProviderTable : Budgets.IModelNames, IDisposable
{
    private readonly IReadOnlyList<Provider> own;
    private volatile Dictionary<string, Provider> byName;

    public ProviderTable(IEnumerable<Provider> providers)
    {
        own = [.. providers];
        byName = own.ToDictionary(provider => provider.Name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Exchanges all those that were set in the console.</summary>
    public void Set(IEnumerable<Provider> others) => byName = own.Concat(others).ToDictionary(provider => provider.Name, StringComparer.OrdinalIgnoreCase);

    public IEnumerable<Provider> All => byName.Values;

    public Provider? Find(ModelRef model) =>
        byName.TryGetValue(model.Provider, out var provider) && (provider.Models.Count == 0 || provider.Models.Contains(model.Model)) ? provider : null;

    /// <summary>The model's provider.</summary>
    /// <exception cref="ModelCallFailed"><see cref="ModelFault.UnknownModel"/>.</exception>
    public Provider Of(ModelRef model) => Find(model) ?? throw new ModelCallFailed(
        ModelFault.UnknownModel,
        byName.TryGetValue(model.Provider, out var provider)
            ? $"The provider {provider.Name} has no model '{model.Model}'; it has {string.Join(", ", provider.Models)}."
            : $"There is no provider '{model.Provider}'.");

    string? Budgets.IModelNames.Find(string model) => ModelRef.TryParse(model, out var named) && Find(named) is { } provider ? $"{provider.Name}/{named.Model}" : null;

    (string Kind, Uri? Address)? Budgets.IModelNames.ProviderOf(string name) => byName.TryGetValue(name, out var provider) ? (provider.Kind.ToString(), provider.Address) : null;

    public void Dispose()
    {
        foreach (var provider in byName.Values)
        {
            provider.Dispose();
        }
    }
}

/// <summary>The innermost link: hands the call to its provider.</summary>
internal sealed class ProviderSwitch : IChatClient
{
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        Coats.CallOptions.Of(options).Ticket.Provider.Client.GetStreamingResponseAsync(messages, options, cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        // The chain is shared by all opened clients, and providers live as long as the application: their table disposes of them.
    }
}
