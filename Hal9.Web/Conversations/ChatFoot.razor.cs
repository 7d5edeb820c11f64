using System.Globalization;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Conversations;

/// <summary>Where a message is written, with what the tightest budget leaves.</summary>
public sealed partial class ChatFoot(BudgetService budgets, CurrentActor currentActor, ILogger<ChatFoot> log)
{
    private BudgetRoom? room;
    private int loaded = -1;

    /// <summary>Another number: something was spent, read the budget anew.</summary>
    [Parameter] public int Version { get; set; }

    /// <summary>Why nothing can be sent here; none: it can.</summary>
    [Parameter] public string? Refused { get; set; }

    /// <summary>An answer is being written.</summary>
    [Parameter] public bool Writing { get; set; }

    /// <summary>The stop is on its way.</summary>
    [Parameter] public bool Stopping { get; set; }

    /// <summary>The mode of the next message.</summary>
    [Parameter] public RunMode Mode { get; set; }

    /// <summary>Another mode was chosen.</summary>
    [Parameter] public EventCallback<RunMode> ModeChanged { get; set; }

    /// <summary>Stop the answer.</summary>
    [Parameter] public EventCallback OnStop { get; set; }

    /// <summary>What the empty field says.</summary>
    [Parameter] public string? Placeholder { get; set; }

    /// <summary>A temporary chat: no draft is kept.</summary>
    [Parameter] public bool Temporary { get; set; }

    [CascadingParameter] private ViewerClock? Cascaded { get; set; }

    private ViewerClock Clock => Cascaded ?? ViewerClock.Utc;

    private string Whose => room!.Period == BudgetPeriod.Total ? T["BudgetOfAllTime", Words.Of(room.ScopeKind)] : T["BudgetOf", Words.Of(room.ScopeKind), Words.Of(room.Period)];

    private string Left => room!.Left is { } left ? MoneyText.Format(left) : T["Tokens", TimeText.Count(room.LeftTokens ?? 0)];

    private string Used => room!.UsedRatio.ToString("P0", CultureInfo.CurrentCulture);

    private string Width => Math.Clamp(room!.UsedRatio * 100, 0, 100).ToString("0.#", CultureInfo.InvariantCulture);

    private string Tip => T["BudgetTip", Whose, room!.Limit is { } limit ? MoneyText.Format(limit) : T["Tokens", TimeText.Count(room.LimitTokens ?? 0)].Value, Used,
        room.ResetsAt is { } at ? TimeText.Absolute(at, Clock.Zone) : T["ForEver"].Value];

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (loaded == Version)
        {
            return;
        }
        loaded = Version;
        try
        {
            room = await budgets.RoomAsync(await currentActor.GetAsync(), CancellationToken.None);
        }
        catch (Exception e)
        {
            // A chat works without the meter: the gate still holds the limit.
            room = null;
            _ = Failure.Of(e, log);
        }
    }
}
