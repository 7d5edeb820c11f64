using System.Text.Json;
using System.Text.Json.Serialization;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Hal9.Web.Health;

/// <summary>Probes. Liveness tests nothing but the process: a broken dependency is no reason to restart it.</summary>
internal static class HealthSetup
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public const string Ready = "ready";
    private const string Startup = "startup";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly Dictionary<string, string> Fixes = new()
    {
        ["database"] = DatabaseCheck.Fix,
        ["schema"] = SchemaCheck.Fix,
        ["start"] = StartCheck.Fix,
        ["silo"] = SiloCheck.Fix,
        ["disk"] = DiskCheck.Fix,
        ["providers"] = ProviderCheck.Fix,
        ["ledger"] = LedgerCheck.Fix,
        ["sandbox"] = SandboxCheck.Fix,
    };

    /// <summary>What to do when a check fails.</summary>
    public static string? FixOf(string check) => Fixes.GetValueOrDefault(check);

    public static void AddHealth(this WebApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks()
            .AddCheck<DatabaseCheck>("database", HealthStatus.Unhealthy, [Ready], Patience)
            .AddCheck<SchemaCheck>("schema", HealthStatus.Unhealthy, [Ready], Patience)
            .AddCheck<StartCheck>("start", HealthStatus.Unhealthy, [Ready, Startup], Patience)
            .AddCheck<SiloCheck>("silo", HealthStatus.Unhealthy, [Ready], Patience)
            .AddCheck<DiskCheck>("disk", HealthStatus.Degraded, [Ready], Patience)
            .AddCheck<ProviderCheck>("providers", HealthStatus.Degraded, [Ready], Patience)
            .AddCheck<LedgerCheck>("ledger", HealthStatus.Degraded, [Ready], Patience)
            .AddCheck<SandboxCheck>("sandbox", HealthStatus.Degraded, [Ready], Patience);
        builder.Services.AddSingleton<Probe>();
    }

    public static void MapHealth(this WebApplication app)
    {
        var health = app.MapGroup("/health").WithTags("Operation").AllowAnonymous();
        health.MapGet("/live", () => Results.Text(nameof(HealthStatus.Healthy)))
            .WithName("isLive").WithSummary("The process answers").Produces<string>(200, "text/plain");
        health.MapGet("/ready", (HttpContext context, Probe probe) => AnswerAsync(context, probe, Ready))
            .WithName("isReady").WithSummary("Requests can be served").WithDescription("A word for everybody, JSON with each check, and the fix of each that fails, for administrators. A provider that is left alone because it failed is `Degraded`, which is still ready.")
            .Produces<string>(200, "text/plain").Produces<string>(503, "text/plain");
        health.MapGet("/startup", (HttpContext context, Probe probe) => AnswerAsync(context, probe, Startup))
            .WithName("isStarted").WithSummary("The start is over").Produces<string>(200, "text/plain").Produces<string>(503, "text/plain");
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, Probe probe, string tag)
    {
        var (at, report) = await probe.ReadAsync(tag, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        var status = report.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        if (!context.User.HasClaim(claim => claim.Type == ActorClaims.Tenant) || !CurrentActor.From(context.User).May(Permission.EditEngine))
        {
            return Results.Text(report.Status.ToString(), statusCode: status);
        }
        return Results.Json(
            new
            {
                status = report.Status.ToString(),
                checkedAt = at.UtcDateTime,
                checks = report.Entries.Select(entry => new
                {
                    name = entry.Key,
                    status = entry.Value.Status.ToString(),
                    description = entry.Value.Description ?? entry.Value.Exception?.Message,
                    fix = entry.Value.Status == HealthStatus.Healthy ? null : Fixes[entry.Key],
                    ms = (long)entry.Value.Duration.TotalMilliseconds,
                    entry.Value.Data,
                }),
            },
            Json, statusCode: status);
    }
}
