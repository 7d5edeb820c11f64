namespace Hal9.Engine.Models;

/// <summary>How long a run has waited for providers: the time in which at least one of its requests was on its way or being read from the network.</summary>
internal sealed class WaitClock(TimeProvider time)
{
    private readonly Lock gate = new();
    private int open;
    private long since;
    private long total;

    /// <summary>So far.</summary>
    public TimeSpan Total
    {
        get
        {
            lock (gate)
            {
                return TimeSpan.FromSeconds((double)(total + (open > 0 ? time.GetTimestamp() - since : 0)) / time.TimestampFrequency);
            }
        }
    }

    /// <summary>A wait begins.</summary>
    public void Enter()
    {
        lock (gate)
        {
            if (open++ == 0)
            {
                since = time.GetTimestamp();
            }
        }
    }

    /// <summary>It is over.</summary>
    public void Leave()
    {
        lock (gate)
        {
            if (--open == 0)
            {
                total += time.GetTimestamp() - since;
            }
        }
    }
}
