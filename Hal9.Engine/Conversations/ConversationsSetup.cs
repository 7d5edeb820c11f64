using Hal9.Engine.Learning;
using Hal9.Engine.Models;
using Hal9.Engine.Runs;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Engine.Conversations;

internal static class ConversationsSetup
{
    public static IServiceCollection AddConversations(this IServiceCollection services) => services
        .AddSingleton<IRunEndWriter, MessageEndWriter>()
        .AddSingleton(provider => new ConversationService(
            provider.GetRequiredService<TenantScope>(), provider.GetRequiredService<RunService>(), provider.GetRequiredService<FeedbackService>(),
            provider.GetRequiredService<TemporaryChats>(), provider.GetRequiredService<BranchFiles>(), provider.GetRequiredService<ModelService>()))
        .AddSingleton<BranchFiles>()
        .AddSingleton(provider => new AttachmentService(provider.GetRequiredService<TenantScope>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<IRunFiles>(provider => provider.GetRequiredService<AttachmentService>())
        .AddSingleton<TemporaryChats>()
        .AddSingleton(provider => new DraftService(provider.GetRequiredService<TenantScope>(), provider.GetRequiredService<Writer>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new ShareService(provider.GetRequiredService<TenantScope>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new ShelfService(provider.GetRequiredService<TenantScope>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new SearchService(provider.GetRequiredService<Database>()))
        .AddSingleton<HistoryStore>()
        .AddSingleton(provider => new HistoryService(
            provider.GetRequiredService<TenantScope>(), provider.GetRequiredService<HistoryStore>(), provider.GetRequiredService<SearchService>(), provider.GetRequiredService<TimeProvider>()));
}
