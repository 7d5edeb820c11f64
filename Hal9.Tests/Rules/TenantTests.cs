using Hal9.Engine.Budgets;
using Hal9.Engine.Models;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Hal9.Tests.Rules;

/// <summary>What is stored belongs to a tenant, and who looks across tenants is known by name.</summary>
public sealed class TenantTests
{
    // Stored without a tenant, each with the reason why.
    private static readonly Dictionary<Type, string> WithoutTenant = new()
    {
        [typeof(Tenant)] = "is the tenant; it is filtered by its own id",
        [typeof(InstanceKey)] = "belongs to the instance",
        [typeof(PriceListRow)] = "price lists belong to the instance, as its providers do",
        [typeof(StoredProvider)] = "providers serve all tenants, as those of the configuration do",
        [typeof(StoredTier)] = "tiers serve all tenants, as those of the configuration do",
    };

    // Callers that open a context over all tenants, each with the reason why.
    private static readonly Dictionary<string, string> AcrossTenants = new()
    {
        ["Hal9.Engine.Budgets.BudgetLedger"] = "reservations left behind are swept over all tenants",
        ["Hal9.Engine.Budgets.PriceService"] = "price lists belong to the instance",
        ["Hal9.Engine.Budgets.LedgerGuard"] = "holds the ledgers of all tenants against their rules",
        ["Hal9.Engine.Budgets.BudgetUse"] = "measures how full the budgets of all tenants are, for /metrics",
        ["Hal9.Engine.Conversations.TemporaryChats"] = "temporary chats of every tenant end by the clock",
        ["Hal9.Engine.Learning.LessonMiner"] = "repeated failures are looked for in every tenant",
        ["Hal9.Engine.Runs.RunStore"] = "the sweeper takes over runs of every tenant whose owner is gone",
        ["Hal9.Engine.Tenancy.TenantService"] = "makes tenants, and finds a person's tenants at sign-in",
        ["Hal9.Engine.Tenancy.KeyService"] = "finds out the tenant of an API key by the key",
        ["Hal9.Engine.Models.ModelSettings"] = "providers and tiers belong to the instance",
        ["Hal9.Engine.Storage.InstanceKeys"] = "its keys belong to the instance",
    };

    private static IEnumerable<IEntityType> Entities
    {
        get
        {
            using var db = new TenantScope(Database.Sqlite("never-opened.db")).Open(Guid.CreateVersion7());
            return [.. db.Model.GetEntityTypes()];
        }
    }

    [Fact]
    public void Entities_BelongToATenant_OrAreListed()
    {
        var without = Entities.Select(entity => entity.ClrType).Where(type => !typeof(ITenantOwned).IsAssignableFrom(type));

        Rule.Matches(WithoutTenant.Keys.Select(type => type.Name), without.Select(type => type.Name));
    }

    [Fact]
    public void Entities_OfATenant_AreFilteredByIt()
    {
        var unfiltered =
            from entity in Entities
            where entity.ClrType == typeof(Tenant) || !WithoutTenant.ContainsKey(entity.ClrType)
            where !entity.GetDeclaredQueryFilters().Any(filter => filter.Expression!.ToString().EndsWith(".Owner)", StringComparison.Ordinal))
            select entity.ClrType.Name;

        Rule.Holds(unfiltered);
    }

    [Fact]
    public void ContextsOverAllTenants_AreOpenedByListedCallersOnly()
    {
        var callers =
            from member in CompiledCode.Engine.Members.Concat(CompiledCode.Web.Members)
            where member.Type == new TypeName("Hal9.Engine.Tenancy", nameof(TenantScope)) && member.Member == nameof(TenantScope.System)
            select member.From.ToString();

        Rule.Matches(AcrossTenants.Keys, callers);
    }

    // CreateContext(null) sees every tenant: it is for the scope itself, and for migrations at start.
    [Fact]
    public void Contexts_AreMadeByTheScopeAndTheMigratorOnly()
    {
        var callers =
            from member in CompiledCode.Engine.Members
            where member.Type == new TypeName("Hal9.Engine.Storage", nameof(Database)) && member.Member == "CreateContext"
            select member.From.Name;

        Rule.Matches(["StorageSetup", "TenantScope"], callers);
    }

    [Fact]
    public void Contexts_AreNotMadeByHand()
    {
        var makers =
            from member in CompiledCode.Engine.Members.Concat(CompiledCode.Web.Members)
            where member.Type.Name is nameof(EngineDb) or nameof(PostgresEngineDb) && member.Member == ".ctor" && member.From != member.Type
            select member.From.Name;

        Rule.Matches(["Database", "PostgresDesignTime", "PostgresEngineDb", "SqliteDesignTime"], makers);
    }
}
