using System.Data.Common;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Budgets;

/// <summary>The door to costs: settled spend, from the roll-ups that the ledger keeps in its own transactions.</summary>
public sealed class CostService
{
    // What one answer may hold; beyond it the question has to be narrowed.
    private const int MostItems = 100_000;

    /// <summary>The most periods of a breakdown.</summary>
    public const int MostSteps = 1000;

    private const string Any = "*";
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
        Check(actor, query);
        var calendar = await CalendarAsync(actor, cancellationToken).ConfigureAwait(false);
        return List(actor.TenantId, query, calendar, cancellationToken);
    }

    /// <summary>The same with every period of the time, and what was spent before it.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="query">With both ends of the time and a granularity.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AccessDenied">The actor may not read costs.</exception>
    /// <exception cref="ArgumentException">The question makes no sense, or has more than <see cref="MostSteps"/> periods; the message names the field.</exception>
    public async Task<CostBreakdown> BreakDownAsync(Actor actor, CostQuery query, CancellationToken cancellationToken)
    {
        Check(actor, query);
        if (query is not { From: { } from, To: { } to, Granularity: { } granularity and not BudgetPeriod.Total })
        {
            throw new ArgumentException("granularity: a breakdown needs from, to and one of hour, day, week, month.");
        }
        var calendar = await CalendarAsync(actor, cancellationToken).ConfigureAwait(false);
        var steps = new List<DateTimeOffset>();
        var at = calendar.PeriodOf(granularity, 1, from).Start;
        for (; at < to; at = calendar.PeriodOf(granularity, 1, at).End!.Value)
        {
            if (steps.Count >= MostSteps)
            {
                throw new ArgumentException($"granularity: that are more than {MostSteps} periods; ask for longer ones or a shorter time.");
            }
            steps.Add(at);
        }
        var first = steps[0];
        var earlier = new List<DateTimeOffset>();
        while (earlier.Count < CostAnomaly.Before)
        {
            earlier.Insert(0, calendar.PeriodOf(granularity, 1, (earlier.Count == 0 ? first : earlier[0]).AddTicks(-1)).Start);
        }
        // On another thread: SQLite reads without waiting, so a page's renderer would stand still meanwhile.
        return await Task.Run(
            () =>
            {
                var items = List(actor.TenantId, query with { From = first, To = at }, calendar, cancellationToken);
                var before = List(actor.TenantId, query with { GroupBy = CostGroup.Tenant, From = earlier[0], To = first }, calendar, cancellationToken).ToDictionary(item => item.From!.Value, item => item.Amount);
                return new CostBreakdown(steps, at, calendar.Zone, items, [.. earlier.Select(step => before.GetValueOrDefault(step))]);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the tenant's month will have cost when it ends, of what the filter leaves.</summary>
    /// <exception cref="AccessDenied">The actor may not read costs.</exception>
    public async Task<CostForecast> ForecastAsync(Actor actor, CostFilter filter, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Check(actor, new CostQuery(CostGroup.Tenant) { Filter = filter });
        var calendar = await CalendarAsync(actor, cancellationToken).ConfigureAwait(false);
        var (from, to) = calendar.PeriodOf(BudgetPeriod.Month, 1, now);
        var today = calendar.DayOf(now);
        var days = new List<DateTimeOffset>();
        for (var day = today; days.Count < CostForecast.MostDays;)
        {
            days.Insert(0, day = calendar.DayOf(day.AddTicks(-1)));
        }
        var begin = days[0] < from ? days[0] : from;
        var query = new CostQuery(CostGroup.Tenant, begin, now.AddTicks(1), BudgetPeriod.Day) { Filter = filter };
        var spent = (await Task.Run(() => List(actor.TenantId, query, calendar, cancellationToken), cancellationToken).ConfigureAwait(false)).ToDictionary(item => item.From!.Value, item => item.Amount);
        var hours = spent.Count == 1 && spent.ContainsKey(today) ? List(actor.TenantId, query with { From = today, Granularity = BudgetPeriod.Hour }, calendar, cancellationToken) : [];
        return CostForecast.Of(
            from, to!.Value, now, new Usd(spent.Where(day => day.Key >= from).Sum(day => day.Value.Nano)),
            [.. days.SkipWhile(day => !spent.ContainsKey(day)).Select(day => spent.GetValueOrDefault(day))],
            now - (hours.Count > 0 ? hours[0].From!.Value : today));
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

    private IReadOnlyList<CostItem> List(Guid tenantId, CostQuery query, TenantCalendar calendar, CancellationToken cancellationToken)
    {
        var totals = new Dictionary<(string Key, DateTimeOffset? From), Total>();
        foreach (var part in PartsOf(query, calendar))
        {
            Sum(tenantId, query, calendar, part, totals, cancellationToken);
        }
        return [.. totals.OrderBy(item => item.Key.From).ThenByDescending(item => item.Value.Nano).ThenBy(item => item.Key.Key, StringComparer.Ordinal).Select(item => item.Value.ToItem(item.Key.Key, item.Key.From))];
    }

    private void Sum(
        Guid tenantId, CostQuery query, TenantCalendar calendar, Part part, Dictionary<(string Key, DateTimeOffset? From), Total> totals, CancellationToken cancellationToken)
    {
        var single = query.Filter.Single;
        var isKept = part.ByDay && query.GroupBy is not CostGroup.Run && (query.Filter == CostFilter.All || (single is { } only && query.GroupBy is CostGroup.Tenant) || single?.Dimension == query.GroupBy);
        using var connection = database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = isKept ? (query.Granularity is null or BudgetPeriod.Total ? CostStatements.TotalsOfAllDays : CostStatements.Totals) : StatementOf(query.GroupBy, part.ByDay);
        Bind("@tenant", tenantId);
        Bind("@from", part.From);
        Bind("@to", part.To);
        if (isKept)
        {
            Bind("@dimension", (single?.Dimension ?? query.GroupBy).ToString());
            Bind("@item", single is { } narrowed ? Stored(narrowed.Dimension, narrowed.Value) : Any);
        }
        else if (query.GroupBy is not CostGroup.Run)
        {
            foreach (var dimension in CostFilter.Dimensions)
            {
                Bind($"@{dimension.ToString().ToLowerInvariant()}", query.Filter[dimension] is { } value ? Stored(dimension, value) : Any);
            }
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
            DateTimeOffset? period = query.Granularity switch
            {
                null or BudgetPeriod.Total => null,
                BudgetPeriod.Day when part.ByDay && query.GroupBy is not CostGroup.Run => at,
                BudgetPeriod.Hour when query.GroupBy is not CostGroup.Run => at,
                { } granularity => calendar.PeriodOf(granularity, 1, at).Start,
            };
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

        void Bind(string name, object value)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
    }

    /// <summary>The stretches that are read: whole days where only whole days are asked for; else whole days between hours at both ends.</summary>
    private static IReadOnlyList<Part> PartsOf(CostQuery query, TenantCalendar calendar)
    {
        var byDay = query.GroupBy is CostGroup.Tag || query.Granularity is BudgetPeriod.Day or BudgetPeriod.Week or BudgetPeriod.Month;
        var (from, to) = BoundsOf(query, calendar, byDay);
        if (byDay || query.Granularity is BudgetPeriod.Hour || query.GroupBy is CostGroup.Run)
        {
            return [new Part(byDay, from, to)];
        }
        var firstDay = DayAfter(from);
        var lastDay = to == long.MaxValue ? to : calendar.DayOf(DateTimeOffset.FromUnixTimeMilliseconds(to)).ToUnixTimeMilliseconds();
        return firstDay >= lastDay
            ? [new Part(false, from, to)]
            : [.. new[] { new Part(false, from, firstDay), new Part(true, firstDay, lastDay), new Part(false, lastDay, to) }.Where(part => part.From < part.To)];

        long DayAfter(long at)
        {
            if (at == 0)
            {
                return 0;
            }
            var (start, end) = calendar.PeriodOf(BudgetPeriod.Day, 1, DateTimeOffset.FromUnixTimeMilliseconds(at));
            return (start.ToUnixTimeMilliseconds() == at ? start : end!.Value).ToUnixTimeMilliseconds();
        }
    }

    // The ledger writes kinds and layers as the engine names them.
    private static string Stored(CostGroup dimension, string value) => dimension switch
    {
        CostGroup.Kind when Enum.TryParse<Events.RunKind>(value, ignoreCase: true, out var kind) => kind.ToString(),
        CostGroup.Layer => value.ToUpperInvariant(),
        _ => value,
    };

    private static void Check(Actor actor, CostQuery query)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(query);
        if (!actor.May(Permission.ReadCosts))
        {
            throw new AccessDenied(Permission.ReadCosts);
        }
        if (query.GroupBy is CostGroup.Team)
        {
            throw new ArgumentException("groupBy: team is not available yet.");
        }
        if (query is { GroupBy: CostGroup.Tag, Granularity: BudgetPeriod.Hour })
        {
            throw new ArgumentException("granularity: costs by tag are kept by whole days.");
        }
        if (query.GroupBy is CostGroup.Tag or CostGroup.Run && query.Filter != CostFilter.All)
        {
            throw new ArgumentException($"groupBy: costs by {query.GroupBy.ToString().ToLowerInvariant()} cannot be narrowed.");
        }
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
        _ => CostStatements.EntriesByRun,
    };

    private sealed record Part(bool ByDay, long From, long To);

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
