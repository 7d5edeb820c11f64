using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Hal9.Tests.Support;

/// <summary>Keeps a host's errors, so that a failed journey can show them.</summary>
internal sealed class HostLog : ILoggerProvider
{
    private readonly ConcurrentQueue<string> errors = [];

    public string Errors => string.Join('\n', errors);

    public ILogger CreateLogger(string categoryName) => new Category(categoryName, errors);

    public void Dispose()
    {
    }

    private sealed class Category(string name, ConcurrentQueue<string> errors) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                errors.Enqueue($"{name}: {formatter(state, exception)} {exception}");
            }
        }
    }
}
