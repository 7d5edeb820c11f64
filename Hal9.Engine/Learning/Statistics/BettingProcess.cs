namespace Hal9.Engine.Learning.Statistics;

/// <summary>
/// Evidence that the mean of bounded differences lies above a bound: the capital of a gambler who bets on it, one pair at a time. If the mean is at most <see cref="Delta"/>, the
/// capital reaches 1/alpha at any time with probability at most alpha (Ville), so it may be looked at after every pair. It is the mean over six fixed bets, so that none has to be tuned.
/// </summary>
internal sealed class BettingProcess
{
    // Fixed in advance: small bets find small effects, large ones find large effects early.
    private static readonly double[] Bets = [0.1, 0.2, 0.3, 0.45, 0.6, 0.8];

    // Far beyond any threshold and far below overflow; to cut capital down never makes the test less strict.
    private const double Ceiling = 1e200;
    private readonly double[] capital = [1, 1, 1, 1, 1, 1];

    /// <param name="delta">The null hypothesis is that the mean is at most this; between -1 and 1.</param>
    public BettingProcess(double delta)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Math.Abs(delta), 1, nameof(delta));
        Delta = delta;
    }

    /// <summary>The bound that is tested.</summary>
    public double Delta { get; }

    /// <summary>How many pairs were seen.</summary>
    public int Count { get; private set; }

    /// <summary>The e-value now; 1 before the first pair.</summary>
    public double Value { get; private set; } = 1;

    /// <summary>Takes the next difference.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside -1 to 1, where the guarantee ends.</exception>
    public void Add(double difference)
    {
        if (!(difference is >= -1 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(difference), difference, "A difference is scaled to -1 to 1 by bounds fixed in advance.");
        }
        var step = (difference - Delta) / (1 + Math.Abs(Delta));
        var sum = 0.0;
        for (var i = 0; i < Bets.Length; i++)
        {
            capital[i] = Math.Min(capital[i] * (1 + (Bets[i] * step)), Ceiling);
            sum += capital[i];
        }
        Value = sum / Bets.Length;
        Count++;
    }

    /// <summary>Lets no bet hold less than it began with: what was won before a change cannot hide the change.</summary>
    public void Refill()
    {
        for (var i = 0; i < capital.Length; i++)
        {
            capital[i] = Math.Max(capital[i], 1);
        }
    }
}
