using System.Globalization;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Support;

/// <summary>
/// A ledger that lives through what a seed says: calls of several people, keys, neurons and models that are reserved, settled below, at and above their reservation,
/// released, closed twice; budgets that are set, lowered, raised and removed; hours and days that pass; companions that throw; two processes, of which one dies and
/// leaves its calls behind. At each step the outcome is compared with plain arithmetic that shares nothing with the product's, and the ledger with its own rules. All of it
/// comes from the seed, so a failing one replays identically.
/// </summary>
internal sealed class LedgerSimulation
{
    private const int Steps = 40;
    private static readonly string[] Neurons = ["writer", "critic"];
    private static readonly string[] Models = ["small", "large"];
    private readonly Random random;
    private readonly FakeTimeProvider time;
    private readonly LedgerLab[] labs;
    private readonly Func<LedgerLab> reopen;
    private readonly Actor actor;
    private readonly Guid[] users;
    private readonly Guid[] keys;
    private readonly LedgerWatch watch = LedgerWatch.New();
    private readonly List<SimulatedCall> open = [];
    private readonly List<(DateTimeOffset At, SimulatedCall Call, long Nano)> booked = [];
    private readonly Dictionary<(BudgetScopeKind Kind, string Scope, BudgetPeriod Period), SimulatedBudget> budgets = [];
    private readonly HashSet<string> blocked = [];
    private readonly List<string> trace = [];

    private LedgerSimulation(int seed, FakeTimeProvider time, LedgerLab[] labs, Func<LedgerLab> reopen, Actor actor, Guid[] keys)
    {
        (random, this.time, this.labs, this.reopen, this.actor, this.keys) = (new Random(seed), time, labs, reopen, actor, keys);
        users = [actor.UserId, Guid.CreateVersion7()];
    }

    /// <summary>Lives through a seed.</summary>
    /// <param name="seed">What happens.</param>
    /// <param name="time">The clock of all labs.</param>
    /// <param name="labs">Two processes on one database; those that die are exchanged in the array.</param>
    /// <param name="reopen">A new process on that database.</param>
    /// <returns>What happened, in words without ids; the last line says what is wrong, if anything is.</returns>
    public static async Task<(IReadOnlyList<string> Trace, string? Fault)> RunAsync(int seed, FakeTimeProvider time, LedgerLab[] labs, Func<LedgerLab> reopen)
    {
        // Each seed begins at the same hour of its own day.
        time.SetUtcNow(time.GetUtcNow().Date.AddDays(1).AddHours(10));
        var actor = await labs[0].MakeTenantAsync();
        var simulation = new LedgerSimulation(seed, time, labs, reopen, actor, [await labs[0].MakeKeyAsync(actor, "one"), await labs[0].MakeKeyAsync(actor, "two")]);
        foreach (var neuron in Neurons)
        {
            await labs[0].MakeNeuronAsync(actor, neuron);
        }
        for (var step = 0; step < Steps; step++)
        {
            var fault = await simulation.StepAsync();
            if (fault is not null)
            {
                return ([.. simulation.trace, $"step {step}: {fault}"], fault);
            }
        }
        return (simulation.trace, null);
    }

    private async Task<string?> StepAsync()
    {
        var lab = labs[random.Next(labs.Length)];
        var fault = random.Next(20) switch
        {
            < 8 => await ReserveAsync(lab),
            < 12 => await CloseAsync(lab),
            < 14 => await SetAsync(lab),
            14 => await RaiseAsync(lab),
            15 => await RemoveAsync(lab),
            16 => await DieAsync(),
            17 => await LookAsync(lab),
            _ => Pass(),
        };
        return fault ?? await CheckAsync();
    }

    private async Task<string?> ReserveAsync(LedgerLab lab)
    {
        var call = new SimulatedCall(
            new LedgerDimensions(
                actor.TenantId, users[random.Next(2)], random.Next(2) == 0 ? null : keys[random.Next(2)], Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(),
                Neurons[random.Next(2)], Hal9.Engine.Events.Layer.L2, Hal9.Engine.Events.RunKind.Api, "openai", Models[random.Next(2)]),
            random.Next(0, 400), random.Next(1, 500), Array.IndexOf(labs, lab));
        var fails = random.Next(12) == 0;
        var expected = blocked.Contains(call.Dimensions.Model) ? "blocked" : Refuses(call) ? "refused" : fails ? "undone" : "granted";
        var outcome = "granted";
        try
        {
            await lab.Ledger.ReserveAsync(
                new ReserveOrder(call.Dimensions, new Usd(call.Nano), call.Tokens, time.GetUtcNow()), (_, _) => Throw(fails), CancellationToken.None);
            open.Add(call);
        }
        catch (BudgetRefused e)
        {
            outcome = e.Refusal.BudgetId is null ? "blocked" : "refused";
        }
        catch (TimeZoneNotFoundException)
        {
            outcome = "undone";
        }
        Say($"reserve {call.Nano} for {call.Dimensions.Neuron}/{call.Dimensions.Model}: {outcome}");
        return outcome == expected ? null : $"a reservation of {call.Nano} was {outcome} where it should have been {expected}";
    }

    private async Task<string?> CloseAsync(LedgerLab lab)
    {
        if (open.Count == 0)
        {
            return null;
        }
        var call = open[random.Next(open.Count)];
        var (way, fails) = (random.Next(10), random.Next(12) == 0);
        var nano = way == 0 ? call.Nano + random.Next(1, 50) : way == 1 ? call.Nano : random.Next(0, (int)call.Nano + 1);
        try
        {
            if (way == 9)
            {
                await lab.Ledger.ReleaseAsync(call.Dimensions, "simulated", _ => Throw(fails), CancellationToken.None);
            }
            else
            {
                await lab.Ledger.SettleAsync(call.Dimensions, new Settlement(new Usd(nano), new TokenUsage(call.Tokens, 0), "sim/1", []), _ => Throw(fails), CancellationToken.None);
                booked.Add((time.GetUtcNow(), call, nano));
            }
            open.Remove(call);
        }
        catch (TimeZoneNotFoundException)
        {
            Say("close: undone");
            return null;
        }
        if (way != 9 && nano > call.Nano)
        {
            blocked.Add(call.Dimensions.Model);
        }
        Say(way == 9 ? "release" : $"settle {nano} of {call.Nano}");
        try
        {
            await lab.Ledger.ReleaseAsync(call.Dimensions, "again", static _ => { }, CancellationToken.None);
            return "a call was closed twice";
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private async Task<string?> SetAsync(LedgerLab lab)
    {
        var kind = (BudgetScopeKind[])[BudgetScopeKind.Tenant, BudgetScopeKind.User, BudgetScopeKind.Key, BudgetScopeKind.Neuron, BudgetScopeKind.Model];
        var chosen = kind[random.Next(kind.Length)];
        var scope = chosen switch
        {
            BudgetScopeKind.Tenant => "",
            _ when random.Next(4) == 0 => Budget.Each,
            BudgetScopeKind.User => users[0].ToString(),
            BudgetScopeKind.Key => keys[random.Next(2)].ToString(),
            BudgetScopeKind.Neuron => Neurons[random.Next(2)],
            _ => $"openai/{Models[random.Next(2)]}",
        };
        var period = (BudgetPeriod)(random.Next(3) switch { 0 => (int)BudgetPeriod.Hour, 1 => (int)BudgetPeriod.Day, _ => (int)BudgetPeriod.Total });
        var limit = random.Next(0, 1500);
        var view = await lab.Budgets.PutAsync(
            actor, new PutBudget { ScopeKind = chosen, ScopeId = scope, Period = period, Limit = new Usd(limit) }, CancellationToken.None);
        var place = (chosen, scope, period);
        budgets[place] = new SimulatedBudget(view.Id, limit, budgets.TryGetValue(place, out var before) && before.Id == view.Id ? before.Raises : []);
        Say($"budget {chosen} {(scope.Length == 36 ? "id" : scope)} {period}: {limit}");
        return null;
    }

    private async Task<string?> RaiseAsync(LedgerLab lab)
    {
        if (budgets.Keys.Where(place => place.Scope != Budget.Each).OrderBy(place => place.ToString(), StringComparer.Ordinal).ToList() is not { Count: > 0 } own)
        {
            return null;
        }
        // Ids differ from run to run, so what is chosen is chosen by its place in the order in which budgets were set.
        var place = budgets.Keys.Where(own.Contains).ElementAt(random.Next(own.Count));
        var (more, minutes) = (random.Next(1, 300), random.Next(1, 120));
        var until = time.GetUtcNow().AddMinutes(minutes);
        await lab.Budgets.AskAsync(actor, budgets[place].Id, new AskRaise(new Usd(more), ExpiresAt: until), CancellationToken.None);
        budgets[place].Raises.Add((more, until));
        Say($"raise {place.Kind} {place.Period} by {more} for {minutes} minutes");
        return null;
    }

    private async Task<string?> RemoveAsync(LedgerLab lab)
    {
        if (budgets.Count == 0)
        {
            return null;
        }
        var place = budgets.Keys.ElementAt(random.Next(budgets.Count));
        await lab.Budgets.DeleteAsync(actor, budgets[place].Id, CancellationToken.None);
        budgets.Remove(place);
        Say($"remove {place.Kind} {place.Period}");
        return null;
    }

    /// <summary>A process dies with its calls on their way; another one books them at their worst case.</summary>
    private async Task<string?> DieAsync()
    {
        var dead = random.Next(labs.Length);
        await labs[dead].DisposeAsync();
        labs[dead] = reopen();
        foreach (var call in open.Where(call => call.Process == dead).ToList())
        {
            await labs[1 - dead].Writer.WriteAsync(actor.TenantId, batch => labs[1 - dead].Ledger.SettleOrphans(batch, actor.TenantId, call.Dimensions.RunId), CancellationToken.None);
            booked.Add((time.GetUtcNow(), call, call.Nano));
            open.Remove(call);
        }
        Say($"process {dead} died");
        return null;
    }

    private async Task<string?> LookAsync(LedgerLab lab)
    {
        foreach (var overrun in await lab.Entries.OverrunsAsync(actor, true, null, 200, CancellationToken.None))
        {
            await lab.Entries.AcknowledgeAsync(actor, overrun.CallId, null, CancellationToken.None);
        }
        blocked.Clear();
        Say("overruns acknowledged");
        return null;
    }

    private string? Pass()
    {
        var minutes = random.Next(5) == 0 ? random.Next(60, 1500) : random.Next(1, 40);
        time.Advance(TimeSpan.FromMinutes(minutes));
        Say($"{minutes} minutes pass");
        return null;
    }

    private async Task<string?> CheckAsync()
    {
        using (var reading = new LedgerReading(labs[0].Database, actor.TenantId))
        {
            if (watch.Read(reading, CancellationToken.None) is { } fault)
            {
                return fault.Rule;
            }
            if (reading.Hours().Nano != booked.Sum(entry => entry.Nano))
            {
                return "the roll-ups are not what was booked";
            }
        }
        foreach (var view in await labs[random.Next(2)].Budgets.ListAsync(actor, CancellationToken.None))
        {
            if (view.ScopeId != Budget.Each
                && (view.Spent.Nano, view.Reserved.Nano) is var seen && (Spent(view.ScopeKind, view.ScopeId, view.Period), Open(view.ScopeKind, view.ScopeId)) is var meant && seen != meant)
            {
                return string.Create(CultureInfo.InvariantCulture, $"the {view.ScopeKind} budget per {view.Period} shows {seen} where it is {meant}");
            }
        }
        return null;
    }

    /// <summary>Whether a call without time to wait does not fit: by plain sums over all that happened.</summary>
    private bool Refuses(SimulatedCall call) => call.Nano > 0 && ScopesOf(call).Any(scope => Enum.GetValues<BudgetPeriod>().Any(period =>
        (budgets.GetValueOrDefault((scope.Kind, scope.Id, period)) ?? (scope.Kind == BudgetScopeKind.Tenant ? null : budgets.GetValueOrDefault((scope.Kind, Budget.Each, period)))) is { } budget
        && Spent(scope.Kind, scope.Id, period) + Open(scope.Kind, scope.Id) + call.Nano > budget.Limit + budget.Raises.Where(raise => raise.Until > time.GetUtcNow()).Sum(raise => raise.More)));

    private long Spent(BudgetScopeKind kind, string id, BudgetPeriod period)
    {
        var now = time.GetUtcNow();
        var from = period switch
        {
            BudgetPeriod.Hour => new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero),
            BudgetPeriod.Day => new DateTimeOffset(now.Date, TimeSpan.Zero),
            _ => DateTimeOffset.MinValue,
        };
        return booked.Where(entry => entry.At >= from && ScopesOf(entry.Call).Contains((kind, id))).Sum(entry => entry.Nano);
    }

    private long Open(BudgetScopeKind kind, string id) => open.Where(call => ScopesOf(call).Contains((kind, id))).Sum(call => call.Nano);

    private static IEnumerable<(BudgetScopeKind Kind, string Id)> ScopesOf(SimulatedCall call)
    {
        var d = call.Dimensions;
        yield return (BudgetScopeKind.Tenant, "");
        yield return (BudgetScopeKind.User, d.UserId!.Value.ToString());
        if (d.KeyId is { } key)
        {
            yield return (BudgetScopeKind.Key, key.ToString());
        }
        yield return (BudgetScopeKind.Neuron, d.Neuron);
        yield return (BudgetScopeKind.Model, $"{d.Provider}/{d.Model}");
    }

    private void Say(string what) => trace.Add(what);

    private static void Throw(bool now)
    {
        if (now)
        {
            throw new TimeZoneNotFoundException();
        }
    }

    private sealed record SimulatedCall(LedgerDimensions Dimensions, long Nano, long Tokens, int Process);

    private sealed record SimulatedBudget(Guid Id, long Limit, List<(long More, DateTimeOffset Until)> Raises);
}
