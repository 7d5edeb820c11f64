using System.Diagnostics;
using System.Globalization;
using Hal9.Benchmarks.Harness;
using Hal9.Engine.Sandbox;
using Hal9.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Hal9.Benchmarks.Sandbox;

/// <summary>The walls at full size: escape probes, bombs a hundred times, and what the walls cost ordinary programs.</summary>
internal static class SandboxVerb
{
    private static readonly SandboxLimits Tight = new(TimeSpan.FromSeconds(1), 1, 128L << 20, 64, 64 * 1024, 8L << 20);
    private static readonly string[] GroupRoots = ["/sys/fs/cgroup", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/pids"];
    private static readonly string[] Kinds = ["time", "deaf", "cpu", "native", "memory", "output", "disk", "files", "work", "fork", "daemon"];

    public static async Task<int> RunAsync(VerbOptions options, CancellationToken cancellationToken)
    {
        var scorecard = new Scorecard(options);
        var data = Directory.CreateTempSubdirectory("hal9-sandbox-data");
        using var sandbox = new SandboxService(
            Options.Create(new SandboxOptions { Minimum = SandboxLevel.Full, Concurrency = 4 }), data.FullName, TimeProvider.System, NullLogger<SandboxService>.Instance);
        var state = await sandbox.ProbeAsync(cancellationToken);
        scorecard.Remark($"Level {state.Level}{(state.Reason is { } reason ? $" ({reason})" : "")}, control group: {(state.HasControlGroup ? "yes" : "no")}.");
        if (!state.Executes)
        {
            Console.WriteLine("Nothing can be measured below the full level.");
            return scorecard.Close() + 1;
        }
        scorecard.Judge(new Judged("B-12", $"escapes of {state.Probes.Count} attack programs", state.Probes.Count(probe => !probe.Held), "", 0, 0, false));
        scorecard.Judge(new Judged("B-12", "planted secrets seen (environment, arguments, data directory, readable file, home)", state.SecretsSeen.Count, "", 0, 0, false));

        var runner = RunnerProgram.Find()!;
        var bombs = options.RoundsOr(100, 11);
        double worst = 0;
        var wrong = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, bombs), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken }, async (n, token) =>
        {
            var kind = Kinds[n % Kinds.Length];
            var limits = kind is "time" or "deaf" or "fork" or "daemon" or "output" ? Tight : Tight with { Time = TimeSpan.FromSeconds(4) };
            var result = await sandbox.RunAsync(runner.Command(limits, "bomb", kind) with { Writable = true }, token);
            lock (scorecard)
            {
                worst = Math.Max(worst, (result.Duration - limits.Time).TotalSeconds);
                wrong += result.Outcome == SandboxOutcome.Refused ? 1 : 0;
            }
        });
        scorecard.Judge(new Judged("B-12", $"latest end after the limit, of {bombs} bombs of {Kinds.Length} kinds", worst, " s", 2, 2, false));
        scorecard.Judge(new Judged("B-12", "bombs that were not even started", wrong, "", 0, 0, false));
        var left = await Leftovers.FindAsync(cancellationToken);
        var files = Directory.EnumerateDirectories(Path.GetTempPath(), $"hal9-sandbox-{Environment.ProcessId}-*").SelectMany(Directory.EnumerateDirectories).Count(folder => !Path.GetFileName(folder).StartsWith("etc", StringComparison.Ordinal));
        var groups = GroupRoots.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateDirectories(folder, $"hal9-{Environment.ProcessId}-*")).Count();
        scorecard.Judge(new Judged("B-12", "processes, work trees and control groups left over", left.Count + files + groups, "", 0, 0, false));

        var figures = new Figures();
        foreach (var (name, command) in Samples(runner))
        {
            var rounds = options.RoundsOr(15, 5);
            for (var round = -1; round < rounds; round++)
            {
                foreach (var host in round % 2 == 0 ? [true, false] : new[] { false, true })
                {
                    var clock = Stopwatch.StartNew();
                    var code = host ? await OnHostAsync(command, cancellationToken) : (await sandbox.RunAsync(command, cancellationToken)).ExitCode;
                    if (code != 0)
                    {
                        throw new InvalidOperationException($"The sample {name} ended with {code}.");
                    }
                    if (round >= 0)
                    {
                        figures.Of(host ? "host" : "sandbox", name).Add(clock.Elapsed.TotalMilliseconds);
                    }
                }
            }
            scorecard.Show(figures, ["host", "sandbox"], (name, "ms"));
            if (command.Program == "/bin/true")
            {
                continue;
            }
            var added = (figures.Of("sandbox", name).Median / figures.Of("host", name).Median - 1) * 100;
            scorecard.Judge(new Judged("sandbox", $"{name}: added to the time on the host", added, " %", 15, 15, false));
        }
        data.Delete(recursive: true);
        return scorecard.Close();
    }

    private static IEnumerable<(string Name, SandboxCommand Command)> Samples(RunnerProgram runner)
    {
        yield return ("start and end of nothing", new SandboxCommand("/bin/true", [], SandboxLimits.Small));
        yield return (".NET sample", runner.Command(SandboxLimits.Small, "sample"));
        const string Python = "import collections,json,os\nc=collections.Counter()\nfor r in range(60):\n    p=os.path.join(os.environ.get('TMPDIR','/tmp'),'s%d'%r)\n    open(p,'w').write('\\n'.join('w%d'%((n*7919+r)%997) for n in range(20000)))\n    c.update(open(p).read().split())\n    os.remove(p)\nprint(sum(c.values()))";
        const string Node = "const fs=require('fs'),c={};for(let r=0;r<40;r++){const p=(process.env.TMPDIR||'/tmp')+'/s'+r;fs.writeFileSync(p,Array.from({length:40000},(_,n)=>'w'+(n*7919+r)%997).join('\\n'));for(const w of fs.readFileSync(p,'utf8').split('\\n'))c[w]=(c[w]||0)+1;fs.rmSync(p)}console.log(Object.keys(c).length)";
        if (File.Exists("/usr/bin/python3"))
        {
            yield return ("Python sample", new SandboxCommand("/usr/bin/python3", ["-c", Python], SandboxLimits.Small));
        }
        if (File.Exists("/usr/bin/node"))
        {
            yield return ("Node sample", new SandboxCommand("/usr/bin/node", ["-e", Node], SandboxLimits.Small with { MemoryBytes = 1L << 30 }));
        }
    }

    private static async Task<int> OnHostAsync(SandboxCommand command, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }
        // In memory too, as in the sandbox: else the disk would be measured.
        start.Environment["TMPDIR"] = "/dev/shm";
        using var process = Process.Start(start)!;
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }
}
