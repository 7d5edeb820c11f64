using System.Data.Common;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hal9.Engine.Storage;

/// <summary>
/// The one writer of hot paths: a thread with its own connection that commits queued work in groups, so that one fsync serves many
/// callers. A caller's task completes after its group is on disk.
/// </summary>
/// <remarks>
/// A work item must be a function of the database and of what it captured: when one item of a group throws, the group is rolled back
/// and the others run again. One tenant's fault never fails another tenant's work. State kept in memory beside the database is invalidated through <see cref="WriteBatch.OnRollback"/>.
/// </remarks>
public sealed partial class Writer : IAsyncDisposable
{
    // Longer groups would hold SQLite's write lock beyond the 20 ms that other writers are promised.
    private const int MostItems = 256;
    private static readonly TimeSpan MostTime = TimeSpan.FromMilliseconds(15);

    // Two processes on one PostgreSQL that lock rows of one tenant in different orders: one of them has to try again.
    private const int MostCollisions = 5;

    private readonly Database database;
    private readonly ILogger logger;
    private readonly Queue<Item> pending = new(MostItems);
    // Who queues wakes the thread itself, without a detour over the pool; what runs in its place is no more than that.
    private readonly Channel<Item> queue = Channel.CreateBounded<Item>(new BoundedChannelOptions(8192) { SingleReader = true, AllowSynchronousContinuations = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly Thread thread;
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts the thread; the connection is opened with the first work.</summary>
    public Writer(Database database, ILogger<Writer>? logger = null)
    {
        this.database = database;
        this.logger = logger ?? NullLogger<Writer>.Instance;
        thread = new Thread(Loop) { IsBackground = true, Name = "hal9-writer" };
        thread.Start();
    }

    /// <summary>Work waiting now.</summary>
    public int Waiting => queue.Reader.Count;

    /// <summary>How often a group met another process's locks and had to run again.</summary>
    internal int Collisions { get; private set; }

    /// <summary>Runs the work of one tenant inside the next group; completes when the group is committed.</summary>
    /// <param name="tenantId">Whose work it is. It may lock rows of this tenant only.</param>
    /// <param name="work">Runs on the writer's thread; must not block on anything but the database.</param>
    /// <param name="cancellationToken">Stops waiting for room in the queue; work that is queued is carried out.</param>
    /// <exception cref="DbException">The database refused; nothing of this work was kept.</exception>
    public async Task<T> WriteAsync<T>(Guid tenantId, Func<WriteBatch, T> work, CancellationToken cancellationToken)
    {
        var item = new Item<T>(tenantId, work);
        await queue.Writer.WriteAsync(item, cancellationToken).ConfigureAwait(false);
        return await item.Task.ConfigureAwait(false);
    }

    /// <summary>The same for work without a result.</summary>
    public Task WriteAsync(Guid tenantId, Action<WriteBatch> work, CancellationToken cancellationToken) => WriteAsync(
        tenantId,
        batch =>
        {
            work(batch);
            return true;
        },
        cancellationToken);

    /// <summary>The same for work that is no tenant's.</summary>
    public Task WriteAsync(Action<WriteBatch> work, CancellationToken cancellationToken) => WriteAsync(Guid.Empty, work, cancellationToken);

    /// <summary>Carries out what is queued, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await stopped.Task.ConfigureAwait(false);
    }

    private void Loop()
    {
        WriteBatch? batch = null;
        var group = new List<Item>(MostItems);
        // WaitToReadAsync is waited for by this dedicated thread only: it never blocks a pool thread.
        while (pending.Count > 0 || queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            database.WriteGate.Wait();
            try
            {
                batch ??= new WriteBatch(database.Open(), database.Provider);
                CommitGroup(batch, group);
            }
            catch (Exception e)
            {
                // The connection itself failed: those of this group are told, and the next group gets a fresh one.
                foreach (var item in group)
                {
                    item.Fail(e);
                }
                batch?.Dispose();
                batch = null;
                if (group.Count == 0 && TryTake(first: true, out var next))
                {
                    next.Fail(e);
                }
            }
            finally
            {
                group.Clear();
                database.WriteGate.Release();
            }
        }
        batch?.Dispose();
        stopped.SetResult();
    }

    private void CommitGroup(WriteBatch batch, List<Item> group)
    {
        batch.Begin();
        var fault = RunFirst(batch, group) ?? Commit(batch, group);
        for (var collisions = 0; fault is not null;)
        {
            batch.Rollback();
            if (fault.Culprits.Count == 0)
            {
                Collisions++;
                if (++collisions > MostCollisions)
                {
                    ExceptionDispatchInfo.Throw(fault.Exception);
                }
            }
            foreach (var culprit in fault.Culprits)
            {
                group.Remove(culprit);
                culprit.Fail(fault.Exception);
            }
            if (group.Count == 0)
            {
                return;
            }
            batch.Begin();
            fault = RunAgain(batch, group) ?? Commit(batch, group);
        }
        foreach (var item in group)
        {
            item.Complete();
        }
    }

    private Fault? RunFirst(WriteBatch batch, List<Item> group)
    {
        var begun = Stopwatch.GetTimestamp();
        while (group.Count < MostItems && Stopwatch.GetElapsedTime(begun) < MostTime && TryTake(group.Count == 0, out var item))
        {
            group.Add(item);
            if (Run(item, batch) is { } fault)
            {
                return fault;
            }
        }
        return null;
    }

    private static Fault? RunAgain(WriteBatch batch, List<Item> group)
    {
        foreach (var item in group)
        {
            if (Run(item, batch) is { } fault)
            {
                return fault;
            }
        }
        return null;
    }

    /// <summary>
    /// The next item. On PostgreSQL a tenant's head is a row lock: two processes whose groups lock the heads of two tenants in different orders would
    /// wait for each other, so each takes what is queued in the order of the tenants, and what comes later waits for the next group.
    /// </summary>
    private bool TryTake(bool first, [NotNullWhen(true)] out Item? item)
    {
        if (pending.Count == 0 && (first || database.Provider == DataProvider.Sqlite))
        {
            var taken = new List<Item>();
            while (taken.Count < MostItems && queue.Reader.TryRead(out var queued))
            {
                taken.Add(queued);
            }
            // OrderBy is stable: one tenant's work stays in the order in which it came.
            foreach (var queued in taken.OrderBy(queued => queued.TenantId))
            {
                pending.Enqueue(queued);
            }
        }
        return pending.TryDequeue(out item);
    }

    private static Fault? Run(Item item, WriteBatch batch)
    {
        try
        {
            batch.TenantId = item.TenantId;
            item.Run(batch);
            return null;
        }
        catch (Exception e) when (!IsOfTheDisk(e))
        {
            return new Fault(e, IsCollision(e) ? [] : [item]);
        }
    }

    /// <summary>What is written once per group is one tenant's too: when it fails, that tenant's work of this group fails and nobody else's.</summary>
    private Fault? Commit(WriteBatch batch, List<Item> group)
    {
        foreach (var (tenantId, action) in batch.Committing)
        {
            try
            {
                action();
            }
            catch (Exception e) when (!IsOfTheDisk(e))
            {
                return new Fault(e, IsCollision(e) ? [] : [.. group.Where(item => item.TenantId == tenantId)]);
            }
        }
        try
        {
            batch.Commit();
        }
        catch (DbException e) when (IsCollision(e))
        {
            return new Fault(e, []);
        }
        foreach (var action in batch.TakeCommitted())
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                // It is on disk whatever a watcher does: those who wrote must not be told otherwise.
                LogWatcher(logger, e);
            }
        }
        return null;
    }

    // 10 IOERR, 11 CORRUPT, 13 FULL are faults of the disk, not of an item: they fail the whole group.
    private static bool IsOfTheDisk(Exception e) => e is SqliteException { SqliteErrorCode: 10 or 11 or 13 };

    // deadlock_detected and serialization_failure: nobody's fault, and gone when tried again.
    private static bool IsCollision(Exception e) => e is DbException { SqlState: "40P01" or "40001" };

    [LoggerMessage(Level = LogLevel.Error, Message = "What was to be told after a commit failed; the commit stands")]
    private static partial void LogWatcher(ILogger logger, Exception exception);

    /// <summary>Why a group has to run again.</summary>
    /// <param name="Exception">What went wrong.</param>
    /// <param name="Culprits">Whose fault it was; none: nobody's.</param>
    private sealed record Fault(Exception Exception, IReadOnlyList<Item> Culprits);

    private abstract class Item(Guid tenantId)
    {
        public Guid TenantId { get; } = tenantId;

        public abstract void Run(WriteBatch batch);
        public abstract void Complete();
        public abstract void Fail(Exception e);
    }

    private sealed class Item<T>(Guid tenantId, Func<WriteBatch, T> work) : Item(tenantId)
    {
        private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? result;

        public Task<T> Task => completion.Task;

        public override void Run(WriteBatch batch) => result = work(batch);
        public override void Complete() => completion.TrySetResult(result!);
        public override void Fail(Exception e) => completion.TrySetException(e);
    }
}
