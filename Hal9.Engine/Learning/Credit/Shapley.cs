namespace Hal9.Engine.Learning.Credit;

/// <summary>What each of the three layers added.</summary>
/// <param name="L2">Implementation.</param>
/// <param name="L3">Design.</param>
/// <param name="L4">Strategy.</param>
internal readonly record struct LayerShares(double L2, double L3, double L4)
{
    /// <summary>All three together.</summary>
    public double Sum => L2 + L3 + L4;

    /// <summary>The same shares of another whole.</summary>
    public LayerShares Times(double factor) => new(L2 * factor, L3 * factor, L4 * factor);
}

/// <summary>The layers of a coalition: which kept their own work when a run was replayed; the others did their default.</summary>
[Flags]
internal enum Coalition
{
    /// <summary>All defaults.</summary>
    None = 0,

    /// <summary>L2's own work.</summary>
    L2 = 1,

    /// <summary>L3's own work.</summary>
    L3 = 2,

    /// <summary>L4's own work.</summary>
    L4 = 4,
}

/// <summary>The exact Shapley value of three layers from the eight replays of a run.</summary>
internal static class Shapley
{
    /// <summary>The shares; they sum to the value of all less the value of none.</summary>
    /// <param name="value">The result of a coalition's replay.</param>
    public static LayerShares Of(Func<Coalition, double> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var values = Enumerable.Range(0, 8).Select(i => value((Coalition)i)).ToArray();
        return new LayerShares(Share(values, 1), Share(values, 2), Share(values, 4));
    }

    // Of the six orders in which three can join, a layer comes first in two, second after each of the others in one, and last in two.
    private static double Share(double[] values, int own)
    {
        var others = 7 ^ own;
        var one = others & -others;
        var other = others ^ one;
        return ((2 * (values[own] - values[0])) + (values[own | one] - values[one]) + (values[own | other] - values[other]) + (2 * (values[7] - values[others]))) / 6;
    }
}
