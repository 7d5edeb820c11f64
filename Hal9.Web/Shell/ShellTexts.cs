namespace Hal9.Web.Shell;

/// <summary>The texts of the frame around the pages: <c>ShellTexts.resx</c> in English, beside it one file a language.</summary>
public sealed class ShellTexts;
