using Hal9.Engine.Storage;

namespace Hal9.Engine.Tenancy;

/// <summary>What a folder puts into a new tenant, in the transaction that makes it.</summary>
public interface ITenantSeed
{
    /// <summary>Adds rows to the context; does not save.</summary>
    void Seed(EngineDb db, Guid tenantId);
}
