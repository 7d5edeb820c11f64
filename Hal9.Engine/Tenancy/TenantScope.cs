using Hal9.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Tenancy;

/// <summary>The only way to a database context. There is no ambient tenant: the caller names it each time.</summary>
public sealed class TenantScope(Database database)
{
    /// <summary>A context that sees and writes one tenant only.</summary>
    public EngineDb Open(Guid tenantId) =>
        tenantId == Guid.Empty ? throw new ArgumentException("A tenant is required.", nameof(tenantId)) : database.CreateContext(tenantId);

    /// <summary>A context over all tenants, for workers of the instance. The reason is for the reader and for the rule test that lists all uses.</summary>
    public EngineDb System(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return database.CreateContext(null);
    }
}
