using Hal9.Web.Accounts;

namespace Hal9.Web.Budgets;

internal static class BudgetsPagesSetup
{
    public static IServiceCollection AddBudgetsPages(this IServiceCollection services) => services.AddSingleton<PeopleNames>().AddSingleton<CostNames>().AddSingleton<CostsReader>().AddSingleton<BudgetsReader>();
}
