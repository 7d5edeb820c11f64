using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Extensions.Logging;

namespace Hal9.Engine.Runs;

/// <summary>Sees to it that what a run laid by does not lie: a run that waits (for a place, for money, for a model) shows why within a tenth of a second.</summary>
internal sealed partial class LateWrites : IDisposable
{
    /// <summary>How long a write may lie before it goes by itself.</summary>
    public static readonly TimeSpan Most = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<RunPen, byte> pens = new();
    private readonly TimeProvider time;
    private readonly ILogger<LateWrites> logger;
    private readonly ITimer timer;
    private int armed;

    public LateWrites(TimeProvider time, ILogger<LateWrites> logger)
    {
        this.time = time;
        this.logger = logger;
        timer = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A pen has laid something by.</summary>
    public void Note(RunPen pen)
    {
        pens.TryAdd(pen, 0);
        Arm();
    }

    public void Dispose() => timer.Dispose();

    private void Arm()
    {
        if (Interlocked.Exchange(ref armed, 1) == 0)
        {
            timer.Change(Most, Timeout.InfiniteTimeSpan);
        }
    }

    private void Look()
    {
        Volatile.Write(ref armed, 0);
        var before = time.GetTimestamp() - (long)(Most.TotalSeconds * time.TimestampFrequency);
        foreach (var pen in pens.Keys)
        {
            if (pen.WaitsSince(before))
            {
                pens.TryRemove(pen, out _);
                _ = FlushAsync(pen);
            }
            else if (!pen.WaitsSince(long.MaxValue))
            {
                pens.TryRemove(pen, out _);
                // It may have laid something by between the look and the removal.
                if (pen.WaitsSince(long.MaxValue))
                {
                    Note(pen);
                }
            }
        }
        if (!pens.IsEmpty)
        {
            Arm();
        }
    }

    private async Task FlushAsync(RunPen pen)
    {
        try
        {
            await pen.FlushAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or Models.RunTakenOver or System.Threading.Channels.ChannelClosedException)
        {
            // It stays laid by, and whoever writes next for this run meets the same fault and deals with it.
            LogNotWritten(logger, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "What a run laid by could not be written now")]
    private static partial void LogNotWritten(ILogger logger, Exception exception);
}
