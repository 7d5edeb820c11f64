using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Web.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Web.Api;

public sealed class RequestKeysTests
{
    private static readonly Actor Ann = new(Guid.CreateVersion7(), Guid.CreateVersion7(), Role.Member);
    private readonly FakeTimeProvider time = new();
    private int started;

    [Fact]
    public async Task SameKey_AtTheSameTime_StartsOneRun()
    {
        var keys = new RequestKeys(time);
        var gate = new TaskCompletionSource<RunView>();

        var first = keys.OnceAsync(Request("k"), Ann, "body", () => gate.Task);
        var second = keys.OnceAsync(Request("k"), Ann, "body", StartAsync);
        gate.SetResult(Run());

        Assert.Equal(((await first).Run, false), await second);
        Assert.Equal(0, started);
    }

    [Fact]
    public async Task SameKey_OfAnotherPersonOrAfterADay_StartsAnew()
    {
        var keys = new RequestKeys(time);

        await keys.OnceAsync(Request("k"), Ann, "body", StartAsync);
        await keys.OnceAsync(Request("k"), Ann with { TenantId = Guid.CreateVersion7() }, "body", StartAsync);
        time.Advance(TimeSpan.FromHours(25));
        await keys.OnceAsync(Request("k"), Ann, "body", StartAsync);

        Assert.Equal(3, started);
    }

    [Fact]
    public async Task SameKey_WithAnotherBody_IsRefused()
    {
        var keys = new RequestKeys(time);
        await keys.OnceAsync(Request("k"), Ann, "body", StartAsync);

        await Assert.ThrowsAsync<KeyReused>(() => keys.OnceAsync(Request("k"), Ann, "other", StartAsync));
    }

    [Fact]
    public async Task FailedStart_LeavesTheKeyFree()
    {
        var keys = new RequestKeys(time);
        await Assert.ThrowsAsync<InvalidOperationException>(() => keys.OnceAsync(Request("k"), Ann, "body", () => throw new InvalidOperationException()));

        Assert.True((await keys.OnceAsync(Request("k"), Ann, "body", StartAsync)).Own);
    }

    [Fact]
    public async Task NoKey_StartsEachTime()
    {
        var keys = new RequestKeys(time);
        await keys.OnceAsync(Request(null), Ann, "body", StartAsync);
        await keys.OnceAsync(Request(null), Ann, "body", StartAsync);

        Assert.Equal(2, started);
    }

    private static DefaultHttpContext Request(string? key)
    {
        var context = new DefaultHttpContext();
        context.Request.Path = "/api/v1/runs";
        if (key is not null)
        {
            context.Request.Headers[RequestKeys.Header] = key;
        }
        return context;
    }

    private Task<RunView> StartAsync()
    {
        started++;
        return Task.FromResult(Run());
    }

    private static RunView Run() => new(
        Guid.CreateVersion7(), RunKind.Api, "g", RunMode.Quick, RunStatus.Queued, null, null, Guid.Empty, null, Usd.Zero, null, Provenance.Live, default, null, null, null, [],
        new EnvelopeLimits(null, null, null, null), 0, null);
}
