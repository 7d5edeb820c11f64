namespace Hal9.Web.Learning;

/// <summary>The texts of learning: <c>LearningTexts.resx</c> in English, beside it one file a language.</summary>
public sealed class LearningTexts;
