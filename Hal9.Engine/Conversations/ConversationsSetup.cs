using Hal9.Engine.Learning;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Engine.Conversations;

internal static class ConversationsSetup
{
    public static IServiceCollection AddConversations(this IServiceCollection services) => services
        .AddSingleton<IRunEndWriter, MessageEndWriter>()
        .AddSingleton(provider => new ConversationService(
            provider.GetRequiredService<TenantScope>(), provider.GetRequiredService<RunService>(), provider.GetRequiredService<FeedbackService>(),
            provider.GetRequiredService<TimeProvider>()));
}
