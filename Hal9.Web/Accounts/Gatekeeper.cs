using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Identity;

namespace Hal9.Web.Accounts;

/// <summary>Slows guessing down: failures are counted per address, and few passwords are checked at a time.</summary>
internal sealed class Gatekeeper : IDisposable
{
    /// <summary>A whole office behind one address mistypes less; a guesser gets so many a minute, beside the lock on each account.</summary>
    public const int FailuresPerMinute = 100;

    private readonly PartitionedRateLimiter<string> failures = PartitionedRateLimiter.Create<string, string>(address =>
        RateLimitPartition.GetFixedWindowLimiter(address, _ => new FixedWindowRateLimiterOptions { PermitLimit = FailuresPerMinute, Window = TimeSpan.FromMinutes(1) }));

    // Checking a password costs some 50 ms of a core on purpose: a flood must not take all cores, nor outrun the lock.
    private readonly SemaphoreSlim turns = new(4, 4);
    private readonly PasswordHasher<Person> hasher = new();
    private readonly string nobodysHash;
    private static readonly Person Nobody = Person.Make("nobody@invalid", owner: false, DateTimeOffset.UnixEpoch);

    public Gatekeeper() => nobodysHash = hasher.HashPassword(Nobody, Guid.NewGuid().ToString());

    public bool MayTry(string address)
    {
        using var lease = failures.AttemptAcquire(address, 0);
        return lease.IsAcquired;
    }

    public void Failed(string address) => failures.AttemptAcquire(address).Dispose();

    /// <summary>An unknown person takes as long as a known one.</summary>
    public void SpendTheSameTime(string password) => hasher.VerifyHashedPassword(Nobody, nobodysHash, password);

    public async Task<IDisposable> TurnAsync(CancellationToken cancellationToken)
    {
        await turns.WaitAsync(cancellationToken);
        return new Turn(turns);
    }

    public void Dispose()
    {
        failures.Dispose();
        turns.Dispose();
    }

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
