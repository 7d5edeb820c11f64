using Bunit;
using Hal9.Tests.Support;
using Hal9.Web.Shared;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Web.Shared;

public sealed class PartTests : PartsContext
{
    private readonly Part<string> part = new();
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 27, 12, 3, 11, TimeSpan.Zero));

    private ViewerClock Clock => new(time, TimeZoneInfo.Utc);

    [Fact]
    public async Task Part_ThatLoads_Fails_OrIsStale_SaysWhich_AndKeepsWhatItHad()
    {
        Assert.NotNull(Show().Find("[role=status] .skeleton"));
        await ReadAsync(() => throw new InvalidOperationException("the database is gone"));
        var failed = Show();
        Assert.Contains("could not be read", failed.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("database", failed.Markup, StringComparison.Ordinal);
        Assert.NotEmpty(failed.Find("code").TextContent);

        await ReadAsync(() => Task.FromResult("well"));
        Assert.Equal("well", Show().Find("p").TextContent);

        await ReadAsync(() => throw new InvalidOperationException());
        var stale = Show();
        Assert.Contains("Stale since 12:03:11", stale.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal("well", stale.Find("p").TextContent);
        Assert.NotNull(stale.Find("[role=alert] button"));
    }

    [Fact]
    public async Task Answer_ToAQuestionThatIsNoLongerAsked_IsDropped()
    {
        var late = new TaskCompletionSource<string>();
        var first = ReadAsync(() => late.Task);
        await ReadAsync(() => Task.FromResult("new"));

        late.SetResult("old");
        await first;
        Assert.Equal("new", part.Value);
        part.Forget();

        Assert.Null(part.Value);
    }

    private Task ReadAsync(Func<Task<string>> read) => part.ReadAsync(read, Clock, NullLogger.Instance, CancellationToken.None);

    private IRenderedComponent<PartPanel<string>> Show() => Render<PartPanel<string>>(p => p
        .Add(x => x.Part, part).Add(x => x.Title, "Part").Add(x => x.OnRetry, () => { }).Add(x => x.ChildContent, value => $"<p>{value}</p>").AddCascadingValue(Clock));
}
