using System.Globalization;
using Hal9.Engine.Learning;
using Microsoft.Extensions.Localization;

namespace Hal9.Web.Learning;

/// <summary>The live learning rate in words: a figure only when there is evidence for it, and then never without its interval.</summary>
internal static class MeterText
{
    public static string Figure(LearningMeter meter, IStringLocalizer<LearningTexts> texts) => meter switch
    {
        { Rate: { } rate } => texts["RateFigure", Signed(rate * 100)],
        { Difference: { } difference } => texts["DifferenceFigure", Signed(difference * 100)],
        _ => texts["NotEnough"],
    };

    public static string Evidence(LearningMeter meter, IStringLocalizer<LearningTexts> texts) => meter is { Low: { } low, High: { } high }
        ? texts["Interval", Signed(low * 100), Signed(high * 100), meter.Served, meter.HeldOut]
        : texts["EvidenceSoFar", meter.HeldOut, meter.Needed];

    /// <summary>A gain in points, with its sign.</summary>
    public static string Signed(double points) => points.ToString("+0.0;−0.0;0.0", CultureInfo.CurrentCulture);
}
