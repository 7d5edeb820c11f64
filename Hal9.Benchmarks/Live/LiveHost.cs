using System.Globalization;
using System.Text.Json;
using Hal9.Benchmarks.Gateway;
using Hal9.Engine;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Neurons;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Hal9.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hal9.Benchmarks.Live;

/// <summary>
/// The whole product in a process of its own, composed as its own program composes it, and beside it a door for the benchmark: signals go in where the
/// engine publishes those of runs (<see cref="SignalFeed.Publish"/>), neurons as rows of the hierarchy, and its heap can be asked for.
/// </summary>
internal static class LiveHost
{
    public const string Heap = "/benchmark/heap";

    private const int Middle = 30;
    private static readonly Guid Run = Guid.CreateVersion7();

    /// <summary>Serves from a new data directory, with so many neurons in the hierarchy (0: those of a new tenant).</summary>
    public static async Task<int> ServeAsync(string directory, int neurons)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // The name finds the static assets' manifests, which the build lays beside this program.
            ApplicationName = typeof(WebSetup).Assembly.GetName().Name,
            ContentRootPath = Hal9Settings.RepositoryRoot,
        });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Hal9:Data:Directory"] = directory,
            ["Hal9:Setup:Email"] = Hal9Settings.Email,
            ["Hal9:Setup:Password"] = Hal9Settings.Password,
            ["Hal9:Setup:Tenant"] = Hal9Settings.Tenant,
        });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.AddHal9();
        await using var app = builder.Build();
        await app.UseHal9Async();
        var scope = app.Services.GetRequiredService<TenantScope>();
        await using var all = scope.System("the benchmark's only tenant");
        var tenant = (await all.Set<Tenant>().SingleAsync()).Id;
        var names = await GrowAsync(scope, tenant, neurons);
        var feed = app.Services.GetRequiredService<SignalFeed>();
        app.MapPost(Signals.Path, (HttpContext context) => Signals.PaceAsync(context, number =>
        {
            Publish(feed, tenant, names, number, spread: context.Request.Query.ContainsKey("spread"));
            return Task.CompletedTask;
        })).AllowAnonymous();
        app.MapGet(Heap, () => HeapNow().ToString(CultureInfo.InvariantCulture)).AllowAnonymous();
        return await Bare.ServeAsync(app);
    }

    /// <summary>One event. Spread: the next of a story that walks over all neurons; else a step begins and work goes down one edge.</summary>
    private static void Publish(SignalFeed feed, Guid tenant, IReadOnlyList<(string From, string To)> edges, int number, bool spread)
    {
        var (from, to) = edges[(number / 8) % edges.Count];
        var at = TimeProvider.System.GetUtcNow();
        NeuronSignal Of(NeuronAct act, string who, string? other = null, bool? good = null) =>
            new(at, Run, number, act, who, other, good, act == NeuronAct.Answered ? new Usd(1_200_000) : default, 40, "Compare what was found.");

        if (!spread)
        {
            feed.Publish(tenant, Of(NeuronAct.Started, Signals.Upper), Of(NeuronAct.Assigned, Signals.Upper, Signals.Lower));
            return;
        }
        feed.Publish(tenant, (number % 8) switch
        {
            0 => Of(NeuronAct.Started, from),
            1 => Of(NeuronAct.Assigned, from, to),
            2 => Of(NeuronAct.Started, to),
            3 => Of(NeuronAct.Asked, to),
            4 => Of(NeuronAct.Answered, to, good: number % 200 != 4),
            5 => Of(NeuronAct.Ended, to, good: true),
            6 => Of(NeuronAct.Returned, to, from),
            _ => Of(NeuronAct.Judged, from, to, true),
        });
    }

    /// <summary>Adds designers and implementers until there are enough; returns who may delegate to whom.</summary>
    private static async Task<IReadOnlyList<(string From, string To)>> GrowAsync(TenantScope scope, Guid tenant, int neurons)
    {
        await using var db = scope.Open(tenant);
        var known = await db.Set<Neuron>().ToListAsync();
        var begun = TimeProvider.System.GetUtcNow();
        var made = new List<Neuron>();
        var below = Enumerable.Range(0, Math.Max(0, neurons - known.Count - Middle)).Select(i => $"worker-{i + 1:000}").ToArray();
        foreach (var (name, i) in below.Select((name, i) => (name, i)))
        {
            made.Add(One(name, Layer.L2, [], i));
        }
        foreach (var i in Enumerable.Range(0, below.Length > 0 ? Middle : 0))
        {
            made.Add(One($"designer-{i + 1:00}", Layer.L3, [.. below.Where((_, at) => at % Middle == i)], below.Length + i));
        }
        if (made.Count > 0)
        {
            known.Single(n => n.Layer == Layer.L4).Delegates = JsonSerializer.Serialize(made.Where(n => n.Layer == Layer.L3).Select(n => n.Name));
            db.AddRange(made);
            await db.SaveChangesAsync();
        }
        var hierarchy = new Hierarchy([.. known, .. made]);
        return [.. hierarchy.Neurons.SelectMany(from => hierarchy.DelegatesOf(from).Select(to => (from.Name, to.Name)))];

        Neuron One(string name, Layer layer, string[] delegates, int order) => new()
        {
            Id = Guid.CreateVersion7(begun.AddMilliseconds(order)),
            TenantId = tenant,
            Name = name,
            Layer = layer,
            Role = "Does one well-defined piece of work.",
            Prompt = "You do one well-defined piece of work.",
            Tier = ModelTier.Fast,
            Delegates = JsonSerializer.Serialize(delegates),
        };
    }

    /// <summary>What is alive after a full collection, in bytes.</summary>
    private static long HeapNow()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
