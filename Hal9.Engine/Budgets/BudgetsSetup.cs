using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Engine.Budgets;

internal static class BudgetsSetup
{
    public static IServiceCollection AddBudgets(this IServiceCollection services, IConfiguration settings) => services.AddSingleton<BudgetLedger>().AddSingleton<PriceList>();
}
