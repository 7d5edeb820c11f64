using System.Collections.Concurrent;

namespace Hal9.Engine.Tenancy;

/// <summary>
/// Remembers what was just looked up, for a short time and in bounded number. A value that was read before <see cref="Forget"/> and
/// arrives after it is not kept, so forgetting is immediate within the process.
/// </summary>
internal sealed class Recent<TKey, TValue>(TimeProvider time, TimeSpan keep, int most) where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, (TValue Value, long At)> entries = new();
    private int generation;

    public async ValueTask<TValue> GetAsync(TKey key, Func<TKey, CancellationToken, Task<TValue>> read, CancellationToken cancellationToken)
    {
        if (entries.TryGetValue(key, out var entry) && time.GetElapsedTime(entry.At) < keep)
        {
            return entry.Value;
        }
        var begun = Volatile.Read(ref generation);
        var at = time.GetTimestamp();
        var value = await read(key, cancellationToken).ConfigureAwait(false);
        if (value is not null)
        {
            if (entries.Count >= most)
            {
                entries.Clear();
            }
            entries[key] = (value, at);
            if (Volatile.Read(ref generation) != begun)
            {
                entries.TryRemove(key, out _);
            }
        }
        return value;
    }

    public void Forget()
    {
        Interlocked.Increment(ref generation);
        entries.Clear();
    }
}
