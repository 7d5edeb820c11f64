using Hal9.Engine.Conversations;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Hal9.Web.Conversations;

/// <summary>A person's conversations beside the one that is open: pinned ones, then by day, narrowed by folder and label; the search looks into all messages.</summary>
public sealed partial class TalksPanel(
    ShelfService shelf, SearchService search, CurrentActor currentActor, NavigationManager navigation, ISnackbar toasts, ILogger<TalksPanel> log)
{
    private const int ListLength = 40;
    private const int FoundLength = 20;
    private readonly CancellationTokenSource stopping = new();
    private Actor actor = default!;
    private (TalksQuery? Query, int Version) loaded;
    private List<ConversationLine>? lines;
    private IReadOnlyList<ConversationLine> pinned = [];
    private List<FoundMessage> found = [];
    private ShelfNames? names;
    private string? older;
    private string? moreFound;
    private string? text;
    private Failure? failure;
    private Failure? unread;
    private DateTimeOffset readAt;
    private TalksQuery? readFor;

    /// <summary>What of the list the address shows.</summary>
    [Parameter, EditorRequired] public TalksQuery Query { get; set; } = TalksQuery.All;

    /// <summary>The conversation that is open.</summary>
    [Parameter] public Guid? Shown { get; set; }

    /// <summary>The found message that is shown.</summary>
    [Parameter] public Guid? At { get; set; }

    /// <summary>Another number: something changed, read the list anew.</summary>
    [Parameter] public int Version { get; set; }

    /// <summary>A conversation was renamed, archived or pinned here.</summary>
    [Parameter] public EventCallback<Guid> OnChanged { get; set; }

    [CascadingParameter] private ViewerClock? Clock { get; set; }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (loaded != (Query, Version))
        {
            if (loaded.Query != Query)
            {
                text = Query.Text;
            }
            loaded = (Query, Version);
            await ReloadAsync();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stopping.Cancel();
        stopping.Dispose();
    }

    private async Task ReloadAsync()
    {
        try
        {
            actor = await currentActor.GetAsync();
            var filter = new ConversationFilter(Query.Archived, null, Query.Folder, Query.Tag, Query.Text);
            // What is looked for is listed as it comes; only the list by day has its pinned part apart.
            var apart = !Query.Searches && !Query.Archived;
            var top = apart ? (await shelf.ListAsync(actor, filter with { Pinned = true }, null, 200, stopping.Token)).Items : [];
            var page = await shelf.ListAsync(actor, apart ? filter with { Pinned = false } : filter, null, ListLength, stopping.Token);
            var hits = Query.Searches ? await search.FindAsync(actor, Query.Text!, true, null, FoundLength, stopping.Token) : null;
            names = await shelf.NamesAsync(actor, stopping.Token);
            (pinned, lines, older) = (top, [.. page.Items], page.Next);
            (found, moreFound) = ([.. hits?.Items ?? []], hits?.Next);
            (unread, readAt, readFor) = (null, (Clock ?? ViewerClock.Utc).Now, Query);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            unread = Failure.Of(e, log);
            if (readFor != Query)
            {
                // What is there answers another question.
                (pinned, lines, older, found, moreFound) = ([], null, null, [], null);
            }
        }
    }

    private Task MoreAsync() => TryAsync(async () =>
    {
        var apart = !Query.Searches && !Query.Archived;
        var page = await shelf.ListAsync(
            actor, new ConversationFilter(Query.Archived, apart ? false : null, Query.Folder, Query.Tag, Query.Text), older, ListLength, stopping.Token);
        lines!.AddRange(page.Items);
        older = page.Next;
    });

    private Task MoreFoundAsync() => TryAsync(async () =>
    {
        var page = await search.FindAsync(actor, Query.Text!, true, moreFound, FoundLength, stopping.Token);
        found.AddRange(page.Items);
        moreFound = page.Next;
    });

    private Task RenameAsync(ConversationLine renamed) => TryAsync(async () =>
    {
        await shelf.RenameAsync(actor, renamed.Id, renamed.Title, stopping.Token);
        await ChangedAsync(renamed.Id);
    });

    private Task PinAsync(ConversationLine line) => TryAsync(async () =>
    {
        await shelf.PinAsync(actor, line.Id, !line.IsPinned, stopping.Token);
        await ChangedAsync(line.Id);
    });

    private Task ArchiveAsync(ConversationLine line) => TryAsync(async () =>
    {
        await PutAwayAsync(line.Id, !line.IsArchived, stopping.Token);
        if (line.Id == Shown && !line.IsArchived)
        {
            navigation.NavigateTo(Address(Query, null));
        }
        Toasts.Undo(toasts, line.IsArchived ? T["Restored", line.Title] : T["Archived", line.Title], T["Undo"], () => InvokeAsync(async () =>
        {
            await PutAwayAsync(line.Id, line.IsArchived, CancellationToken.None);
            StateHasChanged();
        }));
    });

    private async Task PutAwayAsync(Guid id, bool away, CancellationToken cancellationToken)
    {
        await (away ? shelf.ArchiveAsync(actor, id, cancellationToken) : shelf.RestoreAsync(actor, id, cancellationToken));
        await ChangedAsync(id);
    }

    private async Task ChangedAsync(Guid id)
    {
        await ReloadAsync();
        await OnChanged.InvokeAsync(id);
    }

    private async Task TryAsync(Func<Task> act)
    {
        try
        {
            failure = null;
            await act();
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
    }

    private void Search() => navigation.NavigateTo(Address(Query with { Text = string.IsNullOrWhiteSpace(text) ? null : text.Trim() }));

    private string Address(TalksQuery query) => Address(query, Shown);

    private static string Address(TalksQuery query, Guid? shown) => Urls.Chat(shown, list: query);

    private string AddressOf(Guid id) => Urls.Chat(id, list: Query);

    private string DayOf(ConversationLine item)
    {
        var clock = Clock ?? ViewerClock.Utc;
        var days = TimeZoneInfo.ConvertTime(clock.Now, clock.Zone).Date - TimeZoneInfo.ConvertTime(item.UpdatedAt, clock.Zone).Date;
        return days.TotalDays switch
        {
            < 1 => T["Today"],
            < 2 => T["Yesterday"],
            < 8 => T["LastSevenDays"],
            _ => T["Older"],
        };
    }
}
