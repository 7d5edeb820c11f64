using System.Globalization;
using Bunit;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Tests.Support;
using Hal9.Web.Budgets;
using Hal9.Web.Shared.Tables;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Hal9.Tests.Web.Budgets;

public sealed class BudgetsTests : PartsContext
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Outlook_AtAPace_SaysWhenTheLimitIsReached()
    {
        var budget = Of(limit: 100, spent: 60, reserved: 10, resetsAt: Noon.AddHours(12));

        Assert.Equal(new BudgetOutlook(Outlook.Reached, Noon.AddHours(3)), BudgetOutlook.Of(budget, new Pace(10, 0), Noon));
        Assert.Equal(new BudgetOutlook(Outlook.Holds, UsedAtEnd: 0.94), BudgetOutlook.Of(budget, new Pace(2, 0), Noon));
        Assert.Equal(Outlook.Still, BudgetOutlook.Of(budget, Pace.None, Noon).Kind);
        Assert.Equal(Outlook.UsedUp, BudgetOutlook.Of(Of(100, 90, 10, Noon.AddHours(1)), new Pace(10, 0), Noon).Kind);
        Assert.Equal(Outlook.UsedUp, BudgetOutlook.Of(Of(0, 0, 0, null), Pace.None, Noon).Kind);
        // For ever: some day, unless that is beyond what anybody plans.
        Assert.Equal(Noon.AddHours(30), BudgetOutlook.Of(Of(100, 70, 0, null), new Pace(1, 0), Noon).At);
        Assert.Equal(Outlook.Holds, BudgetOutlook.Of(Of(long.MaxValue / 2, 0, 0, null), new Pace(1, 0), Noon).Kind);
    }

    [Fact]
    public void Outlook_OfMoneyAndTokens_IsThatOfTheLimitThatComesFirst()
    {
        var budget = Of(100, 0, 0, Noon.AddHours(24)) with { LimitTokens = 1000, SpentTokens = 900 };

        Assert.Equal(Noon.AddHours(10), BudgetOutlook.Of(budget, new Pace(1, 10), Noon).At);
        Assert.Equal(Noon.AddHours(2), BudgetOutlook.Of(budget, new Pace(50, 10), Noon).At);
        Assert.Equal(0.9, BudgetOutlook.UsedOf(budget));
    }

    [Fact]
    public void Bar_ShowsWhatIsSettledAndWhatIsSetAside()
    {
        var bar = Render<BudgetBar>(p => p.Add(b => b.Budget, Of(100, 60, 25, null) with { Marks = [50, 80] }));

        Assert.Equal(["60", "25"], bar.FindAll("rect").Select(rect => rect.GetAttribute("width")));
        Assert.Equal(["50", "80"], bar.FindAll("line").Select(line => line.GetAttribute("x1")));
        Assert.Contains("85 %", bar.Find(".used-share").TextContent, StringComparison.Ordinal);
        Assert.Contains("used-high", bar.Find(".used").ClassName, StringComparison.Ordinal);
    }

    [Fact]
    public void Form_ReadsWhatWasTyped_OrNamesTheFields()
    {
        var form = new BudgetForm { LimitUsd = "$1,250.50", LimitTokens = "2,000", Marks = "95 % 50", FiscalStart = "15" };
        form.Ladder.Add(LadderStep.Pause);
        form.Ladder.Add(LadderStep.Clamp);

        var (order, faults) = form.Read();

        Assert.Empty(faults);
        Assert.Equal((Usd.FromAmount(1250.5m), 2000L, 15), (order!.Limit!.Value, order.LimitTokens!.Value, order.FiscalStart!.Value));
        Assert.Equal([50, 95], order.Marks!);
        Assert.Equal([LadderStep.Clamp, LadderStep.Pause], order.Ladder!);
        Assert.Equal(["limitUsd", "limitTokens", "marks", "fiscalStart"], new BudgetForm { LimitUsd = "-1", LimitTokens = "x", Marks = "0", FiscalStart = "31" }.Read().Faults);
        Assert.Equal(["limitUsd"], new BudgetForm().Read().Faults);
    }

    [Fact]
    public void Form_InTheViewersCulture_ReadsItsOwnDecimalSign()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            var form = BudgetForm.Of(Of(1_500_000_000, 0, 0, null));

            Assert.Equal("1,5", form.LimitUsd);
            Assert.Equal(new Usd(1_500_000_000), form.Read().Order!.Limit);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Address_OfAnyState_ReadsBackTheSame()
    {
        var query = new BudgetsQuery(BudgetScopeKind.User, BudgetPeriod.Week, true, "x & y") { Table = new TableQuery("used", true, null, "spent"), Edit = Guid.NewGuid(), Raise = Guid.NewGuid() };
        var read = QueryHelpers.ParseQuery(new Uri("http://x" + query.ToUrl()).Query);
        string? Of(string name) => read.TryGetValue(name, out StringValues value) ? value.ToString() : null;

        Assert.Equal(query, BudgetsQuery.Parse(Of("kind"), Of("period"), Of("near"), Of("q"), Of("edit"), Of("new"), TableQuery.Parse(Of("sort"), Of("order"), null, Of("hide"), BudgetsQuery.Sortable), Of("raise")));
        Assert.Equal("/budgets", BudgetsQuery.Parse("7", "x", "yes", " ", "me", "2", new TableQuery()).ToUrl());
    }

    private static BudgetView Of(long limit, long spent, long reserved, DateTimeOffset? resetsAt) =>
        new(Guid.CreateVersion7(), BudgetScopeKind.Tenant, "", BudgetPeriod.Day, new Usd(limit), null, [50, 80, 95], [], 1, new Usd(spent), 0, new Usd(reserved), 0, resetsAt);
}
