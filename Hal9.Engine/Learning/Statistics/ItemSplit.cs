using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Hal9.Engine.Learning.Statistics;

/// <summary>What an item may be used for.</summary>
internal enum ItemSide
{
    /// <summary>To form proposals.</summary>
    Mine,

    /// <summary>To judge them.</summary>
    Gate,

    /// <summary>Neither: only to measure what came of it (benchmarks).</summary>
    Test,
}

/// <summary>Divides items by the hash of their id, so that the side of an item is the same everywhere and for ever.</summary>
/// <param name="Salt">The tenant, or the seed of a simulation.</param>
/// <param name="WithTest">Whether a third is kept for measuring; else mine and gate have half each.</param>
internal sealed record ItemSplit(string Salt, bool WithTest = false)
{
    public ItemSide SideOf(string item)
    {
        var place = Share(Salt, item);
        return WithTest
            ? place < 1.0 / 3 ? ItemSide.Mine : place < 2.0 / 3 ? ItemSide.Gate : ItemSide.Test
            : place < 0.5 ? ItemSide.Mine : ItemSide.Gate;
    }

    /// <summary>The place of an id between 0 and 1, even over ids; the same for the same salt and id in every process.</summary>
    public static double Share(string salt, string item)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{salt}:{item}"), hash);
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * (1.0 / (1UL << 53));
    }
}

/// <summary>The items that a proposal was formed from. It refuses any item of another side, so that what judges the proposal cannot have formed it.</summary>
internal sealed class MineSet(ItemSplit split)
{
    private readonly HashSet<string> items = new(StringComparer.Ordinal);

    public ItemSplit Split { get; } = split;

    public int Count => items.Count;

    public bool Holds(string item) => items.Contains(item);

    /// <summary>Uses an item.</summary>
    /// <returns>False when it was used before.</returns>
    /// <exception cref="InvalidOperationException">The item belongs to another side.</exception>
    public bool Use(string item) => Split.SideOf(item) == ItemSide.Mine
        ? items.Add(item)
        : throw new InvalidOperationException($"The item {item} is kept to judge proposals and must not form one.");
}
