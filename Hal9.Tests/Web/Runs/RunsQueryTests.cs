using Hal9.Engine.Events;
using Hal9.Web.Runs;
using Hal9.Web.Shared.Tables;
using Hal9.Web.Shared.Times;

namespace Hal9.Tests.Web.Runs;

public sealed class RunsQueryTests
{
    [Fact]
    public void Url_OfAnyState_ReadsBackTheSame()
    {
        foreach (var status in Enum.GetValues<RunStatus>())
        {
            var query = new RunsQuery(status, RunKind.Api, RunMode.Deep, "a & b = ü?") 
            {
                Table = new TableQuery("cost", true, "12_x", "kind.mode"),
                Ended = TimeRange.Between(new DateTimeOffset(2026, 11, 27, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 27, 1, 0, 0, TimeSpan.Zero)),
            };
            var read = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(new Uri("http://x" + query.ToUrl()).Query);

            Assert.Equal(query, RunsQuery.Parse(read["status"], read["kind"], read["mode"], read["q"], TableQuery.Parse(read["sort"], read["order"], read["after"], read["hide"], RunsQuery.Sortable), read["from"], read["to"]));
        }
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("5")]
    [InlineData("")]
    [InlineData(null)]
    public void Parse_OfWhatIsNoStatus_LeavesItOut(string? status) => Assert.Equal(new RunsQuery(), RunsQuery.Parse(status, null, "", " ", TableQuery.Parse("goal", null, "", "", RunsQuery.Sortable)));
}
