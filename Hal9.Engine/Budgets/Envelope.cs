namespace Hal9.Engine.Budgets;

/// <summary>What an envelope allows. Null means no limit of that kind.</summary>
/// <param name="Cost">Money.</param>
/// <param name="Tokens">Input and output tokens.</param>
/// <param name="Steps">Steps that may be opened at and below it.</param>
/// <param name="Deadline">When its time is over (UTC).</param>
public sealed record EnvelopeLimits(Usd? Cost, long? Tokens, int? Steps, DateTimeOffset? Deadline);

/// <summary>
/// The part of a run's money, tokens, steps and time that a step may use. A child is cut out of its parent: whatever a child reserves or
/// spends counts in every envelope above it, so a child can never have more than its parent has left. Thread-safe: one lock per run.
/// </summary>
public sealed class Envelope
{
    private readonly Lock gate;
    private readonly Envelope? parent;
    private long spentNano;
    private long reservedNano;
    private long spentTokens;
    private long reservedTokens;
    private int steps;

    /// <summary>The envelope of a run.</summary>
    public Envelope(string name, EnvelopeLimits limits)
    {
        Name = name;
        Limits = limits;
        gate = new Lock();
    }

    private Envelope(string name, EnvelopeLimits limits, Envelope parent)
    {
        Name = name;
        Limits = limits;
        this.parent = parent;
        gate = parent.gate;
    }

    /// <summary>Whose, in words, as a refusal says it.</summary>
    public string Name { get; }

    /// <summary>What it allows.</summary>
    public EnvelopeLimits Limits { get; }

    /// <summary>Settled so far, with all below it.</summary>
    public Usd Spent
    {
        get
        {
            lock (gate)
            {
                return new Usd(spentNano);
            }
        }
    }

    /// <summary>Cuts children out, all from what is left here now, so that together they never have more than that.</summary>
    /// <param name="children">Each one's name and its share, 0 to 1, of the money and tokens left; shares add up to at most 1.</param>
    public IReadOnlyList<Envelope> CutAll(IReadOnlyList<(string Name, double Share)> children)
    {
        ArgumentNullException.ThrowIfNull(children);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(children.Sum(c => c.Share), 1.000001, nameof(children));
        lock (gate)
        {
            var cost = Limits.Cost is { } c ? c.Nano - spentNano - reservedNano : (long?)null;
            var tokens = Limits.Tokens is { } t ? t - spentTokens - reservedTokens : (long?)null;
            return [.. children.Select(child => new Envelope(
                child.Name,
                Limits with { Cost = Part(cost, child.Share) is { } nano ? new Usd(nano) : null, Tokens = Part(tokens, child.Share), Steps = null },
                this))];
        }

        static long? Part(long? left, double share) => left is { } amount ? (long)(Math.Max(0, amount) * (decimal)share) : null;
    }

    /// <summary>Counts a step that is about to open.</summary>
    /// <exception cref="BudgetRefused">No step is left here or above.</exception>
    public void OpenStep()
    {
        lock (gate)
        {
            for (var e = this; e is not null; e = e.parent)
            {
                if (e.Limits.Steps is { } most && e.steps >= most)
                {
                    throw new BudgetRefused(new Refusal(null, e.Name, null, null, null, $"The {e.Name} allows {most} steps, and all are used."));
                }
            }
            for (var e = this; e is not null; e = e.parent)
            {
                e.steps++;
            }
        }
    }

    /// <summary>Sets a worst case aside, here and in all above.</summary>
    /// <returns>Null when it is set aside, else which envelope refused.</returns>
    public Refusal? TryReserve(Usd cost, long tokens)
    {
        lock (gate)
        {
            for (var e = this; e is not null; e = e.parent)
            {
                if (e.Limits.Cost is { } limit && cost.Nano > 0 && e.spentNano + e.reservedNano + cost.Nano > limit.Nano)
                {
                    return new Refusal(null, e.Name, limit, null, null, $"The {e.Name} is {limit} USD; {new Usd(limit.Nano - e.spentNano - e.reservedNano)} USD is left and the next call may cost {cost} USD.");
                }
                if (e.Limits.Tokens is { } most && e.spentTokens + e.reservedTokens + tokens > most)
                {
                    return new Refusal(null, e.Name, null, most, null, $"The {e.Name} is {most} tokens; {most - e.spentTokens - e.reservedTokens} are left and the next call may use {tokens}.");
                }
            }
            for (var e = this; e is not null; e = e.parent)
            {
                e.reservedNano += cost.Nano;
                e.reservedTokens += tokens;
            }
            return null;
        }
    }

    /// <summary>Takes a worst case back and books what was really used, here and in all above.</summary>
    public void Settle(Usd reserved, long reservedTokensNow, Usd cost, long tokens)
    {
        lock (gate)
        {
            for (var e = this; e is not null; e = e.parent)
            {
                e.reservedNano -= reserved.Nano;
                e.reservedTokens -= reservedTokensNow;
                e.spentNano += cost.Nano;
                e.spentTokens += tokens;
            }
        }
    }
}
