using System.Data.Common;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Budgets;

/// <summary>By what costs are broken down.</summary>
public enum CostGroup
{
    /// <summary>All in one.</summary>
    Tenant,

    /// <summary>By team; not available yet.</summary>
    Team,

    /// <summary>By person.</summary>
    User,

    /// <summary>By API key; an empty key is what was spent without one.</summary>
    Key,

    /// <summary>By <c>provider/model</c>.</summary>
    Model,

    /// <summary>By provider.</summary>
    Provider,

    /// <summary>By neuron.</summary>
    Neuron,

    /// <summary>By layer.</summary>
    Layer,

    /// <summary>By kind of run.</summary>
    Kind,

    /// <summary>By tag; not available yet.</summary>
    Tag,

    /// <summary>By run.</summary>
    Run,
}

/// <summary>A question for costs.</summary>
/// <param name="GroupBy">By what.</param>
/// <param name="From">From the tenant-local hour of this instant on; null: from the beginning.</param>
/// <param name="To">Up to and with the hour that this instant lies in; an instant that begins an hour is not in it. Null: up to now.</param>
/// <param name="Granularity">One item per key and period, in the tenant's time zone; null or <see cref="BudgetPeriod.Total"/>: one item per key. From <see cref="BudgetPeriod.Day"/> on, whole days are counted.</param>
public sealed record CostQuery(CostGroup GroupBy, DateTimeOffset? From = null, DateTimeOffset? To = null, BudgetPeriod? Granularity = null);

/// <summary>What a key cost, in the period beginning at <see cref="From"/> if a granularity was asked.</summary>
public sealed record CostItem(
    string Key, DateTimeOffset? From, Usd Amount, long InputTokens, long CachedTokens, long CacheWriteTokens, long OutputTokens, long ReasoningTokens, long Calls, long Unpriced);

/// <summary>The door to costs: settled spend, from the roll-ups that the ledger keeps in its own transactions.</summary>
public sealed class CostService
{
    // What one answer may hold; beyond it the question has to be narrowed.
    private const int MostItems = 100_000;
    private readonly Database database;
    private readonly TenantScope tenants;

    internal CostService(Database database, TenantScope tenants)
    {
        this.database = database;
        this.tenants = tenants;
    }

    /// <summary>Costs by key and period: by period first, then the dearest first.</summary>
    /// <exception cref="AccessDenied">The actor may not read costs.</exception>
    /// <exception cref="ArgumentException">The question makes no sense or is not available yet; the message names the field.</exception>
    public async Task<IReadOnlyList<CostItem>> ListAsync(Actor actor, CostQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(query);
        if (!actor.May(Permission.ReadCosts))
        {
            throw new AccessDenied(Permission.ReadCosts);
        }
        var byDay = query.Granularity is BudgetPeriod.Day or BudgetPeriod.Week or BudgetPeriod.Month;
        var sql = StatementOf(query.GroupBy, byDay);
        var calendar = await CalendarAsync(actor, cancellationToken).ConfigureAwait(false);
        var (from, to) = BoundsOf(query, calendar, byDay);
        var items = Sum(actor.TenantId, query, sql, calendar, from, to, cancellationToken);
        return [.. items.OrderBy(item => item.Key.From).ThenByDescending(item => item.Value.Nano).ThenBy(item => item.Key.Key, StringComparer.Ordinal).Select(item => item.Value.ToItem(item.Key.Key, item.Key.From))];
    }

    /// <summary>
    /// Settled spend step by step, and of the stretch before as a whole; whoever may not read costs gets what their own calls cost. Where steps are
    /// whole hours of the tenant's wall clock it comes from the roll-ups, else from the ledger's entries: equal to the last digit.
    /// </summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="before">Begin of the stretch before, which ends at <paramref name="from"/>.</param>
    /// <param name="from">Begin of the first step, a multiple of the step since 1970.</param>
    /// <param name="to">End of the last step.</param>
    /// <param name="step">How long a step is.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AccessDenied">The actor may neither read costs nor use runs.</exception>
    public async Task<SpendSeries> SeriesAsync(Actor actor, DateTimeOffset before, DateTimeOffset from, DateTimeOffset to, TimeSpan step, CancellationToken cancellationToken)
    {
        var userId = OwnerOf(actor);
        var calendar = await CalendarAsync(actor, cancellationToken).ConfigureAwait(false);
        var byHour = step >= TimeSpan.FromHours(1) && calendar.HourOf(before) == before && calendar.HourOf(from) == from && calendar.HourOf(to) == to;
        return await Task.Run(
            () =>
            {
                var points = Steps(actor.TenantId, userId, byHour, from, to, step, cancellationToken).ToDictionary(point => point.At);
                var previous = Steps(actor.TenantId, userId, byHour, before, from, step, cancellationToken);
                return new SpendSeries(
                    [.. Enumerable.Range(0, (int)((to - from) / step)).Select(i => from + (i * step)).Select(at => points.GetValueOrDefault(at) ?? SpendPoint.SumOf(at, []))],
                    SpendPoint.SumOf(from, points.Values), SpendPoint.SumOf(before, previous));
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Settled spend since the tenant's day began; whoever may not read costs gets what their own calls cost.</summary>
    /// <exception cref="AccessDenied">The actor may neither read costs nor use runs.</exception>
    public async Task<SpendPoint> DayAsync(Actor actor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var userId = OwnerOf(actor);
        var day = (await CalendarAsync(actor, cancellationToken).ConfigureAwait(false)).DayOf(now);
        return SpendPoint.SumOf(day, Steps(actor.TenantId, userId, byHour: true, day, DateTimeOffset.MaxValue, TimeSpan.FromHours(1), cancellationToken));
    }

    private List<SpendPoint> Steps(Guid tenantId, Guid? userId, bool byHour, DateTimeOffset from, DateTimeOffset to, TimeSpan step, CancellationToken cancellationToken)
    {
        (string, object)[] parameters = [("@tenant", tenantId), ("@from", from.ToUnixTimeMilliseconds()), ("@to", to.ToUnixTimeMilliseconds()), ("@step", (long)step.TotalMilliseconds)];
        var sql = (byHour, userId) switch
        {
            (true, null) => CostStatements.StepsOfHours,
            (true, _) => CostStatements.StepsOfHoursOfUser,
            (false, null) => CostStatements.StepsOfEntries,
            _ => CostStatements.StepsOfEntriesOfUser,
        };
        return database.Read(
            sql,
            reader => new SpendPoint(DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(0)), new Usd(reader.GetInt64(1)), reader.GetInt64(7), reader.GetInt64(2), reader.GetInt64(5), reader.GetInt64(8)),
            // Roll-ups keep the id as text, the ledger as what it is.
            userId is { } user ? [.. parameters, ("@user", byHour ? user.ToString("D") : user)] : parameters, cancellationToken);
    }

    private async Task<TenantCalendar> CalendarAsync(Actor actor, CancellationToken cancellationToken)
    {
        await using var db = tenants.Open(actor.TenantId);
        return TenantCalendar.Of(
            await db.Set<Tenant>().Where(tenant => tenant.Id == actor.TenantId).Select(tenant => tenant.TimeZone).SingleOrDefaultAsync(cancellationToken).ConfigureAwait(false));
    }

    private static Guid? OwnerOf(Actor actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return actor.May(Permission.ReadCosts) ? null : actor.May(Permission.UseRuns) ? actor.UserId : throw new AccessDenied(Permission.ReadCosts);
    }

    private Dictionary<(string Key, DateTimeOffset? From), Total> Sum(
        Guid tenantId, CostQuery query, string sql, TenantCalendar calendar, long from, long to, CancellationToken cancellationToken)
    {
        var totals = new Dictionary<(string Key, DateTimeOffset? From), Total>();
        using var connection = database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in new (string, object)[] { ("@tenant", tenantId), ("@from", from), ("@to", to) })
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var name = query.GroupBy switch
            {
                CostGroup.Tenant => tenantId.ToString("D"),
                CostGroup.Run => reader.GetGuid(0).ToString("D"),
                CostGroup.Kind => reader.GetString(0).ToLowerInvariant(),
                _ => reader.GetString(0),
            };
            var at = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1));
            DateTimeOffset? period = query.Granularity is { } granularity and not BudgetPeriod.Total ? calendar.PeriodOf(granularity, 1, at).Start : null;
            if (!totals.TryGetValue((name, period), out var total))
            {
                if (totals.Count >= MostItems)
                {
                    throw new ArgumentException($"from: the answer has more than {MostItems} items; ask for a shorter time.");
                }
                totals[(name, period)] = total = new Total();
            }
            total.Add(reader);
        }
        return totals;
    }

    private static (long From, long To) BoundsOf(CostQuery query, TenantCalendar calendar, bool byDay)
    {
        if (query is { From: { } begin, To: { } end } && begin >= end)
        {
            throw new ArgumentException("from: it must be before to.");
        }
        var from = query.From is { } first ? (byDay ? calendar.DayOf(first) : calendar.HourOf(first)).ToUnixTimeMilliseconds() : 0;
        if (query.To is not { } last)
        {
            return (from, long.MaxValue);
        }
        // The bucket that holds the last instant before `to` still counts.
        var inside = last.AddTicks(-1);
        var to = calendar.PeriodOf(byDay ? BudgetPeriod.Day : BudgetPeriod.Hour, 1, inside).End!.Value;
        return (from, to.ToUnixTimeMilliseconds());
    }

    private static string StatementOf(CostGroup group, bool byDay) => group switch
    {
        CostGroup.Tenant => byDay ? CostStatements.DaysByTenant : CostStatements.HoursByTenant,
        CostGroup.User => byDay ? CostStatements.DaysByUser : CostStatements.HoursByUser,
        CostGroup.Key => byDay ? CostStatements.DaysByKey : CostStatements.HoursByKey,
        CostGroup.Model => byDay ? CostStatements.DaysByModel : CostStatements.HoursByModel,
        CostGroup.Provider => byDay ? CostStatements.DaysByProvider : CostStatements.HoursByProvider,
        CostGroup.Neuron => byDay ? CostStatements.DaysByNeuron : CostStatements.HoursByNeuron,
        CostGroup.Layer => byDay ? CostStatements.DaysByLayer : CostStatements.HoursByLayer,
        CostGroup.Kind => byDay ? CostStatements.DaysByKind : CostStatements.HoursByKind,
        CostGroup.Run => CostStatements.EntriesByRun,
        _ => throw new ArgumentException($"groupBy: {group.ToString().ToLowerInvariant()} is not available yet."),
    };

    private sealed class Total
    {
        private readonly long[] sums = new long[8];

        public long Nano => sums[0];

        public void Add(DbDataReader reader)
        {
            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] = checked(sums[i] + reader.GetInt64(i + 2));
            }
        }

        public CostItem ToItem(string key, DateTimeOffset? from) => new(key, from, new Usd(sums[0]), sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7]);
    }
}
