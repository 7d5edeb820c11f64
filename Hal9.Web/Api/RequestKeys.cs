using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;

namespace Hal9.Web.Api;

/// <summary>
/// Remembers which run an <c>Idempotency-Key</c> started, so that a repeated POST gets the same run and reply instead of a second bill.
/// Kept in memory: for a day, for the newest <see cref="Most"/> keys, until this process ends.
/// </summary>
internal sealed class RequestKeys(TimeProvider time)
{
    /// <summary>Name of the header.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>About 3 MB; a client that retries does so within minutes.</summary>
    public const int Most = 10_000;

    private const int LongestKey = 255;
    private static readonly TimeSpan Life = TimeSpan.FromDays(1);
    private readonly ConcurrentDictionary<(Guid Tenant, Guid User, string Key), Entry> entries = new();

    /// <summary>Starts the run, or gives the one that the same key started before.</summary>
    /// <returns>The run, and whether this request started it.</returns>
    /// <exception cref="KeyReused">The key belongs to another body.</exception>
    public async Task<(RunView Run, bool Own)> OnceAsync(HttpContext context, Actor actor, string body, Func<Task<RunView>> start)
    {
        if (KeyOf(context) is not { } key)
        {
            return (await start(), true);
        }
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{context.Request.Path}\n{body}")));
        var mine = new Entry(hash, time.GetUtcNow() + Life);
        Trim();
        var place = (actor.TenantId, actor.UserId, key);
        var kept = entries.AddOrUpdate(place, mine, (_, old) => old.Until > time.GetUtcNow() ? old : mine);
        if (kept != mine)
        {
            return kept.Hash == hash ? (await kept.Run.Task, false) : throw new KeyReused();
        }
        try
        {
            var run = await start();
            mine.Run.SetResult(run);
            return (run, true);
        }
        catch (Exception e)
        {
            entries.TryRemove(new(place, mine));
            mine.Run.SetException(e);
            // Whoever waits sees it; when nobody does, it is not an unobserved fault.
            _ = mine.Run.Task.Exception;
            throw;
        }
    }

    /// <summary>Forgets a key whose run was stopped because its caller left: asking again must start anew.</summary>
    public void Forget(HttpContext context, Actor actor)
    {
        if (KeyOf(context) is { } key)
        {
            entries.TryRemove((actor.TenantId, actor.UserId, key), out _);
        }
    }

    private static string? KeyOf(HttpContext context)
    {
        var key = context.Request.Headers[Header].ToString().Trim();
        return key.Length switch
        {
            0 => null,
            <= LongestKey => key,
            _ => throw new BadHttpRequestException($"The header {Header} has at most {LongestKey} characters."),
        };
    }

    private void Trim()
    {
        if (entries.Count < Most)
        {
            return;
        }
        var now = time.GetUtcNow();
        foreach (var old in entries.OrderBy(entry => entry.Value.Until).Take(Most / 10).ToList())
        {
            entries.TryRemove(old);
        }
        foreach (var old in entries.Where(entry => entry.Value.Until <= now).ToList())
        {
            entries.TryRemove(old);
        }
    }

    private sealed record Entry(string Hash, DateTimeOffset Until)
    {
        public TaskCompletionSource<RunView> Run { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>The same idempotency key came with another body.</summary>
internal sealed class KeyReused() : Exception("This Idempotency-Key was used with another request within the last day.");
