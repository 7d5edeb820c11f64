using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Hal9.Tests.Support;

/// <summary>The built product as a child process, as an operator starts it, which can be killed without warning.</summary>
public sealed partial class Hal9Process : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringBuilder log = new();
    private readonly TaskCompletionSource<string> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Hal9Process(Process process) => this.process = process;

    /// <summary>Where it listens.</summary>
    public string Url => listening.Task.Result;

    /// <summary>What it has written so far.</summary>
    public string Log
    {
        get
        {
            lock (log)
            {
                return log.ToString();
            }
        }
    }

    /// <summary>Starts it on a free port and waits until it listens.</summary>
    public static Task<Hal9Process> StartAsync(IReadOnlyDictionary<string, string?> settings, CancellationToken cancellationToken) =>
        StartAsync(settings, "http://127.0.0.1:0", cancellationToken);

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<Hal9Process> StartAsync(IReadOnlyDictionary<string, string?> settings, string address, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = Hal9Settings.RepositoryRoot,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Hal9.Web.dll"));
        start.Environment["ASPNETCORE_URLS"] = address;
        // It lives for seconds: what the runtime would learn by watching itself never pays.
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (name, value) in settings)
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }
        var product = new Hal9Process(new Process { StartInfo = start, EnableRaisingEvents = true });
        product.process.OutputDataReceived += (_, line) => product.Read(line.Data);
        product.process.ErrorDataReceived += (_, line) => product.Read(line.Data);
        product.process.Start();
        product.process.BeginOutputReadLine();
        product.process.BeginErrorReadLine();
        var ended = product.EndedAsync();
        try
        {
            await Task.WhenAny(product.listening.Task, ended).WaitAsync(TimeSpan.FromMinutes(1), cancellationToken);
            await product.listening.Task;
        }
        catch
        {
            await product.DisposeAsync();
            throw;
        }
        return product;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        process.Kill();
        await process.WaitForExitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
        process.Dispose();
    }

    // The end of a process is told before its last lines have been read; waiting for it waits for them, too.
    private async Task EndedAsync()
    {
        await process.WaitForExitAsync();
        listening.TrySetException(new InvalidOperationException($"The product ended before it listened:\n{Log}"));
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }
        lock (log)
        {
            log.AppendLine(line);
        }
        if (ListeningLine().Match(line) is { Success: true } match)
        {
            listening.TrySetResult(match.Groups[1].Value);
        }
    }

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex ListeningLine();
}
