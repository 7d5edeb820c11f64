using System.Globalization;
using Hal9.Engine;

namespace Hal9.Web.Shared;

/// <summary>Money as people read it in their culture, always in US dollars: cents above a dollar, four decimals below, and below a cent at least four significant digits.</summary>
internal static class MoneyText
{
    private const int NanoDigits = 9;
    private const char Unbroken = '\u00a0';

    public static string Format(Usd value)
    {
        var amount = Math.Abs(value.Amount);
        var sign = value.Nano < 0 ? "−" : "";
        var (most, least) = amount switch
        {
            0 => (2, 2),
            >= 1 => (2, 2),
            >= 0.01m => (4, 2),
            _ => (Math.Min(NanoDigits, LeadingZeros(amount) + 4), 4),
        };
        var shape = "#,0." + new string('0', least) + new string('#', Math.Max(0, most - least));
        var number = decimal.Round(amount, most, MidpointRounding.AwayFromZero).ToString(shape, CultureInfo.CurrentCulture);
        return CultureInfo.CurrentCulture.NumberFormat.CurrencyPositivePattern switch
        {
            1 => $"{sign}{number}$",
            2 => $"{sign}${Unbroken}{number}",
            3 => $"{sign}{number}{Unbroken}$",
            _ => $"{sign}${number}",
        };
    }

    /// <summary>An amount to the last digit, for arithmetic that people check: in pico-USD.</summary>
    public static string Exact(Int128 pico)
    {
        var number = ((decimal)pico / 1_000_000_000_000m).ToString("0.00##########", CultureInfo.CurrentCulture);
        return CultureInfo.CurrentCulture.NumberFormat.CurrencyPositivePattern is 1 or 3 ? $"{number}{Unbroken}$" : $"${number}";
    }

    private static int LeadingZeros(decimal amount)
    {
        var zeros = 0;
        for (var rest = amount * 10; rest < 1; rest *= 10)
        {
            zeros++;
        }
        return zeros;
    }
}
