using Hal9.Engine.Tenancy;

namespace Hal9.Engine.Budgets;

/// <summary>What a budget limits.</summary>
public enum BudgetScopeKind
{
    /// <summary>All of a tenant.</summary>
    Tenant,

    /// <summary>A team.</summary>
    Team,

    /// <summary>A person.</summary>
    User,

    /// <summary>An API key.</summary>
    Key,

    /// <summary>A neuron.</summary>
    Neuron,

    /// <summary>A model, <c>provider/model</c>.</summary>
    Model,
}

/// <summary>Over which time a budget counts. Calendar periods begin in the tenant's time zone.</summary>
public enum BudgetPeriod
{
    /// <summary>The clock hour.</summary>
    Hour,

    /// <summary>The day.</summary>
    Day,

    /// <summary>The week from Monday.</summary>
    Week,

    /// <summary>The month.</summary>
    Month,

    /// <summary>For ever.</summary>
    Total,
}

/// <summary>What happens at the limit, tried in order; empty means refuse.</summary>
public enum LadderStep
{
    /// <summary>Shorten the output.</summary>
    Clamp,

    /// <summary>Use a cheaper model.</summary>
    Cheaper,

    /// <summary>Use the offline model.</summary>
    Offline,

    /// <summary>Pause and ask.</summary>
    Pause,

    /// <summary>Refuse.</summary>
    Refuse,
}

/// <summary>A limit on one scope and period.</summary>
public sealed class Budget : ITenantOwned
{
    /// <summary>Instead of a scope's id: each user, key, neuron or model that has no budget of its own for the period gets this one, with a balance of its own.</summary>
    public const string Each = "*";

    /// <summary>UUIDv7.</summary>
    public Guid Id { get; init; }

    /// <inheritdoc/>
    public Guid TenantId { get; init; }

    /// <summary>What it limits.</summary>
    public BudgetScopeKind ScopeKind { get; init; }

    /// <summary>Which one: the id of the user or key, the neuron's name, or <c>provider/model</c>; empty for the tenant; or <see cref="Each"/>.</summary>
    public string ScopeId { get; init; } = "";

    /// <summary>Over which time.</summary>
    public BudgetPeriod Period { get; init; }

    /// <summary>The limit in nano-USD, or none.</summary>
    public long? LimitNano { get; set; }

    /// <summary>The limit in tokens (input + output), or none.</summary>
    public long? LimitTokens { get; set; }

    /// <summary>Warning marks in percent, JSON array.</summary>
    public string Marks { get; set; } = "[50,80,95]";

    /// <summary>On-limit ladder, JSON array of <see cref="LadderStep"/> names.</summary>
    public string Ladder { get; set; } = "[]";

    /// <summary>First day of the fiscal month, 1 to 28.</summary>
    public int FiscalStart { get; set; } = 1;

    /// <summary>When it was made (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed (UTC).</summary>
    public DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>A limit said no. It names which, whose and until when.</summary>
/// <param name="BudgetId">The budget, or null when it was the run's own envelope.</param>
/// <param name="Scope">Whose limit, in words for a person: <c>tenant</c>, <c>key ci</c>, <c>run envelope</c>.</param>
/// <param name="Limit">The limit in money, if it is one of money.</param>
/// <param name="LimitTokens">The limit in tokens, if it is one of tokens.</param>
/// <param name="ResetsAt">When it begins anew (UTC); null: never by itself.</param>
/// <param name="Reason">The whole reason in a sentence.</param>
public sealed record Refusal(Guid? BudgetId, string Scope, Usd? Limit, long? LimitTokens, DateTimeOffset? ResetsAt, string Reason)
{
    /// <summary>The step of the budget's ladder that comes next; null: none, the call is refused.</summary>
    public LadderStep? Next { get; init; }

    /// <summary>What kind of budget it was.</summary>
    public BudgetScopeKind? ScopeKind { get; init; }

    /// <summary>Which one, as budgets name it.</summary>
    public string? ScopeId { get; init; }

    /// <summary>What the call may cost.</summary>
    public Usd? Needed { get; init; }

    /// <summary>How many tokens it may use.</summary>
    public long? NeededTokens { get; init; }
}

/// <summary>A step of a budget's on-limit ladder that was taken for a call.</summary>
/// <param name="Step">Which.</param>
/// <param name="BudgetId">Whose.</param>
/// <param name="Scope">Whose, in words.</param>
/// <param name="Reason">What was done and why, in a sentence or two.</param>
public sealed record LadderTaken(LadderStep Step, Guid? BudgetId, string Scope, string Reason);

/// <summary>A call was not paid, so it was not made.</summary>
public sealed class BudgetRefused(Refusal refusal) : Exception(refusal.Reason)
{
    /// <summary>Which limit, whose, until when.</summary>
    public Refusal Refusal { get; } = refusal;
}
