using System.Collections.Concurrent;
using System.Text.Json;

namespace Hal9.Tests.Support;

/// <summary>What programs were told before the crash: whatever stands here must still be true after it.</summary>
internal sealed class CrashWitness
{
    /// <summary>Runs whose id was answered, with the events seen of each, by number.</summary>
    public ConcurrentDictionary<Guid, ConcurrentDictionary<long, SeenEvent>> Runs { get; } = [];

    /// <summary>Runs that were seen ended, as they looked.</summary>
    public ConcurrentDictionary<Guid, string> Ended { get; } = [];

    /// <summary>Ledger entries seen, by number.</summary>
    public ConcurrentDictionary<long, string> Ledger { get; } = [];

    /// <summary>The number of the newest ledger entry seen.</summary>
    public long LastLedger => Ledger.Keys.DefaultIfEmpty().Max();

    public void Started(Guid run) => Runs.TryAdd(run, []);

    public void Saw(Guid run, SeenEvent seen) => Runs.GetOrAdd(run, _ => [])[seen.Number] = seen;

    public void SawLedger(IEnumerable<JsonElement> entries)
    {
        foreach (var entry in entries)
        {
            Ledger[LedgerFacts.Number(entry)] = entry.GetRawText();
        }
    }
}

/// <summary>Reads ledger entries as the API shows them.</summary>
internal static class LedgerFacts
{
    public static long Number(JsonElement entry) => entry.GetProperty("seq").GetInt64();

    public static string Kind(JsonElement entry) => entry.GetProperty("kind").GetString()!;

    public static Guid Call(JsonElement entry) => entry.GetProperty("callId").GetGuid();

    public static Guid Run(JsonElement entry) => entry.GetProperty("runId").GetGuid();

    public static long Nano(JsonElement entry) => entry.GetProperty("amountNanoUsd").GetInt64();

    /// <summary>What entries booked for good, of one run or of all.</summary>
    public static long Booked(IEnumerable<JsonElement> entries, Guid? run = null) =>
        entries.Where(e => Kind(e) is "settle" or "adjust" && (run is null || Run(e) == run)).Sum(Nano);

    /// <summary>Calls that were not reserved once and then settled or released once.</summary>
    public static IEnumerable<string> Unbalanced(IEnumerable<JsonElement> entries) =>
        from entry in entries
        where Kind(entry) is "reserve" or "settle" or "release"
        group Kind(entry) by Call(entry) into call
        where !(call.Count() == 2 && call.First() == "reserve" && call.Last() is "settle" or "release")
        select $"call {call.Key} has {string.Join(", ", call)}";
}
