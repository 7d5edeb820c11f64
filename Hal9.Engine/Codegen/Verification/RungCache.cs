using System.Collections.Concurrent;

namespace Hal9.Engine.Codegen.Verification;

/// <summary>Results of rungs by the content that they depend on. What was inconclusive is not kept: it may be another time.</summary>
internal sealed class RungCache
{
    private const int Most = 512;
    private readonly ConcurrentDictionary<string, (RungResult Result, int? HeldOutPassed, MutationScore? Mutants)> known = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> order = new();

    /// <summary>What a rung depends on, as a hash.</summary>
    public static string KeyOf(int rung, VerificationInput input, bool whole)
    {
        var parts = new List<string> { $"{rung} {input.Kind} {whole} {input.LeastLevel}" };
        parts.AddRange(input.Packages.Select(package => $"{package.Id} {package.Version}"));
        Add(input.Sources);
        if (rung is not 6)
        {
            Add(input.UnitTests);
        }
        if (rung is 5 or 7 or 8)
        {
            Add(input.VisibleAcceptance);
        }
        if (rung >= 6)
        {
            Add(input.HeldOutAcceptance);
        }
        return Hashes.Of(string.Join('\0', parts));

        void Add(IReadOnlyDictionary<string, string> files) =>
            parts.AddRange(files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => $"{file.Key}\0{Hashes.Of(file.Value)}"));
    }

    public (RungResult Result, int? HeldOutPassed, MutationScore? Mutants)? Find(string key) => known.TryGetValue(key, out var found) ? found : null;

    public void Keep(string key, RungResult result, int? heldOutPassed, MutationScore? mutants)
    {
        if (known.TryAdd(key, (result, heldOutPassed, mutants)))
        {
            order.Enqueue(key);
        }
        while (known.Count > Most && order.TryDequeue(out var oldest))
        {
            known.TryRemove(oldest, out _);
        }
    }
}
