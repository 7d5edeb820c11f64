using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Models.Coats;
using Hal9.Engine.Neurons;
using Hal9.Engine.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Hal9.Engine.Runs;

internal static class RunsSetup
{
    public static IServiceCollection AddRuns(this IServiceCollection services, IConfiguration settings)
    {
        services.AddOptions<RunsOptions>().Bind(settings.GetSection("Runs"), binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RunsOptions>, RunsOptionsValidator>();
        return services
            .AddSingleton<RunFeed>()
            .AddSingleton<SignalFeed>()
            .AddSingleton<RunStore>()
            .AddSingleton<Quoter>()
            .AddSingleton<StepLoop>()
            .AddSingleton<RunLoop>()
            .AddSingleton<LateWrites>()
            .AddSingleton<JournalParts>()
            .AddSingleton<RunHost>()
            .AddSingleton(provider => new RunService(
                provider.GetRequiredService<RunHost>(), provider.GetRequiredService<RunStore>(), provider.GetRequiredService<BudgetLedger>(),
                provider.GetRequiredService<Writer>(), provider.GetRequiredService<RunFeed>(), provider.GetRequiredService<IOptions<RunsOptions>>(),
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<Orleans.IGrainFactory>(),
                provider.GetRequiredService<TokenCounter>(), provider.GetRequiredService<Quoter>(), provider.GetRequiredService<HierarchyService>()));
    }
}
