using System.Net;
using System.Text.Json;
using Hal9.Cli;
using Hal9.Cli.Access;
using Hal9.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Cli;

/// <summary>Sign-ins: where they are kept, whom they are shown, when they are renewed.</summary>
public sealed class AccessTests
{
    private const string Url = "http://127.0.0.1:5080";
    private const string Empty = """{"items":[],"next":null}""";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SignIn_IsKeptInAFileThatOnlyItsOwnerReads()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows keeps other rights.");
            return;
        }
        using var tool = new CliTool { Wire = () => new CannedWire(_ => CannedWire.Of(Empty)) };

        var result = await tool.RunAsync("login", "--url", Url, "--key", "hal9_secret");

        Assert.Equal(ExitCode.Ok, result.Code);
        Assert.DoesNotContain("hal9_secret", result.Out + result.Error, StringComparison.Ordinal);
        var file = Path.Combine(tool.Folder, "credentials.json");
        Assert.Contains("hal9_secret", await File.ReadAllTextAsync(file, Now), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task KeyThatIsRefused_IsNotKept()
    {
        using var tool = new CliTool { Wire = () => new CannedWire(_ => CannedWire.Of("""{"title":"Sign-in is needed.","traceId":"t1"}""", HttpStatusCode.Unauthorized, "application/problem+json")) };

        var result = await tool.RunAsync("login", "--key", "hal9_wrong");

        Assert.Equal(ExitCode.Denied, result.Code);
        Assert.Contains("trace id: t1", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(tool.Folder, "credentials.json")));
    }

    [Fact]
    public async Task Somebody_IsAskedForAddressMailPasswordAndCode()
    {
        var bodies = new List<string>();
        using var tool = new CliTool
        {
            Piped = null,
            Secret = "the password",
            Wire = () => new CannedWire(request =>
            {
                bodies.Add(request.Content!.ReadAsStream() is { } body ? new StreamReader(body).ReadToEnd() : "");
                return bodies.Count == 1
                    ? CannedWire.Of("""{"title":"Sign-in is needed.","status":401,"codeNeeded":true}""", HttpStatusCode.Unauthorized, "application/problem+json")
                    : CannedWire.Of("""{"accessToken":"a","refreshToken":"r","expiresIn":600}""");
            }),
        };
        foreach (var line in (string[])["", "me@example.org", "123456"])
        {
            tool.Typed.Type(line);
        }

        var result = await tool.RunAsync("login");

        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.DoesNotContain("the password", result.Out + result.Error, StringComparison.Ordinal);
        Assert.Contains("the password", bodies[0], StringComparison.Ordinal);
        Assert.Contains("123456", bodies[1], StringComparison.Ordinal);
        Assert.Contains("Signed in at http://127.0.0.1:5080 as me@example.org.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StoredCredential_IsNotSentToAnotherAddress()
    {
        var wire = new CannedWire(_ => CannedWire.Of(Empty));
        using var tool = new CliTool { Wire = () => wire };
        await tool.RunAsync("login", "--url", Url, "--key", "hal9_secret");
        wire.Requests.Clear();

        var result = await tool.RunAsync("models", "--url", "http://elsewhere.example.org");

        Assert.Equal(ExitCode.Denied, result.Code);
        Assert.Empty(wire.Requests);
    }

    [Fact]
    public async Task Key_ByOptionWinsOverVariableAndThatOverProfile()
    {
        var wire = new CannedWire(_ => CannedWire.Of(Empty));
        using var tool = new CliTool { Wire = () => wire };
        await tool.RunAsync("login", "--url", Url, "--key", "stored");
        await tool.RunAsync("models");
        tool.Variables["HAL9_API_KEY"] = "variable";
        await tool.RunAsync("models");
        await tool.RunAsync("models", "--key", "option");

        Assert.Equal(["stored", "stored", "variable", "option"], wire.Requests.Select(request => request.Headers.Authorization!.Parameter));
    }

    [Fact]
    public async Task Logout_ForgetsOneProfileOnly()
    {
        using var tool = new CliTool { Wire = () => new CannedWire(_ => CannedWire.Of(Empty)) };
        await tool.RunAsync("login", "--key", "one");
        await tool.RunAsync("login", "--key", "two", "--profile", "work");

        await tool.RunAsync("logout");

        Assert.Equal(ExitCode.Denied, (await tool.RunAsync("models")).Code);
        Assert.Equal(ExitCode.Ok, (await tool.RunAsync("models", "--profile", "work")).Code);
    }

    // A refresh token works once; the second use ends the whole sign-in.
    [Fact]
    public async Task ManyToolsAtOnce_RenewASignInOnce()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var refreshes = 0;
        var tooMany = new TaskCompletionSource();
        var queue = new QueueTime();
        var wire = new CannedWire(async request =>
        {
            if (request.RequestUri!.AbsolutePath != "/api/v1/auth/token")
            {
                return CannedWire.Of(Empty);
            }
            var number = Interlocked.Increment(ref refreshes);
            if (number == 2)
            {
                // Held until others either wait for their turn, as they should, or have come here as well.
                await Task.WhenAny(tooMany.Task, queue.Reached).WaitAsync(Now);
            }
            else if (number > 2)
            {
                tooMany.TrySetResult();
            }
            return CannedWire.Of($$"""{"accessToken":"access{{number}}","refreshToken":"refresh{{number}}","expiresIn":600,"tokenType":"Bearer"}""");
        });
        using var tool = new CliTool { Wire = () => wire, Piped = "password\n", Time = time };
        await tool.RunAsync("login", "--url", Url, "--email", "me@example.org", "--password-stdin");
        time.Advance(TimeSpan.FromMinutes(11));
        tool.Time = queue;
        var store = new CredentialStore(new Surroundings { In = TextReader.Null, Out = TextWriter.Null, Error = TextWriter.Null, Folder = tool.Folder });
        await store.SaveAsync("default", store.Find("default")! with { ExpiresAt = DateTimeOffset.UtcNow }, Now);

        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => tool.RunAsync("models")));

        Assert.All(results, result => Assert.Equal(ExitCode.Ok, result.Code));
        Assert.Equal(2, refreshes);
        Assert.Equal("refresh2", store.Find("default")!.RefreshToken);
    }

    /// <summary>The system's time, which notes when somebody waits.</summary>
    private sealed class QueueTime : TimeProvider
    {
        private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int waits;

        public Task Reached => reached.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (Interlocked.Increment(ref waits) == 5)
            {
                reached.SetResult();
            }
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }

    [Fact]
    public async Task AccessTokenThatIsRefused_IsRenewedOnceAndTheCallRepeated()
    {
        var wire = new CannedWire(request =>
            request.RequestUri!.AbsolutePath == "/api/v1/auth/token" ? CannedWire.Of($$"""{"accessToken":"{{Guid.NewGuid()}}","refreshToken":"r","expiresIn":600}""")
            : CannedWire.Of("{}", HttpStatusCode.Unauthorized));
        using var tool = new CliTool { Wire = () => wire, Piped = "password\n" };
        await tool.RunAsync("login", "--url", Url, "--email", "me@example.org", "--password-stdin");

        var result = await tool.RunAsync("models");

        Assert.Equal(ExitCode.Denied, result.Code);
        Assert.Equal(["/api/v1/auth/token", "/api/v1/models", "/api/v1/auth/token", "/api/v1/models"], wire.Requests.Select(request => request.RequestUri!.AbsolutePath));
    }

    [Fact]
    public async Task Doctor_SeesAWrongClockAndOpenFile()
    {
        using var tool = new CliTool
        {
            Wire = () => new CannedWire(request =>
            {
                var answer = CannedWire.Of(request.RequestUri!.AbsolutePath == "/health/ready" ? "Healthy" : Empty, type: request.RequestUri!.AbsolutePath == "/health/ready" ? "text/plain" : "application/json");
                answer.Headers.Date = DateTimeOffset.UtcNow.AddMinutes(-5);
                return answer;
            }),
        };
        await tool.RunAsync("login", "--key", "k");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.Combine(tool.Folder, "credentials.json"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        }

        var result = await tool.RunAsync("doctor", "--output", "json");

        var found = JsonDocument.Parse(result.Out).RootElement.EnumerateArray().ToDictionary(row => row.GetProperty("check").GetString()!, row => row.GetProperty("state").GetString());
        Assert.Equal(ExitCode.Ok, result.Code);
        Assert.Equal("doubtful", found["clock"]);
        Assert.Equal("fine", found["credential"]);
        Assert.True(OperatingSystem.IsWindows() || found["stored sign-ins"] == "doubtful");
    }
}
