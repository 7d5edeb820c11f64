using System.Diagnostics;

namespace Hal9.Web.Telemetry;

/// <summary>The names under which the web host traces itself.</summary>
internal static class WebTelemetry
{
    /// <summary>Name of the activity source.</summary>
    public const string Name = "Hal9.Web";

    public static ActivitySource Source { get; } = new(Name);
}
