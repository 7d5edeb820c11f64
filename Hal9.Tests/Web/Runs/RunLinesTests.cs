using Hal9.Engine;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Web.Runs;

namespace Hal9.Tests.Web.Runs;

public sealed class RunLinesTests
{
    private readonly RunLine old = Line("old", RunStatus.Running);
    private readonly RunLine fresh = Line("fresh", RunStatus.Queued);

    [Fact]
    public void Merge_WhileSomebodyPoints_ChangesRowsInPlaceAndHoldsNewOnesBack()
    {
        var lines = new RunLines();
        lines.Replace([old]);

        lines.Merge([fresh, old with { Status = RunStatus.Succeeded }], hold: true);

        Assert.Equal([(old.Id, RunStatus.Succeeded)], lines.Shown.Select(l => (l.Id, l.Status)));
        Assert.Equal(1, lines.Waiting);
    }

    [Fact]
    public void Release_ShowsWhatWaited_NewestFirst()
    {
        var lines = new RunLines();
        lines.Replace([old]);
        lines.Merge([fresh, old], hold: true);

        lines.Release();

        Assert.Equal([fresh.Id, old.Id], lines.Shown.Select(l => l.Id));
        Assert.Equal(0, lines.Waiting);
    }

    [Fact]
    public void Merge_WhenNobodyPoints_ShowsThePageAsItIs()
    {
        var lines = new RunLines();
        lines.Replace([old]);

        lines.Merge([fresh, old], hold: false);

        Assert.Equal([fresh.Id, old.Id], lines.Shown.Select(l => l.Id));
    }

    private static RunLine Line(string goal, RunStatus status) => new(
        Guid.CreateVersion7(), RunKind.Chat, goal, RunMode.Auto, status, Usd.Zero, Provenance.Offline, DateTimeOffset.UnixEpoch, null, Guid.Empty, null);
}
