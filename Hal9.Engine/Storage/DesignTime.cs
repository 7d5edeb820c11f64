using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Hal9.Engine.Storage;

/// <summary>For <c>dotnet ef migrations</c>, which builds the model without a host.</summary>
internal sealed class SqliteDesignTime : IDesignTimeDbContextFactory<EngineDb>
{
    public EngineDb CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<EngineDb>().UseSqlite("Data Source=design-time.db").Options);
}

/// <summary>The same for PostgreSQL.</summary>
internal sealed class PostgresDesignTime : IDesignTimeDbContextFactory<PostgresEngineDb>
{
    public PostgresEngineDb CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<PostgresEngineDb>().UseNpgsql("Host=design-time").Options);
}
