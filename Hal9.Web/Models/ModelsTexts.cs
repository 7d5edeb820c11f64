namespace Hal9.Web.Models;

/// <summary>The texts of the models: <c>ModelsTexts.resx</c> in English, beside it one file a language.</summary>
public sealed class ModelsTexts;
