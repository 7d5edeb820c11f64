using Bunit;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Monitoring;
using Hal9.Tests.Support;
using Hal9.Web.Monitoring;
using Hal9.Web.Shared.Charts;
using Hal9.Web.Shared.Times;
using Microsoft.AspNetCore.WebUtilities;

namespace Hal9.Tests.Web.Monitoring;

public sealed class DashboardTests : PartsContext
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Address_OfAnyState_ReadsBackTheSame()
    {
        foreach (var refresh in DashboardQuery.Intervals.Keys)
        {
            var query = new DashboardQuery(TimeRange.Last(TimeSpan.FromDays(7)), refresh, Wall: true);
            var read = QueryHelpers.ParseQuery(new Uri("http://x" + query.ToUrl()).Query);

            Assert.Equal(query, DashboardQuery.Parse(read["from"], read.TryGetValue("to", out var to) ? to : (string?)null, read.TryGetValue("refresh", out var every) ? every : (string?)null, read["wall"]));
        }
        Assert.Equal("/", DashboardQuery.Parse(null, "x", "9s", "yes").ToUrl());
    }

    [Fact]
    public void Rate_OfATimeThatIsNotOver_CountsWhatHasPassed()
    {
        var grid = new TimeGrid(Noon.AddHours(-1), Noon, Noon.AddHours(1), TimeSpan.FromMinutes(1));
        var point = new RunPoint(Noon, 30, 6, 0, 0, null, null, Usd.Zero);
        var statistics = new RunStatistics(grid, [], point, point);

        Assert.Equal(0.5, statistics.PerMinute(Noon.AddDays(1)));
        Assert.Equal(3, statistics.PerMinute(Noon.AddMinutes(10)));
        Assert.Equal(0.2, point.ErrorRate());
        Assert.Null((point with { Runs = 0 }).ErrorRate());
    }

    [Fact]
    public void Budget_ThatIsNearestToItsLimit_IsShown()
    {
        BudgetView[] budgets = [Of(100, 10, BudgetPeriod.Day), Of(50, 20, BudgetPeriod.Month), Of(null, 99, BudgetPeriod.Week), Of(50, 20, BudgetPeriod.Total)];

        var fullest = DashboardReader.Fullest(budgets)!;

        Assert.Equal(BudgetPeriod.Month, fullest.Period);
        Assert.Equal(0.5, DashboardReader.Used(fullest));
        Assert.Equal(1, DashboardReader.Used(Of(0, 0, BudgetPeriod.Day)));
        Assert.Null(DashboardReader.Fullest([]));
        Assert.Contains("No budget of money", Render<BudgetLine>().Markup, StringComparison.Ordinal);
        var line = Render<BudgetLine>(p => p.Add(b => b.Budget, Of(50_000_000_000, 20_000_000_000, BudgetPeriod.Month)));
        Assert.Equal("$20.00 of $50.00 (month)", line.Find(".budget-line > span").TextContent);
        Assert.Equal("0.4", line.Find("meter").GetAttribute("value"));
    }

    [Fact]
    public void FirstSteps_ShowWhatIsLeftToDo()
    {
        var card = Render<FirstStepsCard>(p => p.Add(c => c.Steps, new FirstSteps(Provider: false, Neurons: 7, Run: false, Budget: true)));

        Assert.Contains("2 of 4", card.Find("h2").TextContent, StringComparison.Ordinal);
        Assert.Equal(2, card.FindAll(".first-done").Count);
        Assert.Equal(["/models", "/chat"], card.FindAll("a.button").Select(link => link.GetAttribute("href")));
    }

    [Theory]
    [InlineData(12d, 10d, true, "+20 %", "worse")]
    [InlineData(5d, 10d, true, "−50 %", "better")]
    [InlineData(12d, 10d, false, "+20 %", "plain")]
    [InlineData(10.4, 10d, true, "+4 %", "plain")]
    [InlineData(3d, 0d, true, "new", "plain")]
    public void Change_SaysHowMuch_AndJudgesOnlyWhatIsWorse(double now, double before, bool isBad, string text, string tone)
    {
        var change = Render<Change>(p => p.Add(c => c.Now, now).Add(c => c.Before, before).Add(c => c.Text, "10").Add(c => c.IsBad, isBad)).Find(".change");

        Assert.StartsWith(text, change.TextContent, StringComparison.Ordinal);
        Assert.Contains($"change-{tone}", change.ClassName, StringComparison.Ordinal);
    }

    [Fact]
    public void Change_OfNothing_IsNotShown() => Assert.Empty(Render<Change>(p => p.Add(c => c.Now, 0d).Add(c => c.Before, 0d).Add(c => c.Text, "0")).Markup.Trim());

    // Half of the spend is only set aside.
    private static BudgetView Of(long? limit, long spent, BudgetPeriod period) => new(
        Guid.CreateVersion7(), BudgetScopeKind.Tenant, "", period, limit is { } nano ? new Usd(nano) : null, null, [], [], 1, new Usd(spent), 0, limit is 50 ? new Usd(5) : Usd.Zero, 0, null);
}
