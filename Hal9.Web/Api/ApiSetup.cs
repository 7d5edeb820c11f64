using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Api.OpenAi;
using Hal9.Web.Health;
using Hal9.Web.Telemetry;
using Microsoft.AspNetCore.Routing;

namespace Hal9.Web.Api;

/// <summary>What programs find: REST, the OpenAI-compatible endpoint, their documents, metrics and probes.</summary>
internal static class ApiSetup
{
    public static void AddApi(this WebApplicationBuilder builder)
    {
        builder.Services.ConfigureHttpJsonOptions(options => ApiJson.Configure(options.SerializerOptions));
        // The reason of a bad body or parameter reaches ApiErrors as an exception, in production too.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = context => Problems.Complete(context.ProblemDetails, context.HttpContext));
        builder.Services.AddSingleton<ChatEndpoint>();
        builder.Services.AddSingleton<ApiRoutes>();
        builder.Services.AddSignalR().AddJsonProtocol(options => ApiJson.Configure(options.PayloadSerializerOptions));
        builder.Services.AddSingleton<FeedPulses>().AddSingleton<FeedStanding>().AddHostedService(provider => provider.GetRequiredService<FeedStanding>());
        builder.AddApiDocument();
        builder.AddTelemetry();
        builder.AddHealth();
    }

    /// <summary>Goes first in the pipeline, so that refusals of what follows get their shape too.</summary>
    public static void UseApi(this WebApplication app) => app.UseMiddleware<ApiErrors>();

    public static void MapApi(this WebApplication app)
    {
        var api = app.MapGroup("/api/v1");
        api.MapRuns();
        api.MapCodegen();
        api.MapBudgets();
        api.MapCosts();
        api.MapLedger();
        api.MapPrices();
        api.MapAudit();
        api.MapConversations();
        api.MapExports();
        api.MapAttachments();
        api.MapFeedback();
        api.MapLearning();
        api.MapCatalogue();
        api.MapNotBuilt();
        app.MapProblemKinds();
        app.MapHub<FeedHub>(FeedHub.Path, options => options.CloseOnAuthenticationExpiration = true).Needs(Permission.ReadRuns, Permission.UseRuns);
        app.MapOpenAi();
        app.MapApiDocument();
        app.MapTelemetry();
        app.MapHealth();
    }

    /// <summary>Declares which problems an endpoint may answer with.</summary>
    public static RouteHandlerBuilder ProducesProblems(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
        {
            endpoint.ProducesProblem(status);
        }
        return endpoint;
    }

    private static void MapProblemKinds(this WebApplication app) =>
        app.MapGet(Problems.Address + "{name}", (string name) => ProblemKind.All.FirstOrDefault(kind => kind.Name == name) is { } kind
                ? Results.Text($"{kind.Status} {kind.Title}\n\n{kind.Help}\n")
                : Problems.NotFound("kind of problem"))
            .RequireAuthorization()
            .ExcludeFromDescription();
}
