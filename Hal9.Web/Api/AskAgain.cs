using System.Globalization;

namespace Hal9.Web.Api;

/// <summary>Tells a refused caller when to ask again: each 429 has a <c>Retry-After</c>.</summary>
internal static class AskAgain
{
    /// <summary>Whether to try again by itself; OpenAI's clients obey it.</summary>
    public const string ShouldRetry = "x-should-retry";

    // Nobody said when: long enough for a limit per second or a burst to pass.
    private static readonly TimeSpan Unsaid = TimeSpan.FromSeconds(5);

    // The limit never begins anew by itself; somebody has to raise it, which takes a person's time.
    private static readonly TimeSpan ByHand = TimeSpan.FromHours(1);

    /// <summary>After a limit of ours said no: when it begins anew. A client that tries before would only be refused again.</summary>
    public static void AfterRefusal(HttpContext context, DateTimeOffset? resetsAt)
    {
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        After(context, resetsAt is { } at ? at - now : ByHand);
        context.Response.Headers[ShouldRetry] = "false";
    }

    /// <summary>After so long; null: nobody said.</summary>
    public static void After(HttpContext context, TimeSpan? wait) =>
        context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling((wait ?? Unsaid).TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
