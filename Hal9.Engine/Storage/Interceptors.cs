using System.Data.Common;
using System.Globalization;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Hal9.Engine.Storage;

/// <summary>Sets and asserts SQLite's settings on every connection that EF opens.</summary>
internal sealed class PragmaInterceptor : DbConnectionInterceptor
{
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Apply(connection);
        return Task.CompletedTask;
    }

    public static void Apply(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA busy_timeout=30000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;";
        command.ExecuteNonQuery();
        Expect(command, "journal_mode", "wal");
        Expect(command, "synchronous", "2");
        Expect(command, "foreign_keys", "1");
    }

    private static void Expect(DbCommand command, string pragma, string wanted)
    {
        command.CommandText = $"PRAGMA {pragma};";
        var found = Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        if (found != wanted)
        {
            throw new InvalidOperationException($"SQLite refused {pragma}={wanted} (it is {found}); data would not be safe on this file system.");
        }
    }
}

/// <summary>Refuses to save a row of another tenant than the context's.</summary>
internal sealed class TenantGuard : SaveChangesInterceptor
{
    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Check(eventData.Context);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Check(eventData.Context);
        return ValueTask.FromResult(result);
    }

    private static void Check(DbContext? context)
    {
        if (context is not EngineDb { TenantId: { } tenant })
        {
            return;
        }
        foreach (var entry in context.ChangeTracker.Entries())
        {
            var foreign = entry.Entity switch
            {
                ITenantOwned owned => owned.TenantId != tenant,
                Tenant row => row.Id != tenant,
                _ => false,
            };
            if (foreign && entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted)
            {
                throw new InvalidOperationException($"A {entry.Metadata.ClrType.Name} of another tenant was about to be written.");
            }
        }
    }
}

/// <summary>Takes the write gate around SaveChanges, so that EF and the writer queue up here and not at SQLite's lock.</summary>
internal sealed class WriteGateInterceptor(SemaphoreSlim gate) : SaveChangesInterceptor
{
    private bool held;

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        gate.Wait();
        held = true;
        return result;
    }

    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        held = true;
        return result;
    }

    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        Release();
        return result;
    }

    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        Release();
        return ValueTask.FromResult(result);
    }

    public override void SaveChangesFailed(DbContextErrorEventData eventData) => Release();

    public override Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Release();
        return Task.CompletedTask;
    }

    public override void SaveChangesCanceled(DbContextEventData eventData) => Release();

    public override Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken = default)
    {
        Release();
        return Task.CompletedTask;
    }

    // A row that another writer changed first ends SaveChanges by this way only, not by SaveChangesFailed.
    public override InterceptionResult ThrowingConcurrencyException(ConcurrencyExceptionEventData eventData, InterceptionResult result)
    {
        Release();
        return result;
    }

    public override ValueTask<InterceptionResult> ThrowingConcurrencyExceptionAsync(
        ConcurrencyExceptionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        Release();
        return ValueTask.FromResult(result);
    }

    private void Release()
    {
        if (held)
        {
            held = false;
            gate.Release();
        }
    }
}
