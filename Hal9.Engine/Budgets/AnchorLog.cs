using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Hal9.Engine.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hal9.Engine.Budgets;

/// <summary>A point of a tenant's chain as it was noted outside the database.</summary>
internal readonly record struct Anchor(long Seq, DateTimeOffset At, string Hash);

/// <summary>
/// Notes heads of chains outside the database, so that a ledger changed together with all its hashes still shows. One file per tenant in
/// <c>anchors/</c> of the data directory; a line is <c>seq time hash mac</c> (time in unix milliseconds, mac = HMAC-SHA256 of
/// <c>tenant|seq|time|hash</c> by this instance's key, lower-case hex). Written after group commits, at most once a second, and at stop.
/// Since each hash covers all before it, the latest anchor guards the whole chain; older ones only tell where it was changed, so one full
/// file of the past is kept and no more. Whoever holds the disk and the key can forge both.
/// </summary>
internal sealed partial class AnchorLog : IAsyncDisposable
{
    private const string KeyName = "anchors";
    private const long MostBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly string folder;
    private readonly InstanceKeys keys;
    private readonly TimeProvider time;
    private readonly ILogger<AnchorLog> logger;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim writing = new(1, 1);
    private readonly SemaphoreSlim noted = new(0, 1);
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;
    private Dictionary<Guid, (long Seq, string Hash)> pending = [];
    private byte[]? key;

    public AnchorLog(string folder, InstanceKeys keys, TimeProvider time, ILogger<AnchorLog> logger)
    {
        this.folder = folder;
        this.keys = keys;
        this.time = time;
        this.logger = logger;
        loop = Task.Run(LoopAsync);
    }

    /// <summary>Remembers a head for the next anchor. Called on the writer's thread: it never waits for the disk.</summary>
    public void Note(Guid tenantId, long seq, string hash)
    {
        lock (gate)
        {
            pending[tenantId] = (seq, hash);
            if (noted.CurrentCount == 0)
            {
                noted.Release();
            }
        }
    }

    /// <summary>Writes what is remembered now.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<Guid, (long Seq, string Hash)> heads = [];
        try
        {
            lock (gate)
            {
                (heads, pending) = (pending, heads);
            }
            if (heads.Count == 0)
            {
                return;
            }
            key ??= await LoadKeyAsync(cancellationToken).ConfigureAwait(false);
            Directory.CreateDirectory(folder);
            foreach (var (tenantId, (seq, hash)) in heads)
            {
                Append(tenantId, seq, hash);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or DbUpdateException or DbException)
        {
            LogNotWritten(logger, heads.Count, e);
            PutBack(heads);
        }
        catch (OperationCanceledException)
        {
            PutBack(heads);
            throw;
        }
        finally
        {
            writing.Release();
        }
    }

    /// <summary>The anchors of a tenant by their number (two processes write theirs in any order), and whether a line was there that this instance did not write.</summary>
    public async Task<(List<Anchor> Anchors, bool Foreign)> ReadAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        var anchors = new List<Anchor>();
        var foreign = false;
        foreach (var file in new[] { FileOf(tenantId) + ".old", FileOf(tenantId) })
        {
            if (!File.Exists(file))
            {
                continue;
            }
            try
            {
                key ??= await LoadKeyAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (InvalidOperationException)
            {
                // The key is lost: anchors that cannot be checked prove nothing.
                return ([], true);
            }
            await foreach (var text in File.ReadLinesAsync(file, cancellationToken).ConfigureAwait(false))
            {
                if (TryRead(tenantId, text, out var anchor))
                {
                    anchors.Add(anchor);
                }
                else
                {
                    foreign |= text.Length > 0;
                }
            }
        }
        return ([.. anchors.OrderBy(anchor => anchor.Seq)], foreign);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        await FlushAsync(CancellationToken.None).ConfigureAwait(false);
        stop.Dispose();
        // The semaphores are left to the collector: the writer may still note heads, which must not fail.
    }

    private async Task LoopAsync()
    {
        try
        {
            while (true)
            {
                await noted.WaitAsync(stop.Token).ConfigureAwait(false);
                await FlushAsync(stop.Token).ConfigureAwait(false);
                await Task.Delay(Pause, time, stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The stop; what is left is written by DisposeAsync.
        }
    }

    private void PutBack(Dictionary<Guid, (long Seq, string Hash)> heads)
    {
        lock (gate)
        {
            foreach (var (tenantId, head) in heads)
            {
                pending.TryAdd(tenantId, head);
            }
        }
    }

    private void Append(Guid tenantId, long seq, string hash)
    {
        var file = FileOf(tenantId);
        if (new FileInfo(file) is { Exists: true, Length: > MostBytes })
        {
            File.Move(file, file + ".old", overwrite: true);
        }
        var at = time.GetUtcNow().ToUnixTimeMilliseconds();
        // A line that a crash cut short stays behind as a line of its own.
        using var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        stream.Seek(0, SeekOrigin.End);
        var torn = false;
        if (stream.Length > 0)
        {
            stream.Seek(-1, SeekOrigin.End);
            torn = stream.ReadByte() != '\n';
        }
        stream.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{(torn ? "\n" : "")}{seq} {at} {hash} {Mac(tenantId, seq, at, hash)}\n")));
        stream.Flush(flushToDisk: true);
    }

    private bool TryRead(Guid tenantId, string text, out Anchor anchor)
    {
        anchor = default;
        var parts = text.Split(' ');
        if (parts.Length != 4
            || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            || at > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(parts[3]), Encoding.ASCII.GetBytes(Mac(tenantId, seq, at, parts[2]))))
        {
            return false;
        }
        anchor = new Anchor(seq, DateTimeOffset.FromUnixTimeMilliseconds(at), parts[2]);
        return true;
    }

    private string Mac(Guid tenantId, long seq, long at, string hash) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key!, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{tenantId:D}|{seq}|{at}|{hash}"))));

    private string FileOf(Guid tenantId) => Path.Combine(folder, $"{tenantId:D}.log");

    private async Task<byte[]> LoadKeyAsync(CancellationToken cancellationToken) =>
        Convert.FromBase64String(await keys.GetOrMakeAsync(KeyName, static () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), cancellationToken).ConfigureAwait(false));

    [LoggerMessage(LogLevel.Error, "Anchors of {Tenants} tenants could not be written: changes of the ledger since the last one cannot be proven. They are tried again with the next entry.")]
    private static partial void LogNotWritten(ILogger logger, int tenants, Exception e);
}
