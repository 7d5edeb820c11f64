using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Monitoring;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;

namespace Hal9.Tests.Support;

/// <summary>How much a tenant is given.</summary>
/// <param name="Messages">Questions and answers; a run for each pair, and a fifth as many runs without a conversation.</param>
/// <param name="Days">Over how many days before now.</param>
/// <param name="People">By how many people.</param>
internal sealed record FillSize(int Messages, int Days, int People)
{
    /// <summary>Two of the ledger's rows for each call, and a little over four calls a run.</summary>
    public static FillSize OfLedger(int ledgerRows, int days, int people) => new((ledgerRows / 10) * 2, days, people);
}

/// <summary>What was filled in.</summary>
internal sealed record Filled(long LedgerRows, long Messages, long Runs, long Conversations, Usd Amount, IReadOnlyList<Guid> People, string RareWord, string UsualWord);

/// <summary>
/// Fills a tenant of a SQLite database with months of use, fast: rows go in by the engine's own statements or in their final form, the ledger is a true chain,
/// and the roll-ups are written by <see cref="RollUps"/> itself, so whoever compares them with the ledger compares the product. Run events are left out.
/// </summary>
internal sealed class TenantFiller
{
    private const int RowsAGroup = 20_000;
    private readonly WriteBatch batch;
    private readonly Guid tenantId;
    private readonly FillSize size;
    private readonly FillWorld world;
    private readonly FillTalks talks;
    private readonly RollUps rollUps;
    private readonly TenantCalendar calendar;
    private readonly LedgerChain chain = new();
    private readonly DateTimeOffset begin;
    private readonly TimeSpan pace;
    private string hash = LedgerChain.Origin;
    private long seq;
    private long ledgerRows;
    private long nano;
    private int inGroup;
    private DateTimeOffset lastAt;

    private TenantFiller(WriteBatch batch, Guid tenantId, TenantCalendar calendar, FillSize size, DateTimeOffset now, int seed)
    {
        this.batch = batch;
        this.tenantId = tenantId;
        this.size = size;
        this.calendar = calendar;
        world = new FillWorld(new Random(seed), size.People);
        talks = new FillTalks(batch, tenantId, world);
        rollUps = new RollUps(tenantId);
        begin = now.AddDays(-size.Days);
        pace = (now - begin) / Math.Max(1, RunsOf(size));
    }

    /// <summary>Fills; nobody else may write meanwhile.</summary>
    public static Filled Fill(Database database, Guid tenantId, FillSize size, DateTimeOffset now, int seed = 1)
    {
        var connection = database.Open();
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "PRAGMA synchronous=OFF; PRAGMA cache_size=-1000000; PRAGMA temp_store=MEMORY;";
            command.ExecuteNonQuery();
        }
        using var batch = new WriteBatch(connection, database.Provider) { TenantId = tenantId };
        return new TenantFiller(batch, tenantId, TenantCalendar.Of(null), size, now, seed).Fill();
    }

    private static int RunsOf(FillSize size) => size.Messages / 2 * 6 / 5;

    private Filled Fill()
    {
        batch.Begin();
        batch.First(LedgerStatements.LockHead, static row => (row.GetInt64(0), row.GetString(1)), out var head, ("@tenant", tenantId), ("@origin", LedgerChain.Origin));
        (seq, hash) = head;
        foreach (var person in world.People)
        {
            batch.Execute("INSERT INTO memberships (tenant_id, user_id, role) VALUES (@tenant, @user, 'Member')", ("@tenant", tenantId), ("@user", person));
        }
        foreach (var (key, owner) in world.Keys)
        {
            batch.Execute(
                "INSERT INTO api_keys (id, tenant_id, user_id, name, prefix, hash, scopes, created_at) VALUES (@id, @tenant, @user, @name, 'hal9_filled', @hash, '', 0)",
                ("@id", key), ("@tenant", tenantId), ("@user", owner), ("@name", $"key-{key.ToString()[^6..]}"), ("@hash", key.ToString("N")));
        }
        var runs = RunsOf(size);
        for (var i = 0; i < runs; i++)
        {
            Run(begin + (pace * i), isApi: i % 6 == 5);
            if (inGroup >= RowsAGroup)
            {
                Turn();
            }
        }
        talks.End();
        Turn(last: true);
        return new Filled(ledgerRows, talks.Messages, runs, talks.Conversations, new Usd(nano), world.People, FillWorld.RareWord, FillWorld.UsualWord);
    }

    private void Turn(bool last = false)
    {
        rollUps.Write(batch);
        batch.Execute(LedgerStatements.MoveHead, ("@tenant", tenantId), ("@seq", seq), ("@hash", hash), ("@at", lastAt.ToUnixTimeMilliseconds()));
        batch.Commit();
        inGroup = 0;
        if (!last)
        {
            batch.Begin();
        }
    }

    private void Run(DateTimeOffset at, bool isApi)
    {
        var order = world.NextRun(at, isApi);
        var run = Guid.CreateVersion7(at);
        var clock = at;
        var (cost, steps) = (0L, new Dictionary<string, (Guid Id, string Path, long Cost)>());
        foreach (var tag in order.Tags)
        {
            batch.Execute(LedgerStatements.TagRun, ("@tenant", tenantId), ("@run", run), ("@tag", tag));
        }
        for (var i = 0; i < order.Calls; i++)
        {
            var call = world.NextCall(order, i);
            clock += TimeSpan.FromMilliseconds(40);
            if (!steps.TryGetValue(call.Neuron, out var step))
            {
                step = (Guid.CreateVersion7(clock), steps.Count == 0 ? "1" : "1" + string.Concat(Enumerable.Range(0, steps.Count).Select(_ => ".1")), 0L);
            }
            var callId = Guid.CreateVersion7(clock);
            Book(LedgerKind.Reserve, clock, run, step.Id, callId, order, call, call.Nano * 3, call.Input + 4096, default, null);
            clock += TimeSpan.FromMilliseconds(60);
            var settled = Book(LedgerKind.Settle, clock, run, step.Id, callId, order, call, call.Nano, call.Input + call.Output, call.Usage, call.PriceVersion);
            rollUps.Count(settled, calendar, call.PriceVersion == PriceList.CeilingVersion);
            batch.Execute(
                InsertCall,
                ("@id", callId), ("@tenant", tenantId), ("@run", run), ("@step", step.Id), ("@leaf", $"{step.Path}/turn/{i}"), ("@provider", call.Provider), ("@model", call.Model),
                ("@input", call.Input), ("@cached", call.Usage.Cached), ("@write", call.Usage.CacheWrite), ("@output", call.Output), ("@reasoning", call.Usage.Reasoning),
                ("@reserved", call.Nano * 3), ("@cost", call.Nano), ("@price", call.PriceVersion), ("@at", clock.ToUnixTimeMilliseconds()));
            steps[call.Neuron] = step with { Cost = step.Cost + call.Nano };
            cost += call.Nano;
        }
        var parent = (Guid?)null;
        foreach (var (neuron, step) in steps)
        {
            batch.Execute(
                InsertStep,
                ("@id", step.Id), ("@tenant", tenantId), ("@run", run), ("@parent", parent), ("@path", step.Path), ("@layer", FillWorld.LayerOf(neuron)), ("@neuron", neuron),
                ("@goal", order.Goal), ("@cost", step.Cost), ("@at", at.ToUnixTimeMilliseconds()), ("@ended", clock.ToUnixTimeMilliseconds()));
            parent = step.Id;
        }
        nano += cost;
        var (conversation, message) = isApi ? (null, null) : talks.Say(order, run, new Usd(cost), at, clock);
        batch.Execute(
            InsertRun,
            ("@id", run), ("@tenant", tenantId), ("@user", order.User), ("@key", order.Key), ("@kind", order.Kind), ("@mode", order.Mode), ("@status", order.Status), ("@goal", order.Goal),
            ("@conversation", conversation), ("@message", message), ("@tags", order.Tags.Length == 0 ? "[]" : $"[\"{order.Tags[0]}\"]"), ("@error", order.Status == "Failed" ? "The provider did not answer." : null),
            ("@cost", cost), ("@at", at.ToUnixTimeMilliseconds()), ("@ended", clock.ToUnixTimeMilliseconds()), ("@down", order.Thumb < 0 ? 1 : 0), ("@reviews", order.Thumb != 0 ? 1 : 0));
        if (order.Thumb != 0)
        {
            batch.Execute(
                FeedbackStatements.Put, ("@id", Guid.CreateVersion7(clock)), ("@tenant", tenantId), ("@user", order.User), ("@run", run), ("@step", Guid.Empty), ("@kind", "Thumb"),
                ("@number", (double?)order.Thumb), ("@text", (string?)null), ("@comment", (string?)null), ("@now", clock.ToUnixTimeMilliseconds()), ("@counted", 1));
        }
        Count(order, clock, clock - at, cost);
        inGroup += order.Calls * 4;
    }

    private void Count(FillRun order, DateTimeOffset ended, TimeSpan took, long cost)
    {
        var (hour, day) = (TimeGrid.Begin(ended, RunCostWriter.Hour), TimeGrid.Begin(ended, RunCostWriter.Day));
        batch.Execute(
            MonitoringStatements.CountRun,
            ("@tenant", tenantId), ("@tier", "h"), ("@at", hour), ("@user", order.User), ("@status", order.Status), ("@bucket", Durations.BucketOf(took)), ("@cost", cost));
        if (order.Status != nameof(RunStatus.Succeeded))
        {
            return;
        }
        foreach (var (tier, at) in new[] { ("h", hour), ("d", day) })
        {
            batch.Execute(
                MonitoringStatements.CountRunCost,
                ("@tenant", tenantId), ("@tier", tier), ("@at", at), ("@mode", order.Mode), ("@bucket", CostBuckets.Of(new Usd(cost))), ("@cost", cost));
        }
    }

    private LedgerRow Book(
        LedgerKind kind, DateTimeOffset at, Guid run, Guid step, Guid callId, FillRun order, FillCall call, long amount, long tokens, TokenUsage usage, string? priceVersion)
    {
        var row = new LedgerRow
        {
            TenantId = tenantId, Seq = ++seq, At = DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds()), Kind = kind, CallId = callId, Amount = new Usd(amount), Tokens = tokens,
            UserId = order.User, KeyId = order.Key, RunId = run, StepId = step, Neuron = call.Neuron, Layer = FillWorld.LayerOf(call.Neuron), RunKind = order.Kind, Provider = call.Provider,
            Model = call.Model, InputTokens = usage.Input, CachedTokens = usage.Cached, CacheWriteTokens = usage.CacheWrite, OutputTokens = usage.Output, ReasoningTokens = usage.Reasoning,
            PriceVersion = priceVersion, PrevHash = hash, Hash = "",
        };
        hash = row.Hash = chain.Hash(row, hash);
        batch.Execute(
            LedgerStatements.Append,
            ("@tenant", row.TenantId), ("@seq", row.Seq), ("@at", row.At.ToUnixTimeMilliseconds()), ("@kind", Names.Of(row.Kind)), ("@call", row.CallId),
            ("@amount", row.Amount.Nano), ("@tokens", row.Tokens), ("@user", row.UserId), ("@key", row.KeyId), ("@run", row.RunId), ("@step", row.StepId),
            ("@neuron", row.Neuron), ("@layer", row.Layer), ("@runKind", row.RunKind), ("@provider", row.Provider), ("@model", row.Model),
            ("@input", row.InputTokens), ("@cached", row.CachedTokens), ("@cacheWrite", row.CacheWriteTokens), ("@output", row.OutputTokens),
            ("@reasoning", row.ReasoningTokens), ("@priceVersion", row.PriceVersion), ("@flags", ""), ("@reason", (string?)null),
            ("@prevHash", row.PrevHash), ("@hash", row.Hash));
        ledgerRows++;
        lastAt = row.At;
        return row;
    }

    private const string InsertRun = """
        INSERT INTO runs (id, tenant_id, user_id, key_id, kind, mode, status, goal, conversation_id, message_id, is_temporary, tags, error, answer, provenance, cost, last_event, epoch,
            heartbeat_at, cancelled, started_at, ended_at, waited_ms, thumbs_down, reviews)
        VALUES (@id, @tenant, @user, @key, @kind, @mode, @status, @goal, @conversation, @message, 0, @tags, @error, 'Done.', 'Live', @cost, 12, 1, @at, '[]', @at, @ended, 0, @down, @reviews)
        """;

    private const string InsertStep = """
        INSERT INTO steps (id, tenant_id, run_id, parent_id, path, layer, neuron, status, goal, result, cost, started_at, ended_at)
        VALUES (@id, @tenant, @run, @parent, @path, @layer, @neuron, 'Succeeded', @goal, 'Done.', @cost, @at, @ended)
        """;

    private const string InsertCall = """
        INSERT INTO model_calls (id, tenant_id, run_id, step_id, leaf, attempt, provider, model, status, provenance, input_tokens, cached_tokens, cache_write_tokens, output_tokens,
            reasoning_tokens, reserved, cost, price_version, usage_estimated, milliseconds, started_at)
        VALUES (@id, @tenant, @run, @step, @leaf, 1, @provider, @model, 'Succeeded', 'Live', @input, @cached, @write, @output, @reasoning, @reserved, @cost, @price, 0, 60, @at)
        """;
}
