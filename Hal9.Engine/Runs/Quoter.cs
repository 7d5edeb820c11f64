using System.Collections.Concurrent;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Neurons;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Runs;

/// <summary>Says what a run may cost, from what the tenant's newest runs used.</summary>
internal sealed class Quoter(TenantScope tenants, ModelService models, BudgetService budgets, TimeProvider time)
{
    // Read over all kinds of runs, so that a tenant of pass-through calls costs no long search.
    private const int MostRead = 400;
    private const int MostTenants = 1000;
    private static readonly TimeSpan Keep = TimeSpan.FromMinutes(1);
    private static readonly Layer[] Layers = [Layer.L4, Layer.L3, Layer.L2];

    private readonly ConcurrentDictionary<Guid, (Task<Calibration> Read, long At)> known = new();

    /// <summary>What is expected of a run that enters at this neuron.</summary>
    public async ValueTask<Expectation> ExpectAsync(Guid tenantId, Hierarchy hierarchy, Neuron entry, int goalLength, CancellationToken cancellationToken) =>
        (await OfAsync(tenantId, cancellationToken).ConfigureAwait(false)).Expect(entry.Layer, goalLength, ModelsOf(hierarchy, entry), models.PriceOf);

    /// <summary>The whole quote.</summary>
    public async Task<RunQuote> QuoteAsync(Actor actor, StartRun order, TriageChoice choice, Hierarchy hierarchy, EnvelopeLimits envelope, CancellationToken cancellationToken)
    {
        // Who asks wants what is known now; runs that start do with what was known a minute ago.
        known.TryRemove(actor.TenantId, out _);
        var calibration = await OfAsync(actor.TenantId, cancellationToken).ConfigureAwait(false);
        var used = ModelsOf(hierarchy, choice.Entry);
        var expected = calibration.Expect(choice.Entry.Layer, order.Goal.Length, used, models.PriceOf);
        var call = WorstCall(order, choice.Entry, used[choice.Entry.Layer]);
        var all = envelope.Cost ?? Usd.Zero;
        // A call that failed may have cost something and is made again; whatever else happens, the envelope holds.
        var isFree = used.Values.Distinct().All(model => models.PriceOf(model)?.WorstCase(1_000_000, 1_000_000) == Usd.Zero);
        var worst = isFree ? Usd.Zero : hierarchy.DelegatesOf(choice.Entry).Count == 0 && call is { } one ? new Usd(Math.Min(one.Nano * models.MostAttempts, all.Nano)) : all;
        var names = used.Values.Select(model => model.ToString()).Distinct().ToList();
        var neurons = Below(hierarchy, choice.Entry);
        Usd? cap = expected.Cost is null || call is null ? null : (calibration.Dearest(choice.Entry.Layer) is { } dearest && dearest > expected.Cost ? dearest : expected.Cost.Value) + call.Value;
        return new RunQuote(
            choice.Mode, choice.Entry.Layer, choice.Entry.Name, expected.Cost, expected.Tokens, worst, cap, expected.Runs, calibration.TypicalError(choice.Entry.Layer), names,
            [.. used.Values.Distinct().Where(model => models.PriceOf(model) is null).Select(model => model.ToString())],
            await budgets.DrawsAsync(actor, neurons, names, expected.Cost ?? worst, worst, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>What the entry neuron's own answer may cost, as the gate would set it aside.</summary>
    private Usd? WorstCall(StartRun order, Neuron entry, ModelRef model)
    {
        var prompt = new Prompts().Section(Prompts.Goal, order.Goal).Section(Prompts.Task, StepLoop.AnswerTask);
        IReadOnlyList<ChatMessage> messages = [new(ChatRole.System, entry.Prompt), .. order.History, new(ChatRole.User, prompt.ToString())];
        return models.WorstCase(model, messages, Math.Min(entry.MaxOutputTokens, order.MaxOutputTokens ?? int.MaxValue));
    }

    private async ValueTask<Calibration> OfAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        if (known.TryGetValue(tenantId, out var entry) && (!entry.Read.IsCompleted || (entry.Read.IsCompletedSuccessfully && time.GetElapsedTime(entry.At) < Keep)))
        {
            return await entry.Read.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        if (known.Count >= MostTenants)
        {
            known.Clear();
        }
        // Read once for all who ask meanwhile; not cancelled with the first of them.
        var read = ReadAsync(tenantId);
        known[tenantId] = (read, time.GetTimestamp());
        return await read.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<Calibration> ReadAsync(Guid tenantId)
    {
        await using var db = tenants.Open(tenantId);
        var newest = await db.Set<RunRow>().AsNoTracking().Where(run => run.EndedAt != null).OrderByDescending(run => run.EndedAt).Take(MostRead)
            .Select(run => new { run.Id, run.Mode, run.Status, run.Cost, run.Quote, GoalLength = run.Goal.Length }).ToListAsync(CancellationToken.None).ConfigureAwait(false);
        var runs = newest.Where(run => run.Status == RunStatus.Succeeded && run.Mode != RunMode.Direct).ToList();
        var ids = runs.ConvertAll(run => run.Id);
        var calls = await (
            from call in db.Set<ModelCallRow>().AsNoTracking()
            join step in db.Set<StepRow>().AsNoTracking() on call.StepId equals step.Id
            where ids.Contains(call.RunId)
            group call by new { call.RunId, step.Layer, call.Provider, call.Model, IsEntry = step.ParentId == null } into use
            select new { use.Key, Calls = use.Count(), Input = use.Sum(call => call.InputTokens), Output = use.Sum(call => call.OutputTokens) })
            .ToListAsync(CancellationToken.None).ConfigureAwait(false);
        var byRun = calls.ToLookup(use => use.Key.RunId);
        return new Calibration(
        [
            .. from run in runs
               where byRun[run.Id].Any(use => use.Key.IsEntry)
               select new PastRun(
                   byRun[run.Id].First(use => use.Key.IsEntry).Key.Layer, run.GoalLength, run.Cost, run.Quote,
                   [.. byRun[run.Id].Select(use => new LayerUse(use.Key.Layer, new ModelRef(use.Key.Provider, use.Key.Model), use.Calls, use.Input, use.Output))]),
        ]);
    }

    private Dictionary<Layer, ModelRef> ModelsOf(Hierarchy hierarchy, Neuron entry) =>
        Layers.Where(layer => layer <= entry.Layer).Select(layer => layer == entry.Layer ? entry : hierarchy.Neurons.FirstOrDefault(neuron => neuron.Layer == layer)).OfType<Neuron>()
            .ToDictionary(neuron => neuron.Layer, neuron => models.OfTier(neuron.Tier));

    private static List<string> Below(Hierarchy hierarchy, Neuron entry)
    {
        List<Neuron> all = [entry];
        for (var i = 0; i < all.Count; i++)
        {
            all.AddRange(hierarchy.DelegatesOf(all[i]).Where(child => !all.Contains(child)));
        }
        return all.ConvertAll(neuron => neuron.Name);
    }
}
