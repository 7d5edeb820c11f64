using System.Globalization;

namespace Hal9.Engine;

/// <summary>An amount of money in integer nano-USD (1 USD = 1,000,000,000). Range about ±9.2 billion USD; arithmetic is checked.</summary>
/// <param name="Nano">The amount in nano-USD.</param>
public readonly record struct Usd(long Nano) : IComparable<Usd>
{
    /// <summary>Nano-USD in one USD.</summary>
    public const long NanoPerUsd = 1_000_000_000;

    /// <summary>No money.</summary>
    public static Usd Zero => default;

    /// <summary>The amount as decimal USD, exact.</summary>
    public decimal Amount => Nano / (decimal)NanoPerUsd;

    /// <summary>Converts decimal USD to nano-USD; digits beyond nano are an error.</summary>
    /// <exception cref="ArgumentException">More than nine decimals.</exception>
    /// <exception cref="OverflowException">Out of range.</exception>
    public static Usd FromAmount(decimal amount)
    {
        var nano = amount * NanoPerUsd;
        return decimal.Truncate(nano) == nano
            ? new Usd(checked((long)nano))
            : throw new ArgumentException("An amount has at most nine decimals.", nameof(amount));
    }

    /// <summary>Reads a plain decimal such as <c>0.25</c> (invariant culture, no exponent, no sign other than a leading minus).</summary>
    public static bool TryParse(string? text, out Usd value)
    {
        value = default;
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var amount))
        {
            return false;
        }
        try
        {
            value = FromAmount(amount);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            return false;
        }
    }

    /// <summary>Decimal USD without trailing zeros, invariant culture: the contract's <c>xUsd</c> string.</summary>
    public override string ToString() => Amount.ToString("0.#########", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public int CompareTo(Usd other) => Nano.CompareTo(other.Nano);

    /// <summary>Sum, checked.</summary>
    public static Usd operator +(Usd a, Usd b) => new(checked(a.Nano + b.Nano));

    /// <summary>Difference, checked.</summary>
    public static Usd operator -(Usd a, Usd b) => new(checked(a.Nano - b.Nano));

    /// <summary>Order by amount.</summary>
    public static bool operator <(Usd a, Usd b) => a.Nano < b.Nano;

    /// <summary>Order by amount.</summary>
    public static bool operator >(Usd a, Usd b) => a.Nano > b.Nano;

    /// <summary>Order by amount.</summary>
    public static bool operator <=(Usd a, Usd b) => a.Nano <= b.Nano;

    /// <summary>Order by amount.</summary>
    public static bool operator >=(Usd a, Usd b) => a.Nano >= b.Nano;
}
