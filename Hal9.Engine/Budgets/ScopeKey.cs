namespace Hal9.Engine.Budgets;

/// <summary>Which scope a budget limits.</summary>
/// <param name="Kind">Of what kind.</param>
/// <param name="Id">Of a user or key: its id.</param>
/// <param name="Provider">Of a model: its provider.</param>
/// <param name="Name">The neuron's name, or the model's at its provider.</param>
internal readonly record struct ScopeKey(BudgetScopeKind Kind, Guid Id = default, string Provider = "", string Name = "")
{
    public static readonly ScopeKey Tenant = new(BudgetScopeKind.Tenant);

    /// <summary>As budgets store the id; empty for the tenant. Roll-ups store it so too, but a model in two columns.</summary>
    public string Text => Kind switch
    {
        BudgetScopeKind.Tenant => "",
        BudgetScopeKind.Neuron => Name,
        BudgetScopeKind.Model => $"{Provider}/{Name}",
        _ => Id.ToString("D"),
    };

    /// <summary>The scope of a stored budget; null for one that stands for each of its kind (<see cref="Budget.Each"/>).</summary>
    public static ScopeKey? Read(BudgetScopeKind kind, string text)
    {
        if (text == Budget.Each)
        {
            return null;
        }
        switch (kind)
        {
            case BudgetScopeKind.Tenant:
                return Tenant;
            case BudgetScopeKind.Neuron:
                return new ScopeKey(kind, Name: text);
            case BudgetScopeKind.Model:
                var slash = text.IndexOf('/', StringComparison.Ordinal);
                return slash < 0 ? null : new ScopeKey(kind, Provider: text[..slash], Name: text[(slash + 1)..]);
            default:
                return Guid.TryParse(text, out var id) ? new ScopeKey(kind, id) : null;
        }
    }
}

/// <summary>The scopes of which a call draws on budgets.</summary>
internal static class Scopes
{
    /// <summary>All of a call: tenant, person, key, neuron, model.</summary>
    public static ScopeKey[] Of(LedgerDimensions dimensions)
    {
        var all = new ScopeKey[3 + (dimensions.UserId is null ? 0 : 1) + (dimensions.KeyId is null ? 0 : 1) - (dimensions.Neuron.Length > 0 ? 0 : 1)];
        var count = 0;
        all[count++] = ScopeKey.Tenant;
        if (dimensions.UserId is { } user)
        {
            all[count++] = new ScopeKey(BudgetScopeKind.User, user);
        }
        if (dimensions.KeyId is { } key)
        {
            all[count++] = new ScopeKey(BudgetScopeKind.Key, key);
        }
        if (dimensions.Neuron.Length > 0)
        {
            all[count++] = new ScopeKey(BudgetScopeKind.Neuron, Name: dimensions.Neuron);
        }
        all[count] = new ScopeKey(BudgetScopeKind.Model, Provider: dimensions.Provider, Name: dimensions.Model);
        return all;
    }

    /// <summary>What is known before a run has made a call.</summary>
    public static ScopeKey[] Of(Guid? userId, Guid? keyId) =>
    [
        ScopeKey.Tenant,
        .. userId is { } user ? [new ScopeKey(BudgetScopeKind.User, user)] : Array.Empty<ScopeKey>(),
        .. keyId is { } key ? [new ScopeKey(BudgetScopeKind.Key, key)] : Array.Empty<ScopeKey>(),
    ];
}
