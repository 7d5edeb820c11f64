using System.Globalization;

namespace Hal9.Web.Diagnostics;

/// <summary>The newest lines of the log, kept in memory for the diagnostics bundle; the log's own filters decide what comes here.</summary>
internal sealed class LogTail(TimeProvider time) : ILoggerProvider
{
    /// <summary>How many lines are kept.</summary>
    public const int Most = 500;

    private const int LongestLine = 4000;
    private readonly Lock gate = new();
    private readonly Queue<string> lines = new();

    /// <summary>The lines, oldest first.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (gate)
            {
                return [.. lines];
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => new Writer(this, categoryName);

    public void Dispose()
    {
    }

    private void Keep(LogLevel level, string category, string text)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {level} {category}: {text}");
        lock (gate)
        {
            lines.Enqueue(line.Length > LongestLine ? line[..LongestLine] + "…" : line);
            if (lines.Count > Most)
            {
                lines.Dequeue();
            }
        }
    }

    private sealed class Writer(LogTail tail, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and not LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                tail.Keep(logLevel, category, exception is null ? formatter(state, exception) : $"{formatter(state, exception)} {exception}");
            }
        }
    }
}
