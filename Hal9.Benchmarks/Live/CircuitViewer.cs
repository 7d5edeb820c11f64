using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Hal9.Tests.Support;

namespace Hal9.Benchmarks.Live;

/// <summary>
/// A page of the product without its browser: fetches the prerendered page, opens the circuit as Blazor's script does (blazorpack over a WebSocket: start,
/// the page's root components with their state), answers every call of JavaScript, acknowledges every render batch as soon as it came, and joins the feed as the
/// map's script does.
/// </summary>
internal sealed partial class CircuitViewer : Viewer
{
    private const string Start = "start";
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Browser browser;
    private string circuit = "";
    private Viewer? feed;
    private int objects;

    private CircuitViewer(Browser browser) => this.browser = browser;

    protected override bool IsBinary => true;

    protected override byte[] Ping => Pack.Ping;

    /// <summary>Signs in as the owner; the cookies serve all viewers.</summary>
    public static async Task<Browser> SignInAsync(Uri server, CancellationToken cancellationToken)
    {
        var browser = new Browser(server.GetLeftPart(UriPartial.Authority));
        var (status, _, body) = await browser.SubmitAsync("/account/login", [("Form.Email", Hal9Settings.Email), ("Form.Password", Hal9Settings.Password)], cancellationToken);
        return status == HttpStatusCode.Redirect ? browser : throw new InvalidOperationException($"Sign-in gave {status}: {body}");
    }

    /// <summary>Opens a page and waits until it is live.</summary>
    public static async Task<Viewer> OpenAsync(Browser browser, string path, CancellationToken cancellationToken)
    {
        var page = await browser.Http.GetStringAsync(path, cancellationToken);
        var roots = Root().Matches(page).Select((root, i) => string.Create(CultureInfo.InvariantCulture, $$"""{"type":"add","ssrComponentId":{{i + 1}},"marker":{{root.Groups[1].Value}}}""")).ToList();
        var state = State().Match(page).Groups[1].Value;
        var server = browser.Http.BaseAddress!;
        var viewer = new CircuitViewer(browser);
        try
        {
            await viewer.ConnectAsync(new Uri(server, "/_blazor"), browser.Cookies, "blazorpack", cancellationToken);
            await viewer.SendAsync(Pack.Call(Start, "StartCircuit", server.ToString(), new Uri(server, path).ToString(), "[]", state));
            await viewer.started.Task.WaitAsync(TimeSpan.FromMinutes(1), cancellationToken);
            await viewer.SendAsync(Pack.Call(null, "UpdateRootComponents", $$"""{"batchId":1,"operations":[{{string.Join(',', roots)}}]}""", state));
            await viewer.ready.Task.WaitAsync(TimeSpan.FromMinutes(1), cancellationToken);
            viewer.feed = await HubViewer.JoinAsync(server, browser.Cookies, viewer, cancellationToken);
            return viewer;
        }
        catch
        {
            await viewer.DisposeAsync();
            throw;
        }
    }

    protected override void Fail(Exception exception)
    {
        started.TrySetException(exception);
        ready.TrySetException(exception);
    }

    // Without it the server keeps the circuit for a while, at work, should the viewer come back.
    protected override async Task LeaveAsync()
    {
        if (feed is not null)
        {
            await feed.DisposeAsync();
        }
        if (circuit.Length > 0)
        {
            using var form = new MultipartFormDataContent { { new StringContent(circuit), "circuitId" } };
            using var request = new HttpRequestMessage(HttpMethod.Post, "/_blazor/disconnect") { Content = form };
            request.Headers.Add("Origin", browser.Http.BaseAddress!.GetLeftPart(UriPartial.Authority));
            using var answer = await browser.Http.SendAsync(request);
            answer.EnsureSuccessStatusCode();
        }
    }

    protected override int Take(ReadOnlySpan<byte> bytes, long at, List<byte[]> answers)
    {
        var taken = 0;
        while (Pack.FrameOf(bytes[taken..]) is { } frame)
        {
            Read(new Unpack(bytes.Slice(taken + frame.Header, frame.Length)), at, answers);
            taken += frame.Header + frame.Length;
        }
        return taken;
    }

    private void Read(Unpack message, long at, List<byte[]> answers)
    {
        message.Array();
        var kind = message.Integer();
        if (kind == 3)
        {
            message.NoHeaders();
            message.Bytes();
            message.Integer();
            circuit = Encoding.UTF8.GetString(message.Bytes());
            started.TrySetResult();
        }
        if (kind != 1)
        {
            return;
        }
        message.NoHeaders();
        message.Bytes();
        var target = message.Bytes();
        message.Array();
        if (target.SequenceEqual("JS.RenderBatch"u8))
        {
            Renders++;
            var number = message.Integer();
            Figure(message.Bytes(), at);
            answers.Add(Pack.Call(null, "OnRenderCompleted", number, null));
        }
        else if (target.SequenceEqual("JS.BeginInvokeJS"u8))
        {
            Invoke(message, at, answers);
        }
        else if (target.SequenceEqual("JS.Error"u8))
        {
            throw new InvalidOperationException("The circuit failed: " + Encoding.UTF8.GetString(message.Bytes()));
        }
    }

    private void Invoke(Unpack message, long at, List<byte[]> answers)
    {
        var handle = message.Integer();
        var method = message.Bytes();
        message.Bytes();
        var wantsObject = message.Integer() == 1;
        if (method.SequenceEqual("attach"u8))
        {
            ready.TrySetResult();
        }
        if (handle != 0)
        {
            var result = wantsObject ? string.Create(CultureInfo.InvariantCulture, $$"""{"__jsObjectId":{{++objects}}}""") : "null";
            answers.Add(Pack.Call(null, "EndInvokeJSFromDotNet", handle, true, string.Create(CultureInfo.InvariantCulture, $"[{handle},true,{result}]")));
        }
    }

    // A batch carries its texts as they are shown, so how many steps a card tells is read from them.
    private void Figure(ReadOnlySpan<byte> batch, long at)
    {
        var most = Figures.Count == 0 ? 0 : Figures[^1].Total;
        var seen = most;
        while (batch.IndexOf(" steps"u8) is >= 0 and var end)
        {
            var begin = end;
            while (begin > 0 && batch[begin - 1] is (>= (byte)'0' and <= (byte)'9') or (byte)',')
            {
                begin--;
            }
            seen = Math.Max(seen, NumberAt(batch[begin..end]));
            batch = batch[(end + 6)..];
        }
        if (seen > most)
        {
            Figures.Add((at, seen));
        }
    }

    [GeneratedRegex("<!--Blazor:(\\{[^>]*\"descriptor\"[^>]*\\})-->")]
    private static partial Regex Root();

    [GeneratedRegex("<!--Blazor-Server-Component-State:([^>]*?)-->")]
    private static partial Regex State();
}
