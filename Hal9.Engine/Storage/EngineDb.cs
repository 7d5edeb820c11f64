using System.Linq.Expressions;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Hal9.Engine.Storage;

/// <summary>
/// The engine's context. It has no DbSet properties: each folder brings its IEntityTypeConfiguration, readers use <c>Set&lt;T&gt;()</c>.
/// Open it by <see cref="TenantScope"/>.
/// </summary>
public class EngineDb : DbContext
{
    /// <summary>For <see cref="Database"/> and the design-time tools.</summary>
    public EngineDb(DbContextOptions<EngineDb> options) : base(options) { }

    private protected EngineDb(DbContextOptions options) : base(options) { }

    /// <summary>The tenant that this context sees, or null for a worker over all tenants.</summary>
    public Guid? TenantId { get; internal init; }

    /// <summary>What the filter compares with; only a context with a tenant has a filter.</summary>
    internal Guid Owner => TenantId ?? throw new InvalidOperationException("A context over all tenants was given the model of one.");

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        ArgumentNullException.ThrowIfNull(configurationBuilder);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMilliseconds>();
        configurationBuilder.Properties<Usd>().HaveConversion<NanoUsd>();
        configurationBuilder.Properties<Enum>().HaveConversion<string>();
    }

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(EngineDb).Assembly);
        if (TenantId is not null)
        {
            foreach (var entity in modelBuilder.Model.GetEntityTypes())
            {
                if (typeof(ITenantOwned).IsAssignableFrom(entity.ClrType))
                {
                    entity.SetQueryFilter(TenantFilter(entity.ClrType, nameof(ITenantOwned.TenantId)));
                }
                else if (entity.ClrType == typeof(Tenant))
                {
                    entity.SetQueryFilter(TenantFilter(entity.ClrType, nameof(Tenant.Id)));
                }
            }
        }
        modelBuilder.UseSnakeCaseColumns();
    }

    private LambdaExpression TenantFilter(Type type, string column)
    {
        var row = Expression.Parameter(type, "row");
        return Expression.Lambda(Expression.Equal(Expression.Property(row, column), Expression.Property(Expression.Constant(this), nameof(Owner))), row);
    }

    /// <summary>
    /// Two models: one that sees a tenant and one that sees all. A filter that allowed for both ("all, or this tenant") would be a condition that no
    /// database can look up in an index.
    /// </summary>
    internal sealed class ModelKeys : IModelCacheKeyFactory
    {
        public object Create(DbContext context, bool designTime) => (context.GetType(), context is EngineDb { TenantId: null }, designTime);
    }

    private sealed class NanoUsd() : ValueConverter<Usd, long>(usd => usd.Nano, stored => new Usd(stored));
}

/// <summary>The same model on PostgreSQL; a type of its own because migrations belong to a context type.</summary>
public sealed class PostgresEngineDb(DbContextOptions<PostgresEngineDb> options) : EngineDb(options);
