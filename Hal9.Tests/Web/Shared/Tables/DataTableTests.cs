using Bunit;
using Hal9.Tests.Support;
using Hal9.Web.Shared;
using Hal9.Web.Shared.Tables;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Web.Shared.Tables;

public sealed class DataTableTests : PartsContext
{
    private static readonly Item[] Items = [new(Guid.CreateVersion7(), "one", 1), new(Guid.CreateVersion7(), "two", 2)];

    [Fact]
    public void Rows_OfTheFirstRender_StandUnderTheirColumns()
    {
        var table = Show(p => p.Add(t => t.Items, Items));

        Assert.Equal(["Name", "Size", "Actions"], table.FindAll("th").Select(th => th.TextContent.Trim()));
        Assert.Equal(["one", "two"], table.FindAll(".row-link").Select(link => link.TextContent));
        Assert.Equal($"/items/{Items[0].Id}", table.Find(".row-link").GetAttribute("href"));
        Assert.Equal(Items[1].Id.ToString(), table.FindAll("[data-copy]")[1].GetAttribute("data-copy"));
    }

    [Fact]
    public void Headings_ThatSort_AreLinksAndSayHow()
    {
        var table = Show(p => p.Add(t => t.Items, Items), new TableQuery("size"));

        Assert.Equal("descending", table.FindAll("th")[1].GetAttribute("aria-sort"));
        Assert.Null(table.FindAll("th")[0].GetAttribute("aria-sort"));
        Assert.Equal("/items?sort=size&order=asc", table.Find(".sort").GetAttribute("href"));
    }

    [Fact]
    public void Column_ThatIsHidden_LeavesAndComesBackByAddress()
    {
        var table = Show(p => p.Add(t => t.Items, Items), new TableQuery(Hidden: "size"));
        Assert.Equal(["Name", "Actions"], table.FindAll("th").Select(th => th.TextContent.Trim()));

        table.Find(".table-columns input:not([data-dense])").Change(true);

        Assert.Equal("http://localhost/items", Services.GetRequiredService<NavigationManager>().Uri);
    }

    [Fact]
    public void List_ThatLoads_IsEmpty_MatchesNothing_FailsOrIsStale_SaysWhich()
    {
        FilterChip[] chips = [new("Status", "Failed", "/items?q=a")];
        var failed = new Failure(null, "0af7651916cd43dd8448eb211c80319c");

        Assert.NotNull(Show(p => p.Add(t => t.Items, null)).Find("[role=status] .skeleton"));
        Assert.Contains("Nothing was made yet", Show(p => p.Add(t => t.Items, [])).Markup, StringComparison.Ordinal);
        var narrowed = Show(p => p.Add(t => t.Items, []).Add(t => t.Chips, chips).Add(t => t.Count, new RowCount(0, OfAll: 1240)));
        Assert.Contains("0 of 1,240 match", narrowed.Markup, StringComparison.Ordinal);
        Assert.Equal("/items", narrowed.Find(".empty a").GetAttribute("href"));
        Assert.Equal("/items?q=a", narrowed.Find(".filter-chip").GetAttribute("href"));
        Assert.Contains("could not be loaded", Show(p => p.Add(t => t.Items, null).Add(t => t.Failure, failed)).Find("[role=alert]").TextContent, StringComparison.Ordinal);
        var stale = Show(p => p.Add(t => t.Items, Items).Add(t => t.Failure, failed).Add(t => t.StaleSince, new DateTimeOffset(2026, 11, 22, 12, 3, 11, TimeSpan.Zero)));
        Assert.Contains("Stale since 12:03:11", stale.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal(2, stale.FindAll(".table-stale .row-link").Count);
    }

    [Fact]
    public void Pages_AreLinks_ForthAndToTheFirst()
    {
        var table = Show(p => p.Add(t => t.Items, Items).Add(t => t.Next, "c2"), new TableQuery(After: "c1"));

        Assert.Equal(["/items", "/items?after=c2"], table.FindAll(".pager a").Select(link => link.GetAttribute("href")));
    }

    private IRenderedComponent<DataTable<Item>> Show(Action<ComponentParameterCollectionBuilder<DataTable<Item>>> more, TableQuery? query = null) => Render<DataTable<Item>>(p =>
    {
        p.Add(t => t.Label, "Items").Add(t => t.IdOf, item => item.Id).Add(t => t.HrefOf, item => $"/items/{item.Id}").Add(t => t.Query, query ?? new TableQuery()).Add(t => t.ClearHref, "/items");
        p.Add(t => t.Address, wanted => Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString("/items", new Dictionary<string, string?> { ["sort"] = wanted.Sort, ["order"] = wanted.Order, ["after"] = wanted.After, ["hide"] = wanted.Hidden }));
        p.Add(t => t.Empty, "<p>Nothing was made yet</p>");
        p.Add(t => t.Columns, builder =>
        {
            Column(builder, "name", "Name", isMain: true, item => item.Name);
            Column(builder, "size", "Size", isMain: false, item => item.Size.ToString(System.Globalization.CultureInfo.InvariantCulture));
        });
        more(p);
    });

    private static void Column(Microsoft.AspNetCore.Components.Rendering.RenderTreeBuilder builder, string key, string title, bool isMain, Func<Item, string> text)
    {
        builder.OpenComponent<TableColumn<Item>>(0);
        builder.AddComponentParameter(1, nameof(TableColumn<Item>.Key), key);
        builder.AddComponentParameter(2, nameof(TableColumn<Item>.Title), title);
        builder.AddComponentParameter(3, nameof(TableColumn<Item>.IsMain), isMain);
        builder.AddComponentParameter(4, nameof(TableColumn<Item>.Sorts), !isMain);
        builder.AddComponentParameter(5, nameof(TableColumn<Item>.ChildContent), (RenderFragment<Item>)(item => b => b.AddContent(0, text(item))));
        builder.CloseComponent();
    }

    public sealed record Item(Guid Id, string Name, int Size);
}
