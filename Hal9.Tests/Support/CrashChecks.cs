using System.Globalization;
using System.Text.Json;

namespace Hal9.Tests.Support;

/// <summary>What must hold after a crash and a restart. Each broken rule is one sentence.</summary>
internal sealed class CrashChecks(Hal9Client client, CrashWitness witness, List<string> violations)
{
    // What the product promises: an anchor at most 5 s after its row.
    private static readonly TimeSpan MostUnanchored = TimeSpan.FromSeconds(5);

    private static readonly string[] Final = ["succeeded", "failed", "cancelled", "refused"];

    /// <summary>Every run acknowledged so far ends or has ended, says why when without an answer, and kept every event that was seen.</summary>
    /// <returns>The end states of these runs.</returns>
    public async Task<List<string>> RunsAsync(IEnumerable<Guid> runs, CancellationToken cancellationToken)
    {
        var states = new List<string>();
        foreach (var id in runs)
        {
            var events = new List<SeenEvent>();
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(TimeSpan.FromMinutes(2));
            try
            {
                await foreach (var seen in client.EventsAsync(id, 0, patience.Token))
                {
                    events.Add(seen);
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                violations.Add($"run {id} had not ended two minutes after the restart; its last event is {events.LastOrDefault()}");
                continue;
            }
            catch (HttpRequestException e)
            {
                violations.Add($"run {id} was acknowledged and cannot be read: {e.Message}");
                continue;
            }
            CheckEvents(id, events);
            var run = await client.RunAsync(id, cancellationToken);
            var status = run.GetProperty("status").GetString()!;
            states.Add(status);
            if (!Final.Contains(status))
            {
                violations.Add($"run {id} sent its last event but its status is {status}");
            }
            if (status is "failed" or "refused" && !Says(run, "error") && !Says(run, "refusal"))
            {
                violations.Add($"run {id} is {status} and does not say why");
            }
            if (status == "succeeded" && string.IsNullOrWhiteSpace(run.GetProperty("answer").GetString()))
            {
                violations.Add($"run {id} succeeded without an answer");
            }
            if (witness.Ended.TryGetValue(id, out var before) && before != run.GetRawText())
            {
                violations.Add($"run {id} had ended before the crash and looks different now: {before} / {run.GetRawText()}");
            }
            witness.Ended[id] = run.GetRawText();
        }
        return states;
    }

    /// <summary>
    /// Waits for the runs that were stored without anybody having been told: a chat client learns its run's id only with the first word. They
    /// go on after the restart too, and the books can be compared only when nothing moves.
    /// </summary>
    public async Task UntoldRunsAsync(CancellationToken cancellationToken)
    {
        foreach (var status in new[] { "queued", "running" })
        {
            foreach (var run in await client.AllAsync($"/api/v1/runs?status={status}", cancellationToken))
            {
                await RunsAsync([run.GetProperty("id").GetGuid()], cancellationToken);
            }
        }
    }

    /// <summary>No ledger row seen is lost or changed, every reservation is closed once, the chain verifies, and all sums agree.</summary>
    /// <param name="killedAt">The kill. Rows of the last seconds before it have no anchor until something is written again: that is the definition of an unanchored tail.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    public async Task MoneyAsync(DateTimeOffset killedAt, CancellationToken cancellationToken)
    {
        var entries = await client.LedgerAsync(cancellationToken);
        entries.Sort((a, b) => LedgerFacts.Number(a).CompareTo(LedgerFacts.Number(b)));
        var byNumber = entries.ToDictionary(LedgerFacts.Number, e => e.GetRawText());
        foreach (var (number, raw) in witness.Ledger)
        {
            if (!byNumber.TryGetValue(number, out var now))
            {
                violations.Add($"ledger entry {number} was seen and is gone");
            }
            else if (now != raw)
            {
                violations.Add($"ledger entry {number} was {raw} and is {now}");
            }
        }
        for (var i = 0; i < entries.Count; i++)
        {
            if (LedgerFacts.Number(entries[i]) != i + 1)
            {
                violations.Add(string.Create(CultureInfo.InvariantCulture, $"the ledger has a gap at {i + 1}"));
                break;
            }
        }
        violations.AddRange(LedgerFacts.Unbalanced(entries));

        var verify = await client.VerifyAsync(cancellationToken);
        var verdict = verify.GetProperty("verdict").GetString();
        if (verdict != "intact" && !(verdict == "unanchored" && IsTailOf(killedAt, verify, entries)))
        {
            violations.Add($"the ledger's verdict is {verify.GetRawText()}");
        }
        var budget = await client.TenantBudgetAsync(cancellationToken);
        if (budget.GetProperty("reservedNanoUsd").GetInt64() is var reserved and not 0)
        {
            violations.Add(string.Create(CultureInfo.InvariantCulture, $"{reserved} nano-USD stay reserved after every run has ended"));
        }
        var booked = LedgerFacts.Booked(entries);
        if (budget.GetProperty("spentNanoUsd").GetInt64() is var spent && spent != booked)
        {
            violations.Add(string.Create(CultureInfo.InvariantCulture, $"the budget says {spent} were spent, the ledger {booked}"));
        }
        foreach (var id in witness.Ended.Keys)
        {
            var cost = (await client.RunAsync(id, cancellationToken)).GetProperty("costNanoUsd").GetInt64();
            if (LedgerFacts.Booked(entries, id) is var settled && settled != cost)
            {
                violations.Add(string.Create(CultureInfo.InvariantCulture, $"run {id} says it cost {cost}, its ledger entries say {settled}"));
            }
        }
        witness.SawLedger(entries);
    }

    private void CheckEvents(Guid id, List<SeenEvent> events)
    {
        if (!events.Select(e => e.Number).SequenceEqual(Enumerable.Range(1, events.Count).Select(n => (long)n)))
        {
            violations.Add($"run {id} has a gap or a double in its events: {string.Join(' ', events.Select(e => e.Number))}");
        }
        if (events.Count == 0 || events[^1].Type != "RunEnded")
        {
            violations.Add($"run {id} does not end with RunEnded but with {events.LastOrDefault()}");
        }
        foreach (var seen in witness.Runs.GetOrAdd(id, _ => []).Values)
        {
            var now = events.Find(e => e.Number == seen.Number);
            if (now != seen)
            {
                violations.Add($"run {id}: {seen} was seen and is now {now?.ToString() ?? "gone"}");
            }
        }
        foreach (var seen in events)
        {
            witness.Saw(id, seen);
        }
    }

    /// <summary>Every row without an anchor was written in the last seconds before the kill.</summary>
    private static bool IsTailOf(DateTimeOffset killedAt, JsonElement verify, List<JsonElement> entries) =>
        verify.TryGetProperty("firstBad", out var first) && first.ValueKind == JsonValueKind.Number
        && entries.Where(e => LedgerFacts.Number(e) >= first.GetInt64())
            .All(e => e.GetProperty("at").GetDateTimeOffset() is var at && at <= killedAt && at >= killedAt - MostUnanchored);

    private static bool Says(JsonElement run, string member) => run.TryGetProperty(member, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined);
}
