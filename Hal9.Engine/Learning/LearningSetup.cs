using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Engine.Learning;

internal static class LearningSetup
{
    public static IServiceCollection AddLearning(this IServiceCollection services) => services
        .AddSingleton(provider => new FeedbackService(
            provider.GetRequiredService<TenantScope>(), provider.GetRequiredService<Writer>(), provider.GetRequiredService<TimeProvider>()));
}
