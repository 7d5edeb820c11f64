using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Hal9.Benchmarks.Gateway;

/// <summary>The least that a gateway in C# could be: Kestrel in front, a pooled handler behind, the body copied through, nothing looked at, nothing kept.</summary>
internal static class PassThrough
{
    public static async Task<int> ServeAsync(string upstream)
    {
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None });
        var app = Bare.Build();
        app.Run(async context =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, upstream + context.Request.Path);
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
            request.Content.Headers.ContentLength = context.Request.ContentLength;
            request.Headers.TryAddWithoutValidation("Authorization", context.Request.Headers.Authorization.ToString());
            using var answer = await client.SendAsync(request, context.RequestAborted);
            context.Response.StatusCode = (int)answer.StatusCode;
            context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            context.Response.ContentLength = answer.Content.Headers.ContentLength;
            await using var stream = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
            var buffer = new byte[16 * 1024];
            while (await stream.ReadAsync(buffer, context.RequestAborted) is > 0 and var count)
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, count), context.RequestAborted);
                if (answer.Content.Headers.ContentLength is null)
                {
                    await context.Response.Body.FlushAsync(context.RequestAborted);
                }
            }
        });
        return await Bare.ServeAsync(app);
    }
}
