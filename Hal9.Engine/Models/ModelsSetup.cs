using Hal9.Engine.Budgets;
using Hal9.Engine.Models.Coats;
using Hal9.Engine.Models.Offline;
using Hal9.Engine.Models.Providers;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hal9.Engine.Models;

internal static class ModelsSetup
{
    public static IServiceCollection AddModels(this IServiceCollection services, IConfiguration settings)
    {
        services.AddOptions<ModelsOptions>().Bind(settings.GetSection("Models"), binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ModelsOptions>, ModelsOptionsCheck>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new ProviderFactory(
            provider.GetRequiredService<IOptions<ModelsOptions>>(),
            () => new OfflineChatClient(provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => provider.GetRequiredService<ProviderFactory>().Make());
        services.AddSingleton(provider => new ModelSettings(
            provider.GetRequiredService<TenantScope>(),
            provider.GetRequiredService<ISecrets>(),
            provider.GetRequiredService<IOptions<ModelsOptions>>(),
            provider.GetRequiredService<ProviderFactory>(),
            provider.GetRequiredService<ProviderTable>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ModelSettings>>()));
        services.AddSingleton(provider => new CircuitTable(
            provider.GetRequiredService<ProviderTable>(), provider.GetRequiredService<IOptions<ModelsOptions>>().Value.Breaker, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IModelNames>(provider => provider.GetRequiredService<ProviderTable>());
        services.AddSingleton<TokenCounter>();
        services.AddSingleton<CallBounds>();
        services.AddSingleton<Schemas>();
        services.AddSingleton(provider => new ModelService(
            Chain(provider),
            provider.GetRequiredService<ProviderTable>(),
            provider.GetRequiredService<CircuitTable>(),
            provider.GetRequiredService<PriceList>(),
            provider.GetRequiredService<CallBounds>(),
            provider.GetRequiredService<ModelSettings>(),
            provider.GetRequiredService<IOptions<ModelsOptions>>(),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    /// <summary>The coats, from the innermost outwards; <see cref="StampCoat"/> is put on top for each opened client.</summary>
    private static StructureCoat Chain(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<ModelsOptions>>().Value;
        var providers = provider.GetRequiredService<ProviderTable>();
        var counter = provider.GetRequiredService<TokenCounter>();
        var time = provider.GetRequiredService<TimeProvider>();
        var circuits = provider.GetRequiredService<CircuitTable>();
        IChatClient chain = new ProviderSwitch();
        chain = new UsageCoat(chain, counter, Log<UsageCoat>());
        chain = new TimeoutCoat(chain, options.Timeouts, time);
        chain = new BudgetGate(chain, provider.GetRequiredService<BudgetLedger>(), provider.GetRequiredService<CallBounds>(), provider.GetRequiredService<IOptions<BudgetsOptions>>().Value, options.Timeouts, counter, time, Log<BudgetGate>());
        chain = new BreakerCoat(chain, circuits);
        chain = new TelemetryCoat(chain, time);
        chain = new RetryCoat(chain, options, providers, new CheaperModels(options, provider.GetRequiredService<ModelSettings>(), providers, provider.GetRequiredService<PriceList>(), time), time, Random.Shared.NextDouble, Log<RetryCoat>());
        chain = new ReplayCoat(chain);
        return new StructureCoat(chain, provider.GetRequiredService<Schemas>(), Log<StructureCoat>());

        ILogger<T> Log<T>() => provider.GetRequiredService<ILogger<T>>();
    }
}
