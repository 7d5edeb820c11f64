using System.Data.Common;
using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Hal9.Engine.Storage;

/// <summary>
/// The one writer of hot paths: a thread with its own connection that commits queued work in groups, so that one fsync serves many
/// callers. A caller's task completes after its group is on disk.
/// </summary>
/// <remarks>
/// A work item must be a function of the database and of what it captured: when one item of a group throws, the group is rolled back
/// and the others run again. State kept in memory beside the database is invalidated through <see cref="WriteBatch.OnRollback"/>.
/// </remarks>
public sealed class Writer : IAsyncDisposable
{
    // Longer groups would hold SQLite's write lock beyond the 20 ms that other writers are promised.
    private const int MostItems = 256;
    private static readonly TimeSpan MostTime = TimeSpan.FromMilliseconds(15);

    private readonly Database database;
    private readonly Channel<Item> queue = Channel.CreateBounded<Item>(new BoundedChannelOptions(8192) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly Thread thread;
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts the thread; the connection is opened with the first work.</summary>
    public Writer(Database database)
    {
        this.database = database;
        thread = new Thread(Loop) { IsBackground = true, Name = "hal9-writer" };
        thread.Start();
    }

    /// <summary>Work waiting now.</summary>
    public int Waiting => queue.Reader.Count;

    /// <summary>Runs the work inside the next group; completes when the group is committed.</summary>
    /// <param name="work">Runs on the writer's thread; must not block on anything but the database.</param>
    /// <param name="cancellationToken">Stops waiting for room in the queue; work that is queued is carried out.</param>
    /// <exception cref="DbException">The database refused; nothing of this work was kept.</exception>
    public async Task<T> WriteAsync<T>(Func<WriteBatch, T> work, CancellationToken cancellationToken)
    {
        var item = new Item<T>(work);
        await queue.Writer.WriteAsync(item, cancellationToken).ConfigureAwait(false);
        return await item.Task.ConfigureAwait(false);
    }

    /// <summary>The same for work without a result.</summary>
    public Task WriteAsync(Action<WriteBatch> work, CancellationToken cancellationToken) =>
        WriteAsync(batch =>
        {
            work(batch);
            return true;
        }, cancellationToken);

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
        while (queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
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
                if (group.Count == 0 && queue.Reader.TryRead(out var first))
                {
                    first.Fail(e);
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
        var begun = Stopwatch.GetTimestamp();
        batch.Begin();
        Item? culprit = null;
        Exception? fault = null;
        while (group.Count < MostItems && Stopwatch.GetElapsedTime(begun) < MostTime && queue.Reader.TryRead(out var item))
        {
            group.Add(item);
            if (!TryRun(item, batch, out fault))
            {
                culprit = item;
                break;
            }
        }
        while (culprit is not null)
        {
            batch.Rollback();
            group.Remove(culprit);
            culprit.Fail(fault!);
            culprit = null;
            batch.Begin();
            foreach (var item in group)
            {
                if (!TryRun(item, batch, out fault))
                {
                    culprit = item;
                    break;
                }
            }
        }
        batch.Commit();
        foreach (var item in group)
        {
            item.Complete();
        }
    }

    private static bool TryRun(Item item, WriteBatch batch, out Exception? fault)
    {
        try
        {
            item.Run(batch);
            fault = null;
            return true;
        }
        catch (Exception e) when (e is not SqliteException { SqliteErrorCode: 10 or 11 or 13 })
        {
            // 10 IOERR, 11 CORRUPT, 13 FULL are faults of the disk, not of this item: they fail the whole group.
            fault = e;
            return false;
        }
    }

    private abstract class Item
    {
        public abstract void Run(WriteBatch batch);
        public abstract void Complete();
        public abstract void Fail(Exception e);
    }

    private sealed class Item<T>(Func<WriteBatch, T> work) : Item
    {
        private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? result;

        public Task<T> Task => completion.Task;

        public override void Run(WriteBatch batch) => result = work(batch);
        public override void Complete() => completion.TrySetResult(result!);
        public override void Fail(Exception e) => completion.TrySetException(e);
    }
}
