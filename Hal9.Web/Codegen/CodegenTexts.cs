namespace Hal9.Web.Codegen;

/// <summary>The texts of code generation: <c>CodegenTexts.resx</c> in English, beside it one file a language.</summary>
public sealed class CodegenTexts;
