using Hal9.Engine.Storage;
using Hal9.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Hal9.Tests.Engine.Storage;

public sealed class WriterTests : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private Database database = null!;
    private Writer writer = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = Database.Sqlite(folder.Of("test.db"));
        writer = new Writer(database);
        await writer.WriteAsync(batch => batch.Execute("CREATE TABLE items (id INTEGER PRIMARY KEY, text TEXT NOT NULL)"), Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await writer.DisposeAsync();
        SqliteConnection.ClearAllPools();
        folder.Dispose();
    }

    [Fact]
    public async Task WriteAsync_ManyAtOnce_AreAllOnDiskWhenTheyComplete()
    {
        await Task.WhenAll(Enumerable.Range(1, 500).Select(i => writer.WriteAsync(batch => Insert(batch, i, "x"), Cancel)));

        Assert.Equal(500L, Count());
    }

    [Fact]
    public async Task WriteAsync_OneOfAGroupThrows_OnlyThatOneIsUndone()
    {
        var held = new ManualResetEventSlim();
        var first = writer.WriteAsync(batch => { held.Wait(Cancel); Insert(batch, 1, "first"); }, Cancel);
        var broken = writer.WriteAsync(batch => { Insert(batch, 2, "broken"); throw new InvalidOperationException("no"); }, Cancel);
        var last = writer.WriteAsync(batch => Insert(batch, 3, "last"), Cancel);

        held.Set();

        await first;
        await Assert.ThrowsAsync<InvalidOperationException>(() => broken);
        await last;
        Assert.Equal(2L, Count());
    }

    [Fact]
    public async Task WriteAsync_AfterARollback_TellsThoseWhoCached()
    {
        var rolledBack = 0;
        var committed = 0;
        var held = new ManualResetEventSlim();
        var caching = writer.WriteAsync(
            batch =>
            {
                held.Wait(Cancel);
                batch.OnRollback(() => rolledBack++);
                batch.OnCommitted(() => committed++);
            },
            Cancel);
        var broken = writer.WriteAsync(_ => throw new InvalidOperationException("no"), Cancel);

        held.Set();
        await caching;
        await Assert.ThrowsAsync<InvalidOperationException>(() => broken);

        Assert.InRange(rolledBack, 0, 1);
        Assert.Equal(1, committed);
    }

    [Fact]
    public async Task WriteAsync_ConstraintViolation_FailsItsCallerOnly()
    {
        await writer.WriteAsync(batch => Insert(batch, 1, "a"), Cancel);

        await Assert.ThrowsAsync<SqliteException>(() => writer.WriteAsync(batch => Insert(batch, 1, "again"), Cancel));

        await writer.WriteAsync(batch => Insert(batch, 2, "b"), Cancel);
        Assert.Equal(2L, Count());
    }

    [Fact]
    public async Task WriteAsync_WhatOneTenantWritesOncePerGroupThrows_SparesTheOthers()
    {
        var (one, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await database.WriteGate.WaitAsync(Cancel);
        var broken = writer.WriteAsync(one, batch => { Insert(batch, 1, "one"); batch.OnCommitting(() => throw new InvalidOperationException("no")); }, Cancel);
        var spared = writer.WriteAsync(other, batch => { Insert(batch, 2, "other"); batch.OnCommitting(() => Insert(batch, 3, "other's sum")); }, Cancel);

        database.WriteGate.Release();

        await Assert.ThrowsAsync<InvalidOperationException>(() => broken);
        await spared;
        Assert.Equal(2L, Count());
    }

    [Fact]
    public async Task WriteAsync_SomebodyToldOfTheCommitThrows_TheOthersAreToldAndNobodyFails()
    {
        var told = 0;
        await database.WriteGate.WaitAsync(Cancel);
        var first = writer.WriteAsync(batch => { Insert(batch, 1, "first"); batch.OnCommitted(() => throw new InvalidOperationException("no")); }, Cancel);
        var second = writer.WriteAsync(batch => { Insert(batch, 2, "second"); batch.OnCommitted(() => told++); }, Cancel);

        database.WriteGate.Release();

        await Task.WhenAll(first, second);
        Assert.Equal((2L, 1), (Count(), told));
    }

    [Fact]
    public async Task DisposeAsync_CarriesOutWhatIsQueued()
    {
        var writes = Enumerable.Range(1, 100).Select(i => writer.WriteAsync(batch => Insert(batch, i, "x"), Cancel)).ToArray();

        await writer.DisposeAsync();

        await Task.WhenAll(writes);
        Assert.Equal(100L, Count());
    }

    [Fact]
    public void Open_EveryConnection_HasItsPragmas()
    {
        using var connection = database.Open();
        using var command = connection.CreateCommand();

        command.CommandText = "PRAGMA journal_mode";
        Assert.Equal("wal", command.ExecuteScalar());
        command.CommandText = "PRAGMA synchronous";
        Assert.Equal(2L, command.ExecuteScalar());
        command.CommandText = "PRAGMA foreign_keys";
        Assert.Equal(1L, command.ExecuteScalar());
        command.CommandText = "SELECT sqlite_version()";
        Assert.True(new Version((string)command.ExecuteScalar()!) >= new Version(3, 51, 3));
    }

    private static void Insert(WriteBatch batch, long id, string text) =>
        batch.Execute("INSERT INTO items (id, text) VALUES (@id, @text)", ("@id", id), ("@text", text));

    private long Count()
    {
        using var connection = database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM items";
        return (long)command.ExecuteScalar()!;
    }
}
