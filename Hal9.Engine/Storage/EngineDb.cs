using System.Linq.Expressions;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
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
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            if (typeof(ITenantOwned).IsAssignableFrom(entity.ClrType))
            {
                entity.SetQueryFilter(TenantFilter(entity.ClrType));
            }
            else if (entity.ClrType == typeof(Tenant))
            {
                Expression<Func<Tenant, bool>> own = tenant => TenantId == null || tenant.Id == TenantId;
                entity.SetQueryFilter(own);
            }
        }
        modelBuilder.UseSnakeCaseColumns();
    }

    private LambdaExpression TenantFilter(Type type)
    {
        var row = Expression.Parameter(type, "row");
        var own = Expression.Property(Expression.Constant(this), nameof(TenantId));
        var body = Expression.OrElse(
            Expression.Equal(own, Expression.Constant(null, typeof(Guid?))),
            Expression.Equal(Expression.Convert(Expression.Property(row, nameof(ITenantOwned.TenantId)), typeof(Guid?)), own));
        return Expression.Lambda(body, row);
    }

    private sealed class NanoUsd() : ValueConverter<Usd, long>(usd => usd.Nano, stored => new Usd(stored));
}

/// <summary>The same model on PostgreSQL; a type of its own because migrations belong to a context type.</summary>
public sealed class PostgresEngineDb(DbContextOptions<PostgresEngineDb> options) : EngineDb(options);
