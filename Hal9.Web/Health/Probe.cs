using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Hal9.Web.Health;

/// <summary>Reads the checks at most once a second, however many ask: probes are open to everybody, the writer's queue is not.</summary>
internal sealed class Probe(HealthCheckService checks, TimeProvider time)
{
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(1);
    private readonly Lock gate = new();
    private readonly Dictionary<string, (DateTimeOffset At, Task<HealthReport> Report)> last = [];

    public async Task<(DateTimeOffset At, HealthReport Report)> ReadAsync(string tag, CancellationToken cancellationToken)
    {
        (DateTimeOffset At, Task<HealthReport> Report) kept;
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (!last.TryGetValue(tag, out kept) || now - kept.At >= Life || kept.Report.IsFaulted)
            {
                // Shared by all who ask meanwhile, so no single caller's leaving may end it; each check has its own time limit.
                kept = (now, checks.CheckHealthAsync(check => check.Tags.Contains(tag), CancellationToken.None));
                last[tag] = kept;
            }
        }
        return (kept.At, await kept.Report.WaitAsync(cancellationToken));
    }
}
