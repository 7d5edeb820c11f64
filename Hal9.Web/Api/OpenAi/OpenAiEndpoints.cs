using Hal9.Engine.Models;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Hal9.Web.Api.OpenAi;

/// <summary>What programs written for OpenAI find under <c>/v1</c>.</summary>
internal static class OpenAiEndpoints
{
    /// <summary>The hierarchy's models have no date of making; clients want a number.</summary>
    private const long NoDate = 0;

    public static void MapOpenAi(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1").WithTags("OpenAI-compatible");
        group.MapPost("/chat/completions", (HttpContext context, ChatEndpoint chat) => chat.AnswerAsync(context))
            .Needs(Permission.UseRuns)
            .WithName("createChatCompletion")
            .WithSummary("Ask the hierarchy, or one model")
            .WithDescription("""
                OpenAI's chat completion. `hal9/auto`, `hal9/quick`, `hal9/standard` and `hal9/deep` start a run of the hierarchy whose goal is the last message;
                `<provider>/<model>` passes the request through to one model. The header `x-hal9-run-id` names the run. Plain replies also carry
                `x-hal9-cost-usd`, `x-hal9-provenance` and `x-hal9-overhead-ms`, and `x-hal9-on-limit` when a budget shortened the answer or sent it to another model; a stream carries them as `hal9` in its last chunk when
                `stream_options.include_usage` is true. Sampling options apply to pass-through only. `Idempotency-Key` makes a retry within a day get the same run and reply, unless the caller had left, which cancels the run.
                """)
            .Accepts<ChatRequest>("application/json")
            .Produces<ChatCompletion>()
            .AddOpenApiOperationTransformer(async (operation, context, cancellationToken) =>
            {
                // One status, two kinds of answer: the second one is not said by Produces.
                if (operation.Responses?["200"].Content is { } answers)
                {
                    answers["text/event-stream"] = new OpenApiMediaType { Schema = await context.GetOrCreateSchemaAsync(typeof(UsageChunk), null, cancellationToken) };
                }
            })
            .Produces<ErrorBody>(400).Produces<ErrorBody>(401).Produces<ErrorBody>(403).Produces<ErrorBody>(404).Produces<ErrorBody>(429)
            .Produces<ErrorBody>(500).Produces<ErrorBody>(502).Produces<ErrorBody>(503).Produces<ErrorBody>(504);
        group.MapGet("/models", (ModelService models) => Results.Json(new ModelList("list", List(models)), OpenAiJson.Options))
            .Needs(Permission.ReadEngine)
            .WithName("listModels")
            .WithSummary("The models that can be named")
            .Produces<ModelList>().Produces<ErrorBody>(401).Produces<ErrorBody>(403);
        group.MapGet("/models/{**id}", (string id, ModelService models) => Results.Json(Find(models, Uri.UnescapeDataString(id)), OpenAiJson.Options))
            .Needs(Permission.ReadEngine)
            .WithName("getModel")
            .WithSummary("One model; its id may contain slashes")
            .Produces<ModelEntry>().Produces<ErrorBody>(401).Produces<ErrorBody>(403).Produces<ErrorBody>(404);
    }

    private static List<ModelEntry> List(ModelService models) =>
        [.. ChatRequestReader.Hierarchy.Select(id => Entry(id, "hal9")), .. models.List().Select(card => Entry(card.Ref.ToString(), card.Ref.Provider)).DistinctBy(entry => entry.Id)];

    private static ModelEntry Find(ModelService models, string id) =>
        List(models).FirstOrDefault(entry => entry.Id == id)
        // A provider without a list of its own takes any model's name.
        ?? (ModelRef.TryParse(id, out var model) && models.Knows(model) ? Entry(id, model.Provider) : throw OpenAiError.UnknownModel(id));

    private static ModelEntry Entry(string id, string owner) => new(id, "model", NoDate, owner);
}
