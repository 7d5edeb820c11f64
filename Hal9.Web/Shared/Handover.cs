using System.Collections.Concurrent;
using Hal9.Engine.Tenancy;

namespace Hal9.Web.Shared;

/// <summary>
/// What a page read while it was prerendered, for the circuit that takes the page over a moment later: it paints the same at once, so nothing jumps and
/// nothing is read twice. On another replica, or too late, the circuit reads for itself.
/// </summary>
public sealed class Handover(TimeProvider time)
{
    /// <summary>How long something waits for its circuit: longer than a slow line needs, shorter than what is shown stays true.</summary>
    public static readonly TimeSpan Keep = TimeSpan.FromSeconds(15);

    /// <summary>The most that waits: pages that are fetched without ever being opened must not fill the memory.</summary>
    public const int Most = 500;

    private readonly ConcurrentDictionary<Guid, (Actor For, object What, DateTimeOffset At)> waiting = new();

    /// <summary>Leaves something; the page carries the token to its circuit.</summary>
    /// <returns>Null when too much waits already.</returns>
    public Guid? Leave(Actor actor, object what)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var now = time.GetUtcNow();
        foreach (var (old, (_, _, at)) in waiting)
        {
            if (now - at > Keep)
            {
                waiting.TryRemove(old, out _);
            }
        }
        if (waiting.Count >= Most)
        {
            return null;
        }
        var token = Guid.NewGuid();
        waiting[token] = (actor, what, now);
        return token;
    }

    /// <summary>Takes it, once and for the same person only; null: it is not there.</summary>
    public T? Take<T>(Guid? token, Actor actor)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(actor);
        return token is { } known && waiting.TryRemove(known, out var left) && left.For.UserId == actor.UserId && left.For.TenantId == actor.TenantId && left.For.Role == actor.Role
            && time.GetUtcNow() - left.At <= Keep ? left.What as T : null;
    }
}
