using System.Reflection;
using Hal9.Engine.Diagnostics;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Prometheus;

namespace Hal9.Web.Telemetry;

/// <summary>Metrics for Prometheus, traces for OTLP.</summary>
internal static class TelemetrySetup
{
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var section = builder.Configuration.GetSection("Hal9:Telemetry");
        builder.Services.AddOptions<TelemetryOptions>().Bind(section, binder => binder.ErrorOnUnknownConfiguration = true)
            .PostConfigure(ReadToken)
            .ValidateDataAnnotations()
            .Validate(options => options.OtlpEndpoint is null or { IsAbsoluteUri: true, Scheme: "http" or "https" }, "Hal9:Telemetry:OtlpEndpoint must be an http or https address.")
            .ValidateOnStart();
        builder.Services.AddSingleton<MeterBridge>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<MeterBridge>());
        builder.Services.AddSingleton<IAuthorizationHandler, MetricsAccess>();
        builder.Services.AddAuthorizationBuilder().AddPolicy(MetricsRequirement.Policy, policy => policy.AddRequirements(new MetricsRequirement()));
        if (!string.IsNullOrEmpty(section[nameof(TelemetryOptions.OtlpEndpoint)]))
        {
            builder.Services.AddOpenTelemetry()
                .ConfigureResource(resource => resource.AddService("hal9-console", serviceVersion: typeof(TelemetrySetup).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion))
                .WithTracing(tracing => tracing.AddSource(EngineTelemetry.Name, WebTelemetry.Name, "Microsoft.AspNetCore").AddOtlpExporter());
            builder.Services.AddOptions<OtlpExporterOptions>().Configure<IOptions<TelemetryOptions>>((exporter, telemetry) =>
            {
                exporter.Endpoint = telemetry.Value.OtlpEndpoint!;
                exporter.Protocol = telemetry.Value.OtlpProtocol == OtlpProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
                exporter.Headers = telemetry.Value.OtlpHeaders;
            });
        }
    }

    public static void MapTelemetry(this WebApplication app) =>
        app.MapGet("/metrics", async (HttpContext context, MeterBridge bridge) =>
            {
                context.Response.ContentType = PrometheusConstants.TextContentTypeWithVersionAndEncoding;
                await bridge.Registry.CollectAndExportAsTextAsync(context.Response.Body, context.RequestAborted);
            })
            .RequireAuthorization(MetricsRequirement.Policy)
            .WithTags("Operation").WithName("readMetrics").WithSummary("Metrics for Prometheus")
            .WithDescription("Needs the bearer token `Hal9:Telemetry:MetricsToken`, or a key or person with the permission `ReadMetrics`.")
            .Produces<string>(200, "text/plain").Produces(401).Produces(403);

    private static void ReadToken(TelemetryOptions options)
    {
        if (string.IsNullOrEmpty(options.MetricsTokenFile))
        {
            return;
        }
        if (!string.IsNullOrEmpty(options.MetricsToken))
        {
            throw new InvalidOperationException("Hal9:Telemetry has MetricsToken and MetricsTokenFile; set one of them.");
        }
        if (!File.Exists(options.MetricsTokenFile))
        {
            throw new InvalidOperationException($"Hal9:Telemetry:MetricsTokenFile: there is no file {options.MetricsTokenFile}.");
        }
        options.MetricsToken = File.ReadAllText(options.MetricsTokenFile).Trim();
    }
}
