using Hal9.Engine.Events;
using Hal9.Engine.Tenancy;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Runs;

/// <summary>The door to runs: start, see, watch, steer. Who may do what is checked here, by the <see cref="Actor"/>.</summary>
public sealed class RunService
{
    /// <summary>Stores a run and starts it; returns at once with its id. A tenant without room gets a stored run with status <see cref="RunStatus.Refused"/>.</summary>
    /// <exception cref="AccessDenied">The actor may not.</exception>
    /// <exception cref="ArgumentException">The order is out of range; the message names the field.</exception>
    public Task<RunView> StartAsync(Actor actor, StartRun order, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>The run with its tree, or null when the tenant has none of that id (or the actor may not see it).</summary>
    public Task<RunView?> FindAsync(Actor actor, Guid runId, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Runs, newest first; a member sees their own.</summary>
    public Task<Page<RunLine>> ListAsync(Actor actor, RunFilter filter, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Events with a number above <paramref name="after"/>, stored ones first, then live ones; ends after <see cref="RunEnded"/>.</summary>
    public IAsyncEnumerable<RunEvent> WatchAsync(Actor actor, Guid runId, long after, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>The answer as it streams: first all there is, then the rest; ends with the run.</summary>
    public IAsyncEnumerable<AnswerPiece> WatchAnswerAsync(Actor actor, Guid runId, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>A signal per change of any run that the actor may see; bursts are merged. Never ends by itself.</summary>
    public IAsyncEnumerable<Guid> WatchAllAsync(Actor actor, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Waits until the run has ended.</summary>
    public Task<RunView> WaitAsync(Actor actor, Guid runId, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>The whole response of a direct run's model call, once it succeeded (tool calls, finish reason, usage).</summary>
    public Task<ChatResponse?> FindDirectResponseAsync(Actor actor, Guid runId, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Stops a run, or the subtree of one of its steps; returns when the stop is confirmed or the run had already ended.</summary>
    /// <returns>The confirmed state, or null when there is no such run or step.</returns>
    public Task<RunView?> CancelAsync(Actor actor, Guid runId, Guid? stepId, string? reason, CancellationToken cancellationToken) => throw new NotSupportedException();
}
