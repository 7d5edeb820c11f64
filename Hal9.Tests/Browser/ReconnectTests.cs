using Hal9.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Hal9.Tests.InBrowser;

/// <summary>The server goes away while somebody looks at it.</summary>
public sealed class ReconnectTests(Chromium chromium)
{
    private const string Reply = "**Calm** is the answer, of a stream that is cut in the middle and written anew.";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_of_a_server_that_was_killed_in_mid_stream_is_there_exactly_once()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        var never = new ScriptedGate();
        provider.Enqueue([new ScriptedReply { Text = Reply, HoldWithin = never, HoldAfterChunks = 2 }]);
        provider.Default = ScriptedReply.Of(Reply);
        var data = Hal9Settings.NewDataDirectory();
        var settings = Hal9Settings.For(data, provider);
        var product = await Hal9Process.StartAsync(settings, Token);
        try
        {
            var page = await chromium.SignInAsync(product.Url);
            await page.FillAsync("#message", "Say hello");
            await page.PressAsync("#message", "Enter");
            await Expect(page.Locator(".prose-open strong")).ToHaveTextAsync("Calm");

            await product.KillAsync(Token);
            await Expect(page.Locator(".reconnect-card")).ToBeVisibleAsync();
            await page.WaitForTimeoutAsync(5000);
            var address = product.Url;
            await product.DisposeAsync();
            product = await Hal9Process.StartAsync(settings, address, Token);

            await Expect(page.Locator(".answer-foot .provenance-live")).ToBeVisibleAsync(new() { Timeout = 60_000 });
            await Expect(page.Locator(".answer .prose")).ToHaveTextAsync(["Calm is the answer, of a stream that is cut in the middle and written anew."]);
            await Expect(page.Locator(".reconnect-card")).ToBeHiddenAsync();
            await Chromium.ChatIsReadyAsync(page);
            await page.FillAsync("#message", "And once more");
            await page.PressAsync("#message", "Enter");
            await Expect(page.Locator(".answer .prose")).ToHaveCountAsync(2);
        }
        finally
        {
            await product.DisposeAsync();
            Directory.Delete(data, recursive: true);
        }
    }
}
