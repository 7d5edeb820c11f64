using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hal9.Engine.Budgets;

/// <summary>A price list that was imported. The newest one holds; none is ever changed.</summary>
/// <param name="Number">1, 2, 3…</param>
/// <param name="At">When it was imported (UTC).</param>
/// <param name="UserId">By whom.</param>
/// <param name="Note">Why.</param>
/// <param name="Count">How many entries it has.</param>
/// <param name="Hash">SHA-256 of its entries as stored.</param>
public sealed record PriceVersion(int Number, DateTimeOffset At, Guid UserId, string? Note, int Count, string Hash);

/// <summary>How an entry differs.</summary>
public enum PriceChangeKind
{
    /// <summary>It is new.</summary>
    Added,

    /// <summary>It is gone.</summary>
    Removed,

    /// <summary>Its rates differ.</summary>
    Changed,
}

/// <summary>An entry that differs between two lists.</summary>
/// <param name="Kind">How.</param>
/// <param name="Model">The model or pattern.</param>
/// <param name="From">From which day it holds; null: always.</param>
/// <param name="Before">Its rates before.</param>
/// <param name="After">Its rates after.</param>
public sealed record PriceChange(PriceChangeKind Kind, string Model, DateOnly? From, PriceEntry? Before, PriceEntry? After);

/// <summary>A list of prices could not be read; nothing was changed.</summary>
public sealed class PriceImportRefused(IReadOnlyList<string> complaints) : Exception(string.Join(' ', complaints))
{
    /// <summary>What is wrong, each naming its entry.</summary>
    public IReadOnlyList<string> Complaints { get; } = complaints;
}

/// <summary>An imported list as stored; it belongs to the instance, as its providers do.</summary>
internal sealed class PriceListRow
{
    public int Number { get; init; }
    public DateTimeOffset At { get; init; }
    public Guid UserId { get; init; }
    public string? Note { get; init; }

    /// <summary><see cref="PriceEntry"/>s as JSON.</summary>
    public required string Entries { get; init; }
    public int Count { get; init; }
    public required string Hash { get; init; }

    public PriceVersion Show() => new(Number, At, UserId, Note, Count, Hash);
}

internal sealed class PriceTables : IEntityTypeConfiguration<PriceListRow>
{
    public void Configure(EntityTypeBuilder<PriceListRow> builder)
    {
        builder.ToTable("price_lists");
        builder.HasKey(list => list.Number);
        builder.Property(list => list.Number).ValueGeneratedNever();
    }
}
