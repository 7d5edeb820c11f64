using System.Globalization;

namespace Hal9.Web.Shared;

/// <summary>Numbers as people read them, in the culture of the viewer.</summary>
internal static class NumberText
{
    /// <summary>A number to its last digit.</summary>
    public static string Count(long count) => count.ToString("#,0", CultureInfo.CurrentCulture);

    /// <summary>A rate with about two significant digits.</summary>
    public static string Rate(double rate) => rate.ToString(rate switch { 0 or >= 10 => "#,0", >= 1 => "0.0", >= 0.01 => "0.00", _ => "0.0000" }, CultureInfo.CurrentCulture);

    /// <summary>The share of some in all, in percent; a dash where there are none at all.</summary>
    public static string Share(long some, long all)
    {
        var share = all > 0 ? (double)some / all : 0;
        return all <= 0 ? "–" : share.ToString(share is 0 or 1 or >= 0.1 ? "0 %" : share >= 0.001 ? "0.0 %" : "0.00 %", CultureInfo.CurrentCulture);
    }

    /// <summary>A share in percent, also above a hundred.</summary>
    public static string Percent(double share) => share.ToString(share is > 0 and < 0.1 ? "0.0 %" : "#,0 %", CultureInfo.CurrentCulture);

    /// <summary>Bytes in the largest unit that leaves a whole number.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1024 => $"{bytes} B",
        < 1024 * 1024 => string.Create(CultureInfo.CurrentCulture, $"{bytes / 1024.0:#,0.#} KiB"),
        < 1024L * 1024 * 1024 => string.Create(CultureInfo.CurrentCulture, $"{bytes / (1024.0 * 1024):#,0.#} MiB"),
        _ => string.Create(CultureInfo.CurrentCulture, $"{bytes / (1024.0 * 1024 * 1024):#,0.##} GiB"),
    };
}
