using Hal9.Engine.Storage;
using Hal9.Tests.Support;

namespace Hal9.Tests.Contracts;

public sealed class SqliteLedgerTests(SqliteTemplate template) : LedgerContract, IClassFixture<SqliteTemplate>
{
    private string? file;

    private protected override Database Create(string folder)
    {
        file = template.CopyTo(folder);
        return Database.Sqlite(file);
    }

    private protected override Database Same(Database database) => Database.Sqlite(file!);

    private protected override IReadOnlyList<string> ChildArguments => ["Sqlite", file!];
}

public sealed class PostgresLedgerTests(PostgresCluster cluster) : LedgerContract, IClassFixture<PostgresCluster>
{
    private string? name;

    private protected override Database Create(string folder)
    {
        Assert.SkipWhen(cluster.Missing is not null, cluster.Missing ?? "");
        name = cluster.Create();
        return cluster.Of(name);
    }

    private protected override Database Same(Database database) => cluster.Of(name!);

    private protected override IReadOnlyList<string> ChildArguments => ["PostgreSql", cluster.ConnectionStringOf(name!)];
}
