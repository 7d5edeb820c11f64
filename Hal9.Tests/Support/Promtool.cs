using System.Diagnostics;

namespace Hal9.Tests.Support;

/// <summary>The judge of metrics: <c>promtool check metrics</c>, from Debian's package prometheus.</summary>
public static class Promtool
{
    /// <summary>Fails with promtool's own words; skips where it is not installed.</summary>
    public static async Task CheckAsync(string metrics, CancellationToken cancellationToken)
    {
        var tool = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "promtool")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(tool is null, "promtool was not found (Debian package prometheus).");

        using var process = Process.Start(new ProcessStartInfo(tool!, ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!;
        await process.StandardInput.WriteAsync(metrics.AsMemory(), cancellationToken);
        process.StandardInput.Close();
        var said = await process.StandardError.ReadToEndAsync(cancellationToken) + await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        Assert.True(process.ExitCode == 0, said);
    }
}
