namespace Hal9.Web.Monitoring;

/// <summary>The texts of the dashboard: <c>MonitoringTexts.resx</c> in English, beside it one file a language.</summary>
public sealed class MonitoringTexts;
