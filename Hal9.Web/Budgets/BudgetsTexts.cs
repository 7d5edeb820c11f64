namespace Hal9.Web.Budgets;

/// <summary>The texts of costs and budgets: <c>BudgetsTexts.resx</c> in English, beside it one file a language.</summary>
public sealed class BudgetsTexts;
