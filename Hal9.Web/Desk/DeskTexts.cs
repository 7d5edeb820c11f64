namespace Hal9.Web.Desk;

/// <summary>The texts of what a person keeps: <c>DeskTexts.resx</c> in English, beside it one file a language.</summary>
public sealed class DeskTexts;
