using System.Net;
using System.Text.Json;
using Hal9.Engine.Storage;
using Hal9.Tests.Support;
using Hal9.Web.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Hal9.Tests.Web.Health;

/// <summary>Each thing that readiness depends on is broken once, in a host of its own.</summary>
public sealed class ReadyTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Ready_WithAProviderLeftAlone_IsDegradedAndSaysTheFix()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script(_ => ScriptedReply.Fail(Fault.ServerError));
        await using var host = await Hal9Host.StartAsync(provider, settings =>
        {
            settings["Hal9:Models:Breaker:MinimumThroughput"] = "2";
            settings["Hal9:Models:Retry:FirstDelaySeconds"] = "0.01";
        });
        await host.Owner.EndedRunAsync(await host.Owner.StartRunAsync("Say hello", "quick", Now), Now);
        await host.Owner.EndedRunAsync(await host.Owner.StartRunAsync("Say hello", "quick", Now), Now);

        var (status, text) = await ReadAsync(host);

        var root = JsonDocument.Parse(text).RootElement;
        Assert.Equal((HttpStatusCode.OK, "Degraded"), (status, root.GetProperty("status").GetString()));
        var check = root.GetProperty("checks").EnumerateArray().Single(c => c.GetProperty("status").GetString() != "Healthy");
        Assert.Equal("providers", check.GetProperty("name").GetString());
        Assert.Contains("scripted", check.GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.Equal("open", check.GetProperty("data").GetProperty("scripted").GetString());
        Assert.Equal("closed", check.GetProperty("data").GetProperty("claude").GetString());
        Assert.NotEmpty(check.GetProperty("fix").GetString()!);
        Assert.DoesNotContain("sk-scripted", text, StringComparison.Ordinal);
        Assert.DoesNotContain(provider.BaseUrl, text, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Ready_WithoutItsSiloOrAMigration_IsUnhealthyAndSaysTheFixes()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        await using var host = await Hal9Host.StartAsync(provider);
        Run(host, """DELETE FROM "__EFMigrationsHistory" WHERE "MigrationId" LIKE '%_Initial' AND "MigrationId" = (SELECT min("MigrationId") FROM "__EFMigrationsHistory")""");
        await host.Services.GetServices<IHostedService>().Single(service => service.GetType().Name == "SiloHostedService").StopAsync(Now);

        var (status, text) = await ReadAsync(host);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        var failed = JsonDocument.Parse(text).RootElement.GetProperty("checks").EnumerateArray().Where(c => c.GetProperty("status").GetString() == "Unhealthy").ToList();
        Assert.Equal(["schema", "silo"], failed.Select(c => c.GetProperty("name").GetString()!).Order(StringComparer.Ordinal));
        Assert.All(failed, check => Assert.NotEmpty(check.GetProperty("fix").GetString()!));
    }

    [Fact(Timeout = 60_000)]
    public async Task Ready_OnTheDatabaseOfANewerVersion_IsDegraded()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        await using var host = await Hal9Host.StartAsync(provider);
        Run(host, """INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion") VALUES ('29990101000000_FromTheFuture', '99')""");

        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Now);

        Assert.Equal(HealthStatus.Degraded, report.Entries["schema"].Status);
        Assert.Contains("FromTheFuture", report.Entries["schema"].Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(104_857_599, HealthStatus.Degraded)]
    [InlineData(104_857_600, HealthStatus.Healthy)]
    public void Disk_IsDegradedBelow100Megabytes(long free, HealthStatus expected) => Assert.Equal(expected, DiskCheck.Judge(free).Status);

    private static async Task<(HttpStatusCode, string)> ReadAsync(Hal9Host host)
    {
        using var answer = await host.Owner.Http.GetAsync("/health/ready", Now);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Now));
    }

    private static void Run(Hal9Host host, string sql)
    {
        using var connection = host.Services.GetRequiredService<Database>().Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.Equal(1, command.ExecuteNonQuery());
    }
}
