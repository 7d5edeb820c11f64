namespace Hal9.Web.Shared;

/// <summary>The texts of what several folders show: <c>SharedTexts.resx</c> in English, beside it one file a language.</summary>
public sealed class SharedTexts;
