using System.Net;
using System.Text;
using Hal9.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Hal9.Tests.Web.Telemetry;

/// <summary>With an OTLP endpoint set, the spans of a run arrive there.</summary>
public sealed class TraceExportTests
{
    [Fact(Timeout = 60_000)]
    public async Task Run_WithAnEndpoint_SendsItsChatSpans()
    {
        var arrived = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        await using var collector = builder.Build();
        collector.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            var text = Encoding.UTF8.GetString(body.ToArray());
            // Names stand in protobuf as they are.
            if (http.Request.Path == "/v1/traces" && text.Contains("chat ", StringComparison.Ordinal))
            {
                arrived.TrySetResult(text);
            }
        });
        await collector.StartAsync(TestContext.Current.CancellationToken);
        await using var provider = await ScriptedProvider.StartAsync();

        await using (var host = await Hal9Host.StartAsync(provider, settings =>
        {
            settings["Hal9:Telemetry:OtlpEndpoint"] = collector.Urls.First() + "/v1/traces";
            settings["Hal9:Telemetry:OtlpProtocol"] = "HttpProtobuf";
        }))
        {
            await host.Owner.EndedRunAsync(await host.Owner.StartRunAsync("Say hello", "quick", TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        }

        var spans = await arrived.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Contains("hal9-console", spans, StringComparison.Ordinal);
        Assert.Contains("gen_ai.request.model", spans, StringComparison.Ordinal);
        Assert.DoesNotContain("Say hello", spans, StringComparison.Ordinal);
    }
}
