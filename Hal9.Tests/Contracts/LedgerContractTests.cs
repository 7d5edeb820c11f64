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

    // Rows of one tenant may still be locked in any order, by a sweep and a run at work, say.
    [Fact]
    public async Task Writers_ThatLockRowsInOppositeOrder_AreBothServed()
    {
        var cancel = TestContext.Current.CancellationToken;
        Assert.SkipWhen(cluster.Missing is not null, cluster.Missing ?? "");
        var shared = cluster.Create();
        await using var one = new Writer(cluster.Of(shared));
        await using var two = new Writer(cluster.Of(shared));
        await one.WriteAsync(batch => batch.Execute("CREATE TABLE places (id int PRIMARY KEY, n int NOT NULL)"), cancel);
        await one.WriteAsync(batch => batch.Execute("INSERT INTO places VALUES (1, 0), (2, 0)"), cancel);
        using var bothHoldTheFirst = new Barrier(2);

        await Task.WhenAll(one.WriteAsync(TakeBoth(1, 2), cancel), two.WriteAsync(TakeBoth(2, 1), cancel));

        // The second attempts may collide again where the machine is busy.
        Assert.True(one.Collisions + two.Collisions > 0, "the two never met");
        await one.WriteAsync(batch => Assert.Equal(4L, batch.Number("SELECT SUM(n) FROM places")), cancel);

        Action<WriteBatch> TakeBoth(int first, int second)
        {
            var again = false;
            return batch =>
            {
                batch.Execute("UPDATE places SET n = n + 1 WHERE id = @id", ("@id", first));
                if (!again)
                {
                    again = true;
                    bothHoldTheFirst.SignalAndWait(cancel);
                }
                batch.Execute("UPDATE places SET n = n + 1 WHERE id = @id", ("@id", second));
            };
        }
    }
}
