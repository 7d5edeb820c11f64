using System.Diagnostics;
using System.Text;
using Hal9.Engine.Sandbox;
using Hal9.Tests.Support;

[assembly: AssemblyFixture(typeof(SandboxFixture))]

namespace Hal9.Tests.Engine.Sandbox;

/// <summary>What is executed cannot reach out, and what it takes ends.</summary>
public sealed class SandboxTests(SandboxFixture machine)
{
    private static readonly SandboxLimits Tight = new(TimeSpan.FromSeconds(0.6), 1, 128L << 20, 64, 64 * 1024, 8L << 20);

    private static RunnerProgram Runner => RunnerProgram.Find() ?? throw new InvalidOperationException("The runner is not beside the tests.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void EscapeProbes_AtTheFullLevel_AllFail()
    {
        machine.NeedFull();

        Assert.InRange(machine.State.Probes.Count, 40, 100);
        Assert.All(machine.State.Probes, probe => Assert.True(probe.Held, $"{probe.Name}: {probe.Evidence}"));
        Assert.Empty(machine.State.SecretsSeen);
    }

    [Fact]
    public async Task EscapeProbes_WithoutWalls_Succeed()
    {
        Assert.SkipUnless(SystemPrograms.Find().WhyNotReduced is null, "Only root can become the ordinary user that attacks here.");
        using var data = new TempFolder();

        var (probes, seen) = await new EscapeProbes(Runner, data.Path).RunAsync(new OrdinaryUser(), Token);

        var escaped = probes.Where(probe => !probe.Held).Select(probe => probe.Name).ToList();
        Assert.Superset(new HashSet<string> { "connect-loopback", "connect-abstract-socket", "read-world-readable-outside", "see-other-processes", "new-user-space" }, escaped.ToHashSet());
        Assert.Superset(new HashSet<string> { "readable file", "arguments" }, seen.ToHashSet());
    }

    [Fact]
    public async Task ReducedLevel_KeepsAwayWhatItSays()
    {
        var programs = SystemPrograms.Find();
        Assert.SkipUnless(programs.WhyNotReduced is null, programs.WhyNotReduced ?? "");
        using var data = new TempFolder();
        FileRights.Set(data.Path, FileRights.Owner | UnixFileMode.UserExecute);
        using var folder = new WorkFolder();

        var (probes, seen) = await new EscapeProbes(Runner, data.Path).RunAsync(new ReducedSandbox(programs, folder), Token);

        Assert.DoesNotContain(probes, probe => !probe.Held && !ReducedSandbox.Open.Contains(probe.Name));
        Assert.DoesNotContain(seen, place => place != "readable file");
    }

    [Theory]
    [InlineData("time", SandboxOutcome.TimedOut)]
    [InlineData("deaf", SandboxOutcome.TimedOut)]
    [InlineData("cpu", SandboxOutcome.CpuExceeded)]
    [InlineData("native", SandboxOutcome.MemoryExceeded)]
    [InlineData("memory", SandboxOutcome.MemoryExceeded)]
    [InlineData("output", SandboxOutcome.OutputExceeded)]
    [InlineData("disk", SandboxOutcome.Exited)]
    [InlineData("files", SandboxOutcome.CpuExceeded)]
    [InlineData("work", SandboxOutcome.Exited)]
    [InlineData("fork", SandboxOutcome.TimedOut)]
    [InlineData("daemon", SandboxOutcome.Exited)]
    public async Task Bomb_OfEachKind_EndsAtItsLimit(string kind, SandboxOutcome outcome)
    {
        machine.NeedFull();
        var limits = kind is "cpu" or "memory" or "native" or "disk" or "files" or "work" ? Tight with { Time = TimeSpan.FromSeconds(4) } : Tight;
        var clock = Stopwatch.StartNew();

        var result = await machine.Sandbox.RunAsync(Runner.Command(limits, "bomb", kind) with { Writable = true }, Token);

        Assert.True(outcome == result.Outcome, $"{result.Outcome}, {result.ExitCode}, {result.Reason} {result.Errors}");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, limits.Time + TimeSpan.FromSeconds(2));
        Assert.Empty(await Leftovers.FindAsync(Token));
    }

    [Fact]
    public async Task Environment_OfAProgram_IsItsOwn()
    {
        machine.NeedAny();

        var result = await machine.Sandbox.RunAsync(new SandboxCommand("/usr/bin/env", [], SandboxLimits.Small) { Environment = new Dictionary<string, string> { ["GREETING"] = "hello" } }, Token);

        var names = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=')[0]).Where(name => name is not ("_" or "PWD" or "SHLVL" or "OLDPWD")).Order();
        Assert.Equal(["GREETING", "HOME", "LANG", "PATH", "TMPDIR"], names);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task WorkTree_IsWrittenOnlyWhereThatWasAsked(bool writable, int exitCode)
    {
        machine.NeedAny();
        var command = new SandboxCommand("/bin/sh", ["-c", "cat sub/a.txt && echo x > sub/b.txt"], SandboxLimits.Small) { Files = new Dictionary<string, string> { ["sub/a.txt"] = "hello" }, Writable = writable };

        var result = await machine.Sandbox.RunAsync(command, Token);

        Assert.Equal((SandboxOutcome.Exited, "hello"), (result.Outcome, result.Output.Trim()));
        Assert.Equal(exitCode, Math.Min(result.ExitCode, 1));
    }

    [Theory]
    [InlineData("../escape.txt")]
    [InlineData("/etc/escape.txt")]
    [InlineData("a/../../escape.txt")]
    public async Task WorkTree_WithAPathThatLeadsOut_IsRefused(string path)
    {
        machine.NeedAny();
        var command = new SandboxCommand("/bin/true", [], SandboxLimits.Small) { Files = new Dictionary<string, string> { [path] = "x" } };

        await Assert.ThrowsAsync<ArgumentException>(() => machine.Sandbox.RunAsync(command, Token));
    }

    [Fact]
    public async Task Input_IsReadByTheProgram()
    {
        machine.NeedAny();

        var result = await machine.Sandbox.RunAsync(new SandboxCommand("/bin/cat", [], SandboxLimits.Small) { Input = Encoding.UTF8.GetBytes("through") }, Token);

        Assert.Equal("through", result.Output);
    }

    [Fact]
    public async Task Cancellation_EndsTheProgram()
    {
        machine.NeedAny();
        using var stop = new CancellationTokenSource();
        var running = machine.Sandbox.RunAsync(new SandboxCommand("/bin/sleep", ["60"], SandboxLimits.Small with { Time = TimeSpan.FromMinutes(1) }), stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Empty(await Leftovers.FindAsync(Token));
    }

    [Fact]
    public async Task NoSandbox_ExecutesNothing()
    {
        var result = await new NoSandbox("There is none.").RunAsync(new SandboxCommand("/bin/true", [], SandboxLimits.Small), Token);

        Assert.Equal((SandboxOutcome.Refused, SandboxLevel.Off, "There is none."), (result.Outcome, result.Level, result.Reason));
    }

    [Fact]
    public void State_BelowTheMinimum_ExecutesNothing()
    {
        var found = new SandboxState(SandboxLevel.Reduced, SandboxLevel.Full, "No user name spaces.", [], [], false, DateTimeOffset.UnixEpoch);

        Assert.False(found.Executes);
        Assert.True((found with { Minimum = SandboxLevel.Reduced }).Executes);
        Assert.False((found with { Level = SandboxLevel.Off, Minimum = SandboxLevel.Reduced }).Executes);
    }

    [Theory]
    [InlineData(SandboxLevel.Off, 0, false)]
    [InlineData(SandboxLevel.Reduced, 4, true)]
    [InlineData(SandboxLevel.Full, 65, false)]
    public void Options_AreChecked(SandboxLevel minimum, int concurrency, bool good) =>
        Assert.Equal(good, new SandboxValidation().Validate(null, new SandboxOptions { Minimum = minimum, Concurrency = concurrency }).Succeeded);

    /// <summary>No wall at all, except that the attacker is an ordinary user: what the probes must then be able to do.</summary>
    private sealed class OrdinaryUser : ISandbox
    {
        public SandboxLevel Level => SandboxLevel.Off;

        public Task<SandboxResult> RunAsync(SandboxCommand command, CancellationToken cancellationToken)
        {
            var start = new ProcessStartInfo("/usr/bin/setpriv") { WorkingDirectory = "/" };
            foreach (var part in (string[])["--reuid", "59335", "--regid", "59335", "--clear-groups", "--no-new-privs", "--", command.Program, .. command.Arguments])
            {
                start.ArgumentList.Add(part);
            }
            return Watched.RunAsync(start, command, null, Level, cancellationToken);
        }
    }
}
