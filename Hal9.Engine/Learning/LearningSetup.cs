using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Hal9.Engine.Learning;

internal static class LearningSetup
{
    public static IServiceCollection AddLearning(this IServiceCollection services, IConfiguration settings)
    {
        services.AddOptions<LearningOptions>().Bind(settings.GetSection("Learning"), binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        return services
            .AddSingleton<IValidateOptions<LearningOptions>, LearningOptionsValidator>()
            .AddSingleton(provider => provider.GetRequiredService<IOptions<LearningOptions>>().Value)
            .AddSingleton<PolicyBook>()
            .AddSingleton<Lifecycle>()
            .AddSingleton<Outcomes>()
            .AddSingleton<LessonMiner>()
            .AddSingleton<ReplayDesk>()
            .AddSingleton(provider => new LearningService(
                provider.GetRequiredService<TenantScope>(), provider.GetRequiredService<Writer>(), provider.GetRequiredService<Lifecycle>(), provider.GetRequiredService<LessonMiner>(),
                provider.GetRequiredService<LearningOptions>(), provider.GetRequiredService<TimeProvider>()))
            .AddSingleton(provider => new FeedbackService(
                provider.GetRequiredService<TenantScope>(), provider.GetRequiredService<Writer>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<Outcomes>(),
                provider.GetRequiredService<LearningOptions>()));
    }
}
