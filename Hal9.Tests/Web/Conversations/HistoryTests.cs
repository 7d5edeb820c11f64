using System.Net;
using Hal9.Engine.Conversations;
using Hal9.Engine.Events;
using Hal9.Tests.Support;
using Hal9.Web.Conversations;
using Hal9.Web.Shared.Tables;
using Hal9.Web.Shared.Times;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Hal9.Tests.Web.Conversations;

public sealed class HistoryQueryTests
{
    [Fact]
    public void Address_OfAnyState_ReadsBackTheSame()
    {
        foreach (var show in Enum.GetValues<HistoryShow>())
        {
            var query = new HistoryQuery(HistoryKind.Run, show, "tea & ü")
            {
                UserId = Guid.NewGuid(), Mode = RunMode.Deep, Tag = "a b", Archived = true, Peek = Guid.NewGuid(), Table = new TableQuery("cost", true, "12_x", "model"),
                Used = TimeRange.Between(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero)),
            };

            Assert.Equal(query, Read(query.ToUrl()));
        }
        Assert.Equal("/history", Read("/history?kind=9&show=some&user=me&mode=x&archived=yes&from=then&peek=it").ToUrl());
        Assert.False(new HistoryQuery().IsNarrowed);
        Assert.True(new HistoryQuery(Show: HistoryShow.Errors).IsNarrowed);
    }

    private static HistoryQuery Read(string url)
    {
        var read = QueryHelpers.ParseQuery(new Uri("http://x" + url).Query);
        string? Of(string name) => read.TryGetValue(name, out StringValues value) ? value.ToString() : null;
        return HistoryQuery.Parse(
            Of("kind"), Of("show"), Of("q"), Of("user"), Of("mode"), Of("tag"), Of("archived"), Of("from"), Of("to"), Of("peek"),
            TableQuery.Parse(Of("sort"), Of("order"), Of("after"), Of("hide"), HistoryQuery.Sortable));
    }
}

[Collection(Hal9HostCollection.Name)]
public sealed class HistoryExportTests(Hal9Host host)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Export_HasTheFilteredRows_AndTheChosenOnesWhole()
    {
        host.Provider.Reset();
        var goal = $"=history {Guid.NewGuid():n}";
        var run = await host.Owner.StartRunAsync(goal, "deep", Token);
        await host.Owner.EndedRunAsync(run, Token);
        using var browser = new Browser(host.Url);
        await browser.SubmitAsync("/account/login", [("Form.Email", Hal9Settings.Email), ("Form.Password", Hal9Settings.Password)], Token);

        var (status, csv) = await browser.GetAsync("/history/export.csv?kind=run&mode=deep", Token);
        var (_, documents) = await browser.GetAsync($"/history/export.jsonl?ids={run}.{Guid.NewGuid()}", Token);
        var (refused, _) = await browser.GetAsync("/history/export.jsonl", Token);

        Assert.Equal(HttpStatusCode.OK, status);
        var lines = csv.TrimStart('\ufeff').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("id,kind,title,user,", lines[0], StringComparison.Ordinal);
        Assert.Single(lines, line => line.StartsWith($"{run},Run,'{goal},{Hal9Settings.Email},", StringComparison.Ordinal));
        Assert.All(lines.Skip(1), line => Assert.Contains(",Run,", line, StringComparison.Ordinal));
        var document = Assert.Single(documents.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(goal, document, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, refused);
    }
}
