namespace Hal9.Web.Runs;

/// <summary>The texts of the runs: <c>RunsTexts.resx</c> in English, beside it one file a language.</summary>
public sealed class RunsTexts;
