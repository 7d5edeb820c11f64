using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Hal9.Engine;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Hal9.Web.Api;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c> and the page that shows it at <c>/scalar</c>.</summary>
internal static class ApiDocument
{
    private const string Bearer = "bearer";

    /// <summary>Scalar's page starts by an inline script (with a nonce) and styles itself inline; everything comes from this host.</summary>
    private const string PagePolicy =
        "default-src 'none'; script-src 'self' 'nonce-{0}'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void AddApiDocument(this WebApplicationBuilder builder) => builder.Services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = description => description.RelativePath?.Split('/')[0] is "api" or "v1" or "metrics" or "health";
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "HAL9 Console",
                Version = "v1",
                Description = """
                    The interface for programs. Amounts appear twice: `xUsd` is a decimal string, `xNanoUsd` an integer of 10^-9 USD. Times are ISO 8601 in UTC.
                    Lists are `{ items, next }`; give `next` as `after`. Errors on `/api` are RFC 9457 problems, on `/v1` OpenAI's. Unknown fields in a body are refused on `/api` and ignored on `/v1`.
                    """,
            };
            // Where it listens is the reader's address bar, not part of the contract.
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Bearer] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    Description = "An API key (`hal9_…`, made by POST /api/v1/keys) or an access token (by POST /api/v1/auth/token).",
                },
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            if (metadata.OfType<Microsoft.AspNetCore.Authorization.IAllowAnonymous>().Any())
            {
                return Task.CompletedTask;
            }
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
            if (metadata.OfType<NeedsAttribute>().LastOrDefault() is { } needs)
            {
                operation.Description = $"{operation.Description?.TrimEnd()}\n\nNeeds the permission {string.Join(" or ", needs.AnyOf.Select(permission => $"`{permission}`"))}.".TrimStart();
            }
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
            if (type == typeof(Usd))
            {
                schema.Type = JsonSchemaType.String | JsonSchemaType.Number | (context.JsonTypeInfo.Type == type ? 0 : JsonSchemaType.Null);
                schema.Description ??= "USD as a decimal string or a number, at most nine decimals.";
                schema.Examples = [JsonValue.Create("0.25")!];
            }
            else if (type == typeof(DateTimeOffset))
            {
                schema.Type = JsonSchemaType.String | (context.JsonTypeInfo.Type == type ? 0 : JsonSchemaType.Null);
                schema.Format = "date-time";
            }
            else if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object)
            {
                Require(schema, context.JsonTypeInfo);
            }
            else if (context.JsonPropertyInfo is { Name: var name } && name.EndsWith("NanoUsd", StringComparison.OrdinalIgnoreCase))
            {
                schema.Description ??= "The same in integer nano-USD (10^-9 USD).";
            }
            return Task.CompletedTask;
        });
    });

    /// <summary>An amount that is always there is told twice, always: the split in <see cref="ApiJson"/> hides that from the exporter.</summary>
    private static void Require(OpenApiSchema schema, JsonTypeInfo type)
    {
        foreach (var amount in type.Properties.Where(p => p.AttributeProvider is PropertyInfo { PropertyType: var whole } && whole == typeof(Usd) && p.PropertyType != typeof(Usd)))
        {
            (schema.Required ??= new HashSet<string>()).Add(amount.Name);
            if (schema.Properties?.TryGetValue(amount.Name, out var property) is true && property is OpenApiSchema text && amount.PropertyType == typeof(string))
            {
                text.Type = JsonSchemaType.String;
            }
        }
    }

    public static void MapApiDocument(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json").Needs(Permission.ReadEngine);
        app.MapScalarApiReference("/scalar", options => options
                .WithTitle("HAL9 Console: interface for programs")
                .WithOpenApiRoutePattern("/openapi/{documentName}.json")
                .DisableDefaultFonts()
                .DisableTelemetry()
                .WithNonce())
            .Needs(Permission.ReadEngine)
            .AddEndpointFilter(async (context, next) =>
            {
                context.HttpContext.Response.OnStarting(static state =>
                {
                    var http = (HttpContext)state;
                    http.Response.Headers.ContentSecurityPolicy = PagePolicy.Replace(
                        "{0}", http.Items[ScalarOptions.NonceHttpContextItemKey]?.ToString(), StringComparison.Ordinal);
                    return Task.CompletedTask;
                }, context.HttpContext);
                return await next(context);
            });
    }
}
