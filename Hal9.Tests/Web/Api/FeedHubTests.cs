using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Hal9.Web.Api;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Web.Api;

/// <summary><c>/hubs/feed</c>, with SignalR's own client.</summary>
[Collection(WebCollection.Name)]
public sealed class FeedHubTests(WebFixture host)
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private SignalFeed Feed => host.Services.GetRequiredService<SignalFeed>();

    [Fact(Timeout = 30_000)]
    public async Task Pulses_AreTold_ToTheTenantsListeners_WithTheirLayers()
    {
        var owner = await host.OwnerAsync(Now);
        await using var first = await ListenAsync(owner);
        await using var second = await ListenAsync(owner);

        Publish(owner.TenantId, NeuronAct.Assigned, "strategist", "analyst");

        foreach (var listener in new[] { first, second })
        {
            var pulse = Assert.Single((await listener.NextAsync()).EnumerateArray());
            Assert.Equal("""{"from":"strategist","fromLayer":"L4","to":"analyst","toLayer":"L3","kind":"down","count":1}""", pulse.GetRawText());
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Pulses_OfAnotherTenant_AreNotHeard()
    {
        var owner = await host.OwnerAsync(Now);
        await using var listener = await ListenAsync(owner);

        Publish(Guid.CreateVersion7(), NeuronAct.Assigned, "strategist", "critic");
        Publish(owner.TenantId, NeuronAct.Returned, "analyst", "strategist");

        Assert.Equal("up", Assert.Single((await listener.NextAsync()).EnumerateArray()).GetProperty("kind").GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task Member_WatchesTheirRun_ButNotEverybodysPulses()
    {
        var member = await host.NewPersonAsync("feed-member@example.org", Role.Member, Now);
        var runs = host.Services.GetRequiredService<RunService>();
        var mine = await runs.StartAsync(member, new StartRun { Goal = "Compare tea and coffee", Mode = RunMode.Quick }, Now);
        var other = await runs.StartAsync(await host.OwnerAsync(Now), new StartRun { Goal = "Compare rain and snow", Mode = RunMode.Quick }, Now);
        await using var hub = await ConnectAsync(await SecretAsync(member));

        var events = await hub.StreamAsync<JsonElement>(nameof(FeedHub.WatchRun), mine.Id, 0L, Now).ToListAsync(Now);

        Assert.Equal("RunEnded", events[^1].GetProperty("type").GetString());
        Assert.Equal(Enumerable.Range(1, events.Count), events.Select(e => e.GetProperty("number").GetInt32()));
        var later = await hub.StreamAsync<JsonElement>(nameof(FeedHub.WatchRun), mine.Id, 2L, Now).ToListAsync(Now);
        Assert.Equal(events.Skip(2).Select(e => e.GetRawText()), later.Select(e => e.GetRawText()));
        await Assert.ThrowsAsync<HubException>(async () => await hub.StreamAsync<JsonElement>(nameof(FeedHub.WatchRun), other.Id, 0L, Now).ToListAsync(Now));
        var refused = await Assert.ThrowsAsync<HubException>(() => hub.InvokeAsync(nameof(FeedHub.WatchPulses), Now));
        Assert.Contains("ReadRuns", refused.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact(Timeout = 30_000)]
    public async Task Listener_WhoseKeyIsRevoked_IsSentAway()
    {
        var owner = await host.OwnerAsync(Now);
        var keys = host.Services.GetRequiredService<KeyService>();
        var key = await keys.CreateAsync(owner, new NewKey("feed"), Now);
        await using var hub = await ConnectAsync(key.Secret);
        var closed = new TaskCompletionSource();
        hub.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        var standing = host.Services.GetRequiredService<FeedStanding>();
        await standing.CheckAsync(Now);
        Assert.Equal(HubConnectionState.Connected, hub.State);

        await keys.RevokeAsync(owner, key.Key.Id, Now);
        await standing.CheckAsync(Now);

        await closed.Task.WaitAsync(Now);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("http://evil.example", false)]
    [InlineData(null, true)]
    public async Task Socket_WithACookie_OpensForTheConsolesOwnPagesOnly(string? origin, bool opens)
    {
        using var browser = host.NewBrowser();
        await browser.SignInAsync(Hal9Settings.Email, Hal9Settings.Password, Now);
        using var socket = new ClientWebSocket();
        socket.Options.Cookies = browser.Cookies;
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Origin", origin ?? host.Url.TrimEnd('/'));
        var address = new UriBuilder(new Uri(new Uri(host.Url), FeedHub.Path)) { Scheme = "ws" }.Uri;

        var failure = await Record.ExceptionAsync(() => socket.ConnectAsync(address, Now));

        Assert.Equal(opens ? HttpStatusCode.SwitchingProtocols : HttpStatusCode.Forbidden, socket.HttpStatusCode);
        Assert.Equal(opens, failure is null);
    }

    [Fact(Timeout = 30_000)]
    public async Task Socket_TakesTheTokenInTheAddress_AsBrowsersSendIt()
    {
        var secret = await SecretAsync(await host.OwnerAsync(Now));
        var address = new UriBuilder(new Uri(new Uri(host.Url), FeedHub.Path)) { Scheme = "ws", Query = "access_token=" + secret }.Uri;
        using var socket = new ClientWebSocket();

        await socket.ConnectAsync(address, Now);

        Assert.Equal(WebSocketState.Open, socket.State);
    }

    private void Publish(Guid tenantId, NeuronAct act, string from, string to) => Feed.Publish(tenantId, new NeuronSignal(DateTimeOffset.UtcNow, Guid.CreateVersion7(), 1, act, from, to));

    private async Task<string> SecretAsync(Actor actor) => (await host.Services.GetRequiredService<KeyService>().CreateAsync(actor, new NewKey("feed"), Now)).Secret;

    private async Task<HubConnection> ConnectAsync(string bearer)
    {
        var hub = new HubConnectionBuilder().WithUrl(new Uri(new Uri(host.Url), FeedHub.Path), options => options.AccessTokenProvider = () => Task.FromResult<string?>(bearer)).Build();
        await hub.StartAsync(Now);
        return hub;
    }

    private async Task<Listener> ListenAsync(Actor actor)
    {
        var listener = new Listener(await ConnectAsync(await SecretAsync(actor)));
        await listener.Hub.InvokeAsync(nameof(FeedHub.WatchPulses), Now);
        return listener;
    }

    private sealed class Listener : IAsyncDisposable
    {
        private readonly System.Threading.Channels.Channel<JsonElement> heard = System.Threading.Channels.Channel.CreateUnbounded<JsonElement>();

        public Listener(HubConnection hub)
        {
            Hub = hub;
            hub.On<JsonElement, long>("pulses", (pulses, _) => heard.Writer.TryWrite(pulses));
        }

        public HubConnection Hub { get; }

        public async Task<JsonElement> NextAsync() => await heard.Reader.ReadAsync(Now);

        public ValueTask DisposeAsync() => Hub.DisposeAsync();
    }
}
