using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hal9.Engine.Storage;

/// <summary>In which order a table has its columns.</summary>
internal static class ColumnOrder
{
    /// <summary>
    /// Puts columns at the end of their rows, in this order: SQLite walks over what stands before a column to read it, page after page where that is a
    /// long text.
    /// </summary>
    public static void TextsLast<T>(this EntityTypeBuilder<T> builder, params string[] texts) where T : class
    {
        var keys = builder.Metadata.FindPrimaryKey()!.Properties.Select(property => property.Name).ToList();
        var all = builder.Metadata.GetProperties().Select(property => property.Name).ToList();
        var order = keys.Concat(all.Except(keys).Except(texts)).Concat(texts).ToList();
        foreach (var name in all)
        {
            builder.Property(name).HasColumnOrder(order.IndexOf(name));
        }
    }
}
