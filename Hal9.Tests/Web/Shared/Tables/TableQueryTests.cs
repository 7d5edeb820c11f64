using Hal9.Web.Shared.Tables;

namespace Hal9.Tests.Web.Shared.Tables;

public sealed class TableQueryTests
{
    [Fact]
    public void SortBy_AgainAndAgain_GoesFromHighestToLowestToTheListsOwnOrder()
    {
        var query = new TableQuery(After: "somewhere");

        var highest = query.SortBy("cost");
        var lowest = highest.SortBy("cost");

        Assert.Equal(new TableQuery("cost"), highest);
        Assert.Equal(new TableQuery("cost", Ascending: true), lowest);
        Assert.Equal(new TableQuery(), lowest.SortBy("cost"));
        Assert.Equal(new TableQuery("started"), lowest.SortBy("started"));
    }

    [Fact]
    public void Toggle_HidesAndShows_InOneSpelling()
    {
        var query = new TableQuery().Toggle("mode").Toggle("kind");

        Assert.Equal("kind.mode", query.Hidden);
        Assert.True(query.Hides("kind") && query.Hides("mode") && !query.Hides("mod"));
        Assert.Equal(new TableQuery(), query.Toggle("kind").Toggle("mode"));
    }

    [Theory]
    [InlineData("goal")]
    [InlineData("cost; drop table runs")]
    [InlineData("")]
    public void Parse_OfAColumnThatDoesNotSort_IsNoSort(string sort) => Assert.Equal(new TableQuery(), TableQuery.Parse(sort, null, null, null, ["cost", "started"]));
}
