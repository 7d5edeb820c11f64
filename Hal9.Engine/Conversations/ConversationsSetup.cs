using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Engine.Conversations;

internal static class ConversationsSetup
{
    public static IServiceCollection AddConversations(this IServiceCollection services) => services.AddSingleton<ConversationService>();
}
