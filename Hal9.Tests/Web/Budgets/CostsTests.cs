using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Bunit;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Tests.Support;
using Hal9.Web.Budgets;
using Hal9.Web.Shared.Tables;
using Hal9.Web.Shared.Times;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Hal9.Tests.Web.Budgets;

public sealed class CostsTests : PartsContext
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Address_OfAnyState_ReadsBackTheSame()
    {
        foreach (var group in CostsQuery.Groups)
        {
            var query = new CostsQuery(TimeRange.Last(TimeSpan.FromDays(90)), group, BudgetPeriod.Week)
            {
                Of = group is CostGroup.Tag ? CostFilter.All : new CostFilter(Guid.NewGuid().ToString(), "", "a/b c", "a", "writer", "L3", "codegen"), Text = "x & y = ü", Table = new TableQuery("calls", true, "kx", "cached.input"),
            };

            Assert.Equal(query, Read(query.ToUrl()));
        }
        Assert.Equal("/costs", Read("/costs?by=team&step=total&user=me&layer=L9&kind=7&from=yesterday").ToUrl());
    }

    [Theory]
    [InlineData(1, null, BudgetPeriod.Hour)]
    [InlineData(30, null, BudgetPeriod.Day)]
    [InlineData(200, null, BudgetPeriod.Week)]
    [InlineData(30, BudgetPeriod.Hour, BudgetPeriod.Hour)]
    [InlineData(90, BudgetPeriod.Hour, BudgetPeriod.Day)]
    [InlineData(1, BudgetPeriod.Month, BudgetPeriod.Month)]
    public void Granularity_IsAsChosen_WhereThatIsNotTooFine(int days, BudgetPeriod? chosen, BudgetPeriod expected)
    {
        var query = new CostsQuery(TimeRange.Last(TimeSpan.FromDays(days)), CostGroup.User, chosen);

        Assert.Equal(expected, query.Granularity(Noon));
        Assert.NotEqual(BudgetPeriod.Hour, (query with { By = CostGroup.Tag }).Granularity(Noon));
    }

    [Fact]
    public void Savings_AreTheDifferenceOfThePrices()
    {
        var sum = new CostItem("m", null, Usd.Zero, 100_000, 40_000, 8_000, 0, 0, 1, 0);
        var price = new ModelPrice { Version = "v", Input = 3_000_000, CachedInput = 300_000, CacheWrite = 3_750_000, Output = 15_000_000 };

        // 40,000 x (3 - 0.3) - 8,000 x (3.75 - 3), in USD per million.
        Assert.Equal(new Usd(102_000_000), CostsView.SavedBy(sum, price));
        Assert.Equal(Usd.Zero, CostsView.SavedBy(sum, price with { CachedInput = null, CacheWrite = null }));
        Assert.Equal(Usd.Zero, CostsView.SavedBy(sum, null));
    }

    [Fact]
    public void Rows_OfEveryOrder_ComePageByPageOnceEach()
    {
        var lines = Enumerable.Range(0, 23).Select(i => Line(i == 7 ? "" : $"key{i}", nano: i % 5, calls: 23 - i)).ToList();
        foreach (var sort in CostsQuery.Sortable.Append(null))
        {
            var sorted = CostRows.Sort(lines, new TableQuery(sort, Ascending: sort == "name"));
            var seen = new List<string>();
            for (string? after = null; ;)
            {
                var (page, next) = CostRows.Page(sorted, after, 10);
                seen.AddRange(page.Select(line => line.Key));
                after = next;
                if (next is null)
                {
                    break;
                }
            }

            Assert.Equal(sorted.Select(line => line.Key), seen);
            Assert.Equal(23, seen.Distinct().Count());
        }
        Assert.Equal(10, CostRows.Page(lines, "kgone", 10).Lines.Count);
    }

    [Fact]
    public void Marks_SayTheirRuleAndWhatIsUsual()
    {
        var marks = Render<CostMarks>(p => p
            .Add(c => c.Anomalies, [new CostAnomaly(Noon, new Usd(9 * Usd.NanoPerUsd), new Usd(2 * Usd.NanoPerUsd))]).Add(c => c.Zone, TimeZoneInfo.Utc).Add(c => c.Granularity, BudgetPeriod.Day)
            .Add(c => c.HrefOf, at => "/costs?" + at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));

        Assert.Contains("more than 3 times the median of the 14 steps before", marks.Find("p").TextContent, StringComparison.Ordinal);
        Assert.Contains("$9.00, 4.5 times the usual $2.00", marks.Find("li").TextContent, StringComparison.Ordinal);
        Assert.Equal("/costs?1795780800", marks.Find("li a").GetAttribute("href"));
    }

    private static CostLine Line(string key, long nano, long calls) => new(key, key.ToUpperInvariant(), new CostItem(key, null, new Usd(nano), calls, 0, 0, calls, 0, calls, 0), 0);

    private static CostsQuery Read(string url)
    {
        var read = QueryHelpers.ParseQuery(new Uri("http://x" + url).Query);
        string? Of(string name) => read.TryGetValue(name, out StringValues value) ? value.ToString() : null;
        return CostsQuery.Parse(
            Of("from"), Of("to"), Of("by"), Of("step"), CostsQuery.ReadOf(Of("user"), Of("key"), Of("model"), Of("provider"), Of("neuron"), Of("layer"), Of("kind")), Of("q"),
            TableQuery.Parse(Of("sort"), Of("order"), Of("after"), Of("hide"), CostsQuery.Sortable));
    }
}

[Collection(Hal9HostCollection.Name)]
public sealed class CostsExportTests(Hal9Host host)
{
    private static CancellationToken Token => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task Export_HasTheFilteredSet_WithoutFormulas_AndAddsUpToTheApi()
    {
        host.Provider.Reset();
        var tag = $"=cmd-{Guid.NewGuid():n}";
        var run = await host.Owner.PostAsync("/api/v1/runs", new JsonObject { ["goal"] = "Costs as a file", ["mode"] = "quick", ["tags"] = new JsonArray(tag) }, Token);
        var cost = (await host.Owner.EndedRunAsync(run.GetProperty("id").GetGuid(), Token)).GetProperty("costNanoUsd").GetInt64();
        using var browser = new Browser(host.Url);
        await browser.SubmitAsync("/account/login", [("Form.Email", Hal9Settings.Email), ("Form.Password", Hal9Settings.Password)], Token);

        var (status, byTag) = await browser.GetAsync($"/costs/export.csv?by=tag&from=now-1d&q={tag[5..]}", Token);
        var (_, byModel) = await browser.GetAsync("/costs/export.csv?by=model&step=day&from=now-1d", Token);
        var api = await host.Owner.GetAsync("/api/v1/costs?groupBy=model", Token);

        Assert.Equal(HttpStatusCode.OK, status);
        var lines = byTag.TrimStart('\ufeff').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("by,key,name,from,costUsd,nanoUsd,inputTokens,cachedTokens,cacheWriteTokens,outputTokens,reasoningTokens,calls,unpriced", lines[0]);
        var row = Assert.Single(lines.Skip(1)).Split(',');
        Assert.Equal(("'" + tag, cost.ToString(CultureInfo.InvariantCulture)), (row[1], row[5]));
        Assert.Equal(
            api.GetProperty("items").EnumerateArray().Sum(item => item.GetProperty("nanoUsd").GetInt64()),
            byModel.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Sum(line => long.Parse(line.Split(',')[5], CultureInfo.InvariantCulture)));
    }
}
