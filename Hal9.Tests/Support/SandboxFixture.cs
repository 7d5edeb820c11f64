using Hal9.Engine.Sandbox;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Hal9.Tests.Support;

/// <summary>One sandbox for the tests of an assembly, probed once. Its level is this machine's.</summary>
public sealed class SandboxFixture : IAsyncLifetime
{
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("hal9-sandbox-data");

    /// <summary>The sandbox, with the least minimum.</summary>
    public SandboxService Sandbox { get; }

    /// <summary>What was found.</summary>
    public SandboxState State { get; private set; } = null!;

    public SandboxFixture() => Sandbox = Make(SandboxLevel.Reduced);

    /// <summary>Another one with a minimum of its own.</summary>
    public SandboxService Make(SandboxLevel minimum) =>
        new(Options.Create(new SandboxOptions { Minimum = minimum, Concurrency = 8 }), data.FullName, TimeProvider.System, NullLogger<SandboxService>.Instance);

    /// <summary>Skips a test, with the level obtained, where the full level is not there.</summary>
    public void NeedFull() => Assert.SkipUnless(State.Level == SandboxLevel.Full, $"Sandbox level {State.Level}: {State.Reason}");

    /// <summary>Skips a test, with the reason, where nothing is executed.</summary>
    public void NeedAny() => Assert.SkipUnless(State.Executes, $"Sandbox level {State.Level}: {State.Reason}");

    public async ValueTask InitializeAsync() => State = await Sandbox.ProbeAsync(CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        Sandbox.Dispose();
        data.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
