namespace Hal9.Web.Diagnostics;

/// <summary>The texts of settings and health: <c>DiagnosticsTexts.resx</c> in English, beside it one file a language.</summary>
public sealed class DiagnosticsTexts;
