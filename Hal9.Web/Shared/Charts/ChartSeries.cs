namespace Hal9.Web.Shared.Charts;

/// <summary>How a chart draws.</summary>
public enum ChartShape
{
    /// <summary>Bars, one series on top of the other: parts of a whole.</summary>
    Bars,

    /// <summary>A line per series.</summary>
    Lines,
}

/// <summary>What a chart's numbers are, for the labels of its axis.</summary>
public enum ChartUnit
{
    /// <summary>A number of things.</summary>
    Count,

    /// <summary>Milliseconds.</summary>
    Time,

    /// <summary>US dollars.</summary>
    Money,
}

/// <summary>A series of a chart: what is drawn, and what the tooltip and the table say, which is exact.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Tone">Its colour: <c>working</c>, <c>waiting</c>, <c>good</c>, <c>failing</c>, <c>paused</c>, <c>strategic</c>, <c>implementation</c>, <c>first</c> or <c>second</c>.</param>
/// <param name="Values">One for each time; null: none.</param>
/// <param name="Texts">The same in words.</param>
public sealed record ChartSeries(string Name, string Tone, IReadOnlyList<double?> Values, IReadOnlyList<string> Texts);

/// <summary>A line across a chart that its numbers should stay below.</summary>
/// <param name="Value">Where.</param>
/// <param name="Text">What it is.</param>
public sealed record ChartLimit(double Value, string Text);
