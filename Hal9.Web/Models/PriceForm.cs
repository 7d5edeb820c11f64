using System.Globalization;
using Hal9.Engine.Budgets;

namespace Hal9.Web.Models;

/// <summary>A model whose price is set by hand.</summary>
/// <param name="Model"><c>provider/model</c>; empty: it is still to be named.</param>
/// <param name="Price">Its price now; null: none.</param>
public sealed record PriceForm(string Model, ModelPrice? Price)
{
    /// <summary>Reads US dollars per million tokens: a point or a comma before the decimals, nothing else between the digits. Null: it is no such number; no rate: nothing stands there.</summary>
    internal static PriceRead? Read(string text)
    {
        text = text.Trim();
        return text.Length == 0 ? new PriceRead(null)
            : decimal.TryParse(text.Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate) ? new PriceRead(rate) : null;
    }

    /// <summary>A rate that was read.</summary>
    internal sealed record PriceRead(decimal? Rate);
}
