using Hal9.Engine.Audit;
using Hal9.Engine.Budgets;
using Hal9.Engine.Codegen;
using Hal9.Engine.Conversations;
using Hal9.Engine.Desk;
using Hal9.Engine.Hosting;
using Hal9.Engine.Learning;
using Hal9.Engine.Models;
using Hal9.Engine.Monitoring;
using Hal9.Engine.Neurons;
using Hal9.Engine.Runs;
using Hal9.Engine.Sandbox;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Engine;

/// <summary>The engine's table of contents: one line per folder, in stair order.</summary>
public static class EngineSetup
{
    /// <summary>Adds the engine.</summary>
    /// <param name="services">The host's services; an <see cref="ISecrets"/> must be among them.</param>
    /// <param name="settings">The section <c>Hal9</c>.</param>
    public static IServiceCollection AddHal9Engine(this IServiceCollection services, IConfiguration settings) => services
        .AddHosting(settings)
        .AddConversations()
        .AddCodegen(settings)
        .AddDesk()
        .AddMonitoring()
        .AddRuns(settings)
        .AddNeurons()
        .AddLearning(settings)
        .AddSandbox(settings)
        .AddModels(settings)
        .AddBudgets(settings)
        .AddAudit()
        .AddTenancy()
        .AddStorage(settings);
}
