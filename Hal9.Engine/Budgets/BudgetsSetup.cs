using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hal9.Engine.Budgets;

internal static class BudgetsSetup
{
    public static IServiceCollection AddBudgets(this IServiceCollection services, IConfiguration settings)
    {
        services.AddOptions<BudgetsOptions>().Bind(settings.GetSection("Budgets"), binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddSingleton<IValidateOptions<BudgetsOptions>, BudgetsValidation>();
        services.AddOptions<PricesOptions>()
            .Configure(options => settings.GetSection("Models:Prices").Bind(options.Prices, binder => binder.ErrorOnUnknownConfiguration = true))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<PricesOptions>, PricesValidation>();
        services.AddSingleton<PriceList>();
        services.AddSingleton(provider => new AnchorLog(
            provider.GetRequiredService<DataDirectory>().Of("anchors"), provider.GetRequiredService<InstanceKeys>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AnchorLog>>()));
        services.AddSingleton<LedgerVerifier>();
        services.AddSingleton(provider => new BudgetLedger(
            provider.GetRequiredService<Writer>(), provider.GetRequiredService<TenantScope>(), provider.GetRequiredService<AnchorLog>(),
            provider.GetRequiredService<IOptions<BudgetsOptions>>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new BudgetUse(provider.GetRequiredService<BudgetLedger>(), provider.GetRequiredService<TenantScope>()));
        services.AddSingleton(provider => new BudgetService(
            provider.GetRequiredService<BudgetLedger>(), provider.GetRequiredService<TenantScope>(), provider.GetRequiredService<IModelNames>(),
            provider.GetRequiredService<IOptions<BudgetsOptions>>()));
        services.AddSingleton<ITenantSeed>(provider => new NewTenantSeed(provider.GetRequiredService<IOptions<BudgetsOptions>>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new CostService(provider.GetRequiredService<Database>(), provider.GetRequiredService<TenantScope>()));
        services.AddSingleton(provider => new LedgerService(
            provider.GetRequiredService<TenantScope>(), provider.GetRequiredService<LedgerVerifier>(), provider.GetRequiredService<BudgetLedger>(),
            new StatementReader(provider.GetRequiredService<Database>(), provider.GetRequiredService<TimeProvider>())));
        services.AddSingleton(provider => new PriceService(
            provider.GetRequiredService<Writer>(), provider.GetRequiredService<TenantScope>(), provider.GetRequiredService<PriceList>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PriceService>>()));
        services.AddSingleton(provider => new Repricer(provider.GetRequiredService<BudgetLedger>(), provider.GetRequiredService<PriceList>(), provider.GetRequiredService<IModelNames>()));
        services.AddSingleton(provider => new LedgerGuard(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<TenantScope>(), provider.GetRequiredService<LedgerVerifier>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<LedgerGuard>>()));
        return services;
    }
}
