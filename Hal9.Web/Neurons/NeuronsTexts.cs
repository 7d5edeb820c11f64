namespace Hal9.Web.Neurons;

/// <summary>The texts of the hierarchy: <c>NeuronsTexts.resx</c> in English, beside it one file a language.</summary>
public sealed class NeuronsTexts;
