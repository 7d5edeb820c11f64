namespace Hal9.Cli;

/// <summary>Ctrl+C, one meaning at a time: the innermost thing that waits for it ends, and only then what is around it.</summary>
internal sealed class Interrupts
{
    private readonly Lock gate = new();
    private readonly List<Interruptible> open = [];

    /// <summary>From now on the next Ctrl+C ends this; dispose to hand it back to what is around.</summary>
    public Interruptible Begin(CancellationToken cancellationToken)
    {
        var begun = new Interruptible(this, cancellationToken);
        lock (gate)
        {
            open.Add(begun);
        }
        return begun;
    }

    /// <summary>Somebody pressed Ctrl+C. False: nothing waits for it any more, and the process may end at once.</summary>
    public bool Raise()
    {
        Interruptible? innermost;
        lock (gate)
        {
            innermost = open.LastOrDefault(one => !one.WasInterrupted);
        }
        innermost?.Interrupt();
        return innermost is not null;
    }

    private void End(Interruptible one)
    {
        lock (gate)
        {
            open.Remove(one);
        }
    }

    /// <summary>Something that Ctrl+C ends.</summary>
    internal sealed class Interruptible : IDisposable
    {
        private readonly Interrupts owner;
        private readonly CancellationTokenSource source;

        public Interruptible(Interrupts owner, CancellationToken cancellationToken)
        {
            this.owner = owner;
            source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Token = source.Token;
        }

        public CancellationToken Token { get; }

        public bool WasInterrupted { get; private set; }

        public void Interrupt()
        {
            WasInterrupted = true;
            source.Cancel();
        }

        public void Dispose()
        {
            owner.End(this);
            source.Dispose();
        }
    }
}
