using System.Diagnostics;
using Hal9.Engine.Budgets;
using Hal9.Engine.Tenancy;

namespace Hal9.Web.Shared;

/// <summary>Why something that was asked for did not happen, in words for the person who asked.</summary>
/// <param name="Text">The reason, when one was written for people.</param>
/// <param name="TraceId">The id under which the log has it, when the reason is ours.</param>
/// <param name="Missing">The permission that was missing.</param>
public sealed partial record Failure(string? Text, string? TraceId, Permission? Missing = null)
{
    /// <summary>Reasons that were written for people are shown; anything else is logged and shown by its id alone.</summary>
    public static Failure Of(Exception error, ILogger log)
    {
        if (error is AccessDenied denied)
        {
            return new Failure(null, null, denied.Permission);
        }
        if (error is ArgumentException or BudgetRefused or KeyNotFoundException)
        {
            // The framework appends the parameter's name to the message; that is for programmers.
            return new Failure(error.Message.Split(" (Parameter", 2)[0], null);
        }
        var traceId = Activity.Current?.TraceId.ToString() ?? Guid.CreateVersion7().ToString("n");
        AskedInVain(log, traceId, error);
        return new Failure(null, traceId);
    }

    [LoggerMessage(LogLevel.Error, "A request of a page failed (trace {TraceId})")]
    private static partial void AskedInVain(ILogger log, string traceId, Exception error);
}
