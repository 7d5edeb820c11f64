using System.Runtime.CompilerServices;
using System.Text;

namespace Hal9.Web.Api;

/// <summary>An item of a stream, or the sign that nothing came for a while.</summary>
internal readonly record struct Pulse<T>(bool Quiet, T Item);

/// <summary>Server-sent events: what both dialects share.</summary>
internal static class Sse
{
    /// <summary>Proxies and clients give up on a silent stream; the contract promises a sign of life under 15 s.</summary>
    public static readonly TimeSpan QuietAfter = TimeSpan.FromSeconds(10);

    private static readonly byte[] KeepAlive = ": keep-alive\n\n"u8.ToArray();

    /// <summary>The source's items, with a quiet pulse whenever none came for <see cref="QuietAfter"/>.</summary>
    public static async IAsyncEnumerable<Pulse<T>> WithPulseAsync<T>(
        this IAsyncEnumerable<T> source, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A token of its own: when the reader leaves early, the pending move must end before the source can be disposed.
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var items = source.GetAsyncEnumerator(leaving.Token);
        Task<bool>? next = null;
        try
        {
            while (true)
            {
                next ??= items.MoveNextAsync().AsTask();
                var quiet = false;
                try
                {
                    await next.WaitAsync(QuietAfter, time, cancellationToken);
                }
                catch (TimeoutException) when (!next.IsCompleted)
                {
                    quiet = true;
                }
                if (quiet)
                {
                    yield return new Pulse<T>(true, default!);
                    continue;
                }
                var more = await next;
                next = null;
                if (!more)
                {
                    yield break;
                }
                yield return new Pulse<T>(false, items.Current);
            }
        }
        finally
        {
            if (next is not null)
            {
                await leaving.CancelAsync();
                await next.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
            await items.DisposeAsync();
        }
    }

    /// <summary>Makes the response a stream that nobody on the way buffers.</summary>
    public static void Begin(HttpContext context)
    {
        context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache, no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
    }

    public static Task KeepAliveAsync(HttpContext context) => SendAsync(context, KeepAlive);

    /// <summary>Sends one event and flushes; JSON never holds a line break, so one data line is enough.</summary>
    public static Task SendAsync(HttpContext context, string data, string? id = null, string? type = null)
    {
        var text = new StringBuilder(data.Length + 40);
        if (id is not null)
        {
            text.Append("id: ").Append(id).Append('\n');
        }
        if (type is not null)
        {
            text.Append("event: ").Append(type).Append('\n');
        }
        return SendAsync(context, Encoding.UTF8.GetBytes(text.Append("data: ").Append(data).Append("\n\n").ToString()));
    }

    private static async Task SendAsync(HttpContext context, byte[] bytes)
    {
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
