using Hal9.Engine.Storage;

namespace Hal9.Engine.Tenancy;

/// <summary>What a folder gives a new tenant (a default hierarchy, for example). Registered by the folder, used by <see cref="TenantService"/>.</summary>
public interface ITenantSeed
{
    /// <summary>Adds rows to the context; they are saved in one transaction with the tenant.</summary>
    void Seed(EngineDb db, Guid tenantId);
}
