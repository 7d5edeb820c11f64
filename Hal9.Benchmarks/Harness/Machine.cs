using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Hal9.Benchmarks.Harness;

/// <summary>The shape of the machine, so that absolute numbers can be read; they are never judged.</summary>
internal static class Machine
{
    public static string Shape => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1024 / 1024 / 1024} GiB, {RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}, .NET {Environment.Version}, fsync p50 {FsyncMilliseconds(Path.GetTempPath()):0.00} ms");

    /// <summary>The median time of an append of 4 KB that reaches the disk.</summary>
    public static double FsyncMilliseconds(string folder)
    {
        var file = Path.Combine(folder, $"hal9-fsync-{Guid.NewGuid():N}");
        try
        {
            using var stream = new FileStream(file, FileMode.CreateNew);
            var page = new byte[4096];
            var times = new List<double>();
            for (var i = 0; i < 100; i++)
            {
                var begun = Stopwatch.GetTimestamp();
                stream.Write(page);
                stream.Flush(flushToDisk: true);
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }
            return Series.Quantile(times, 0.5);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>A free port on loopback.</summary>
    public static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
