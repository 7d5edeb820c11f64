using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hal9.Engine.Sandbox;

/// <summary>Probes the machine once, and then executes at the level that was found, or not at all.</summary>
public sealed partial class SandboxService : ISandbox, IDisposable
{
    private readonly SandboxOptions options;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly string dataDirectory;
    private readonly Lazy<WorkFolder> folder = new(() => new WorkFolder());
    private readonly SemaphoreSlim places;
    private readonly Lock gate = new();
    private Task<(ISandbox Sandbox, SandboxState State)>? probing;

    internal SandboxService(IOptions<SandboxOptions> options, string dataDirectory, TimeProvider time, ILogger<SandboxService> log)
    {
        (this.options, this.dataDirectory, this.time, this.log) = (options.Value, dataDirectory, time, log);
        places = new SemaphoreSlim(this.options.Concurrency > 0 ? this.options.Concurrency : Environment.ProcessorCount);
    }

    /// <summary>What the probes found; null while they run or before they were asked for.</summary>
    public SandboxState? State => probing is { IsCompletedSuccessfully: true } done ? done.Result.State : null;

    /// <inheritdoc/>
    public SandboxLevel Level => State is { Executes: true } state ? state.Level : SandboxLevel.Off;

    /// <summary>Probes, the first time; afterwards answers what was found.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the probing.</param>
    public async Task<SandboxState> ProbeAsync(CancellationToken cancellationToken) => (await FoundAsync(cancellationToken)).State;

    /// <inheritdoc/>
    public async Task<SandboxLevel> ReadyAsync(CancellationToken cancellationToken)
    {
        await FoundAsync(cancellationToken);
        return Level;
    }

    /// <inheritdoc/>
    public async Task<SandboxResult> RunAsync(SandboxCommand command, CancellationToken cancellationToken)
    {
        var (sandbox, state) = await FoundAsync(cancellationToken);
        if (!state.Executes)
        {
            var reason = $"The sandbox's level here is {state.Level}, and {state.Minimum} is demanded. {state.Reason}";
            return new SandboxResult(SandboxOutcome.Refused, SandboxLevel.Off, -1, "", "", TimeSpan.Zero, reason.TrimEnd());
        }
        await places.WaitAsync(cancellationToken);
        try
        {
            return await sandbox.RunAsync(command, cancellationToken);
        }
        finally
        {
            places.Release();
        }
    }

    /// <summary>Removes what is left of work trees.</summary>
    public void Dispose()
    {
        places.Dispose();
        if (folder.IsValueCreated)
        {
            folder.Value.Dispose();
        }
    }

    private Task<(ISandbox Sandbox, SandboxState State)> FoundAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            // Shared by all who ask meanwhile, so no single caller's leaving may end it.
            probing ??= Task.Run(() => ProbeOnceAsync(CancellationToken.None), CancellationToken.None);
        }
        return probing.WaitAsync(cancellationToken);
    }

    private async Task<(ISandbox Sandbox, SandboxState State)> ProbeOnceAsync(CancellationToken cancellationToken)
    {
        var programs = SystemPrograms.Find();
        var reasons = new List<string>();
        (IReadOnlyList<EscapeProbe> Probes, IReadOnlyList<string> SecretsSeen) last = ([], []);
        var runner = RunnerProgram.Find();
        if (runner is null)
        {
            reasons.Add("The runner or the .NET host that executes it was not found beside the product.");
        }
        var candidates = runner is null ? [] : new (string? WhyNot, Func<ISandbox> Make, IReadOnlySet<string> Open)[]
        {
            (programs.WhyNotFull, () => new Bubblewrap(programs, folder.Value), new HashSet<string>()),
            (programs.WhyNotReduced, () => new ReducedSandbox(programs, folder.Value), ReducedSandbox.Open),
        };
        foreach (var (whyNot, make, open) in candidates)
        {
            if (whyNot is not null)
            {
                reasons.Add(whyNot);
                continue;
            }
            try
            {
                var sandbox = make();
                last = await new EscapeProbes(runner!, dataDirectory).RunAsync(sandbox, cancellationToken);
                var failed = last.Probes.Where(probe => !probe.Held && !open.Contains(probe.Name)).Select(probe => probe.Name).ToList();
                var seen = last.SecretsSeen.Where(place => sandbox.Level == SandboxLevel.Full || place != "readable file").ToList();
                if (failed.Count == 0 && seen.Count == 0)
                {
                    return (sandbox, Found(sandbox.Level, reasons, last, sandbox is Bubblewrap { HasControlGroup: true }));
                }
                reasons.Add($"{sandbox.Level}: escaped by {string.Join(", ", failed.Concat(seen.Select(place => "secret in " + place)))}.");
            }
            catch (Exception failure) when (failure is InvalidOperationException or IOException or UnauthorizedAccessException)
            {
                reasons.Add(failure.Message);
            }
        }
        return (new NoSandbox(string.Join(" ", reasons)), Found(SandboxLevel.Off, reasons, last, false));
    }

    private SandboxState Found(SandboxLevel level, List<string> reasons, (IReadOnlyList<EscapeProbe> Probes, IReadOnlyList<string> SecretsSeen) probed, bool group)
    {
        var state = new SandboxState(
            level, options.Minimum, level == SandboxLevel.Full ? null : string.Join(" ", reasons), probed.Probes, probed.SecretsSeen, group, time.GetUtcNow());
        if (state.Executes)
        {
            var held = probed.Probes.Count(probe => probe.Held);
            LogLevelFound(log, level, options.Minimum, held, probed.Probes.Count, state.Reason ?? "");
        }
        else
        {
            LogNothingExecuted(log, level, options.Minimum, state.Reason ?? "");
        }
        return state;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Sandbox level {Level} (demanded {Minimum}), {Held} of {All} escape probes held. {Reason}")]
    private static partial void LogLevelFound(ILogger logger, SandboxLevel level, SandboxLevel minimum, int held, int all, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sandbox level {Level}, but {Minimum} is demanded: nothing that models write is executed, and nothing is called verified. {Reason}")]
    private static partial void LogNothingExecuted(ILogger logger, SandboxLevel level, SandboxLevel minimum, string reason);
}
