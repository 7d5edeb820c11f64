using System.Collections.Frozen;

namespace Hal9.Engine.Tenancy;

/// <summary>What can be done, as the pages, the API, the hub and the CLI name it. One action guards one kind of thing.</summary>
public enum Permission
{
    /// <summary>Start chats and runs, and see and steer one's own.</summary>
    UseRuns,

    /// <summary>See everybody's runs and conversations of the tenant.</summary>
    ReadRuns,

    /// <summary>Cancel, pause, resume everybody's runs.</summary>
    SteerRuns,

    /// <summary>Read costs, ledger and budgets.</summary>
    ReadCosts,

    /// <summary>Set budgets.</summary>
    EditBudgets,

    /// <summary>Make and revoke one's own API keys.</summary>
    UseKeys,

    /// <summary>Revoke everybody's keys.</summary>
    ManageKeys,

    /// <summary>Invite people and set roles.</summary>
    ManagePeople,

    /// <summary>Read models, neurons and hierarchies.</summary>
    ReadEngine,

    /// <summary>Set providers, tiers and the hierarchy.</summary>
    EditEngine,

    /// <summary>Scrape metrics.</summary>
    ReadMetrics,

    /// <summary>Set what all tenants share: providers and tiers. Of no role: the instance's owner has it.</summary>
    EditInstance,
}

/// <summary>The one policy table: role x permission, plain data. Whatever is not in it is denied.</summary>
public static class Policy
{
    private static readonly FrozenDictionary<Role, FrozenSet<Permission>> Table = new Dictionary<Role, FrozenSet<Permission>>
    {
        [Role.Member] = Set(Permission.UseRuns, Permission.UseKeys, Permission.ReadEngine),
        [Role.Analyst] = Set(Permission.ReadRuns, Permission.ReadCosts, Permission.ReadEngine, Permission.UseKeys, Permission.ReadMetrics),
        [Role.Operator] = Set(
            Permission.UseRuns, Permission.UseKeys, Permission.ReadEngine, Permission.ReadRuns, Permission.SteerRuns,
            Permission.ReadCosts, Permission.EditBudgets, Permission.ReadMetrics),
        [Role.Admin] = Enum.GetValues<Permission>().Where(permission => permission is not Permission.EditInstance).ToFrozenSet(),
    }.ToFrozenDictionary();

    /// <summary>Whether the role has the permission.</summary>
    public static bool Allows(Role role, Permission permission) => Table[role].Contains(permission);

    /// <summary>All that the role may do.</summary>
    public static IReadOnlySet<Permission> Of(Role role) => Table[role];

    private static FrozenSet<Permission> Set(params Permission[] permissions) => permissions.ToFrozenSet();
}

/// <summary>Who acts, in which tenant: made from a validated credential only, never from a request's body or address.</summary>
/// <param name="TenantId">The tenant of the credential.</param>
/// <param name="UserId">The person.</param>
/// <param name="Role">Their role in that tenant now.</param>
/// <param name="KeyId">The API key used, if one was.</param>
/// <param name="Scopes">The key's scopes; empty means no further limit.</param>
/// <param name="IsOwner">The person owns the instance, and came in by themselves, not by a key or a token.</param>
public sealed record Actor(Guid TenantId, Guid UserId, Role Role, Guid? KeyId = null, IReadOnlyList<string>? Scopes = null, bool IsOwner = false)
{
    /// <summary>Whether the actor may do it: the role allows it and, for a scoped key, one of its scopes names it (see <see cref="KeyScopes"/>).</summary>
    public bool May(Permission permission) =>
        permission is Permission.EditInstance ? IsOwner && KeyId is null : Policy.Allows(Role, permission) && (Scopes is not { Count: > 0 } || KeyScopes.Cover(Scopes, permission));
}

/// <summary>The scopes that a key can be limited to, and what each covers.</summary>
public static class KeyScopes
{
    /// <summary>Scope name to permissions.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<Permission>> All { get; } = new Dictionary<string, IReadOnlyList<Permission>>
    {
        ["chat"] = [Permission.UseRuns, Permission.ReadEngine],
        ["runs"] = [Permission.UseRuns, Permission.ReadRuns, Permission.SteerRuns, Permission.ReadEngine],
        ["costs"] = [Permission.ReadCosts],
        ["budgets"] = [Permission.ReadCosts, Permission.EditBudgets],
        ["metrics"] = [Permission.ReadMetrics],
        ["keys"] = [Permission.UseKeys],
    }.ToFrozenDictionary();

    internal static bool Cover(IReadOnlyList<string> scopes, Permission permission) =>
        scopes.Any(scope => All.TryGetValue(scope, out var covered) && covered.Contains(permission));
}
