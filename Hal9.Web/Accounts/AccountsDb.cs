using Hal9.Engine.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Hal9.Web.Accounts;

/// <summary>People and their credentials. They belong to the instance, not to a tenant; the same database as the engine's.</summary>
internal class AccountsDb : IdentityUserContext<Person, Guid>
{
    // A table of its own: the engine's context keeps its migrations in the same database.
    private const string History = "__accounts_migrations";

    // Identity reads the version of its schema (3: with passkeys) from the application's services only, which a context made here has not.
    private static readonly ServiceProvider Services = new ServiceCollection()
        .Configure<IdentityOptions>(options => options.Stores.SchemaVersion = IdentitySchemaVersions.Version3).BuildServiceProvider();

    public AccountsDb(DbContextOptions<AccountsDb> options) : base(options) { }

    private protected AccountsDb(DbContextOptions options) : base(options) { }

    public static AccountsDb Open(Database database)
    {
        if (database.Provider == DataProvider.Sqlite)
        {
            var options = new DbContextOptionsBuilder<AccountsDb>();
            database.Configure(options);
            options.UseApplicationServiceProvider(Services).UseSqlite(sqlite => sqlite.MigrationsHistoryTable(History));
            return new AccountsDb(options.Options);
        }
        var postgres = new DbContextOptionsBuilder<PostgresAccountsDb>();
        database.Configure(postgres);
        postgres.UseApplicationServiceProvider(Services).UseNpgsql(npgsql => npgsql.MigrationsHistoryTable(History));
        return new PostgresAccountsDb(postgres.Options);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMilliseconds>();

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<Person>(person =>
        {
            person.ToTable("people");
            person.HasIndex(p => p.NormalizedEmail).IsUnique();
        });
        builder.Entity<IdentityUserClaim<Guid>>().ToTable("people_claims");
        builder.Entity<IdentityUserLogin<Guid>>().ToTable("people_logins");
        builder.Entity<IdentityUserToken<Guid>>().ToTable("people_tokens");
        builder.Entity<IdentityUserPasskey<Guid>>().ToTable("people_passkeys");
        builder.Entity<RefreshToken>(token =>
        {
            token.ToTable("refresh_tokens");
            token.HasIndex(t => t.Hash).IsUnique();
            token.HasIndex(t => t.FamilyId);
            token.HasIndex(t => t.UserId);
            // Two uses at the same moment: one of them fails to save, and that one is the reuse.
            token.Property(t => t.UsedAt).IsConcurrencyToken();
            token.HasOne<Person>().WithMany().HasForeignKey(t => t.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<SetupLink>().ToTable("setup_links");
        builder.UseSnakeCaseColumns();
    }
}

/// <summary>The same model on PostgreSQL; a type of its own because migrations belong to a context type.</summary>
internal sealed class PostgresAccountsDb(DbContextOptions<PostgresAccountsDb> options) : AccountsDb(options);

/// <summary>For <c>dotnet ef migrations</c>, which builds the model without a host.</summary>
internal sealed class SqliteAccountsDesignTime : IDesignTimeDbContextFactory<AccountsDb>
{
    public AccountsDb CreateDbContext(string[] args) => AccountsDb.Open(Database.Sqlite("design-time.db"));
}

/// <summary>The same for PostgreSQL.</summary>
internal sealed class PostgresAccountsDesignTime : IDesignTimeDbContextFactory<PostgresAccountsDb>
{
    public PostgresAccountsDb CreateDbContext(string[] args) =>
        (PostgresAccountsDb)AccountsDb.Open(new Database(DataProvider.PostgreSql, "Host=design-time"));
}
