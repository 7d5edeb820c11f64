using System.Globalization;
using Hal9.Engine.Budgets;
using Hal9.Engine.Conversations;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;

namespace Hal9.Web.Conversations;

/// <summary>Where a message is written, with what the tightest budget leaves.</summary>
public sealed partial class ChatFoot(BudgetService budgets, AttachmentService attachments, ModelService models, CurrentActor currentActor, ILogger<ChatFoot> log)
{
    private BudgetRoom? room;
    // As many as a person can drop at once; what is beyond the limit is refused one by one.
    private const int MostAtOnce = 20;
    private readonly List<string> refusals = [];
    private IReadOnlyList<Attachment> files = [];
    private (Guid? Conversation, int Version) loaded = (null, -1);
    private IReadOnlyList<string> names = [];
    private bool adding;
    private int picks;

    /// <summary>The conversation that is written to; null: a new one.</summary>
    [Parameter] public Guid? ConversationId { get; set; }

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

    /// <summary>The model that answers the next message by itself; none: the hierarchy does.</summary>
    [Parameter] public string? Model { get; set; }

    /// <summary>Another model was chosen, or none any more.</summary>
    [Parameter] public EventCallback<string?> ModelChanged { get; set; }

    /// <summary>Stop the answer.</summary>
    [Parameter] public EventCallback OnStop { get; set; }

    /// <summary>What the empty field says.</summary>
    [Parameter] public string? Placeholder { get; set; }

    /// <summary>A temporary chat: no draft is kept.</summary>
    [Parameter] public bool Temporary { get; set; }

    [CascadingParameter] private ViewerClock? Cascaded { get; set; }

    private ViewerClock Clock => Cascaded ?? ViewerClock.Utc;

    /// <summary>The files that go with the next message.</summary>
    public IReadOnlyList<Guid> Files => [.. files.Select(file => file.Id)];

    private string LimitsText => T["AttachLimits", AttachmentLimits.Files, Attachments.SizeOf(AttachmentLimits.TextBytes), Attachments.SizeOf(AttachmentLimits.PdfBytes), Attachments.SizeOf(AttachmentLimits.ImageBytes)];

    private string Whose => room!.Period == BudgetPeriod.Total ? T["BudgetOfAllTime", Words.Of(room.ScopeKind)] : T["BudgetOf", Words.Of(room.ScopeKind), Words.Of(room.Period)];

    private string Left => room!.Left is { } left ? MoneyText.Format(left) : T["Tokens", TimeText.Count(room.LeftTokens ?? 0)];

    private string Used => room!.UsedRatio.ToString("P0", CultureInfo.CurrentCulture);

    private string Width => Math.Clamp(room!.UsedRatio * 100, 0, 100).ToString("0.#", CultureInfo.InvariantCulture);

    private string Tip => T["BudgetTip", Whose, room!.Limit is { } limit ? MoneyText.Format(limit) : T["Tokens", TimeText.Count(room.LimitTokens ?? 0)].Value, Used,
        room.ResetsAt is { } at ? TimeText.Absolute(at, Clock.Zone) : T["ForEver"].Value];

    /// <inheritdoc/>
    protected override void OnInitialized() =>
        // A model without a price is not called.
        names = [.. models.List().Where(card => card.Priced || card.Kind is ProviderKind.Offline).Select(card => card.Ref.ToString())];

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (loaded == (ConversationId, Version))
        {
            return;
        }
        if (loaded.Conversation != ConversationId)
        {
            refusals.Clear();
        }
        loaded = (ConversationId, Version);
        try
        {
            var actor = await currentActor.GetAsync();
            files = await attachments.WaitingAsync(actor, ConversationId, CancellationToken.None);
            room = await budgets.RoomAsync(actor, CancellationToken.None);
        }
        catch (Exception e)
        {
            // A chat works without the meter: the gate still holds the limit.
            room = null;
            _ = Failure.Of(e, log);
        }
    }

    private async Task AddAsync(InputFileChangeEventArgs picked)
    {
        refusals.Clear();
        adding = true;
        foreach (var file in picked.GetMultipleFiles(Math.Min(picked.FileCount, MostAtOnce)))
        {
            StateHasChanged();
            try
            {
                await attachments.AddAsync(await currentActor.GetAsync(), ConversationId, file.Name, await ReadAsync(file), CancellationToken.None);
            }
            catch (Exception e)
            {
                refusals.Add(Failure.Of(e, log).Text ?? T["FileFailed", file.Name]);
            }
        }
        (adding, picks) = (false, picks + 1);
        files = await attachments.WaitingAsync(await currentActor.GetAsync(), ConversationId, CancellationToken.None);
    }

    // The browser says how large it is, and no more than the limit is read whatever it says.
    private async Task<byte[]> ReadAsync(IBrowserFile file)
    {
        if (file.Size > AttachmentLimits.MostBytes)
        {
            throw new ArgumentException(T["FileTooLarge", file.Name, Attachments.SizeOf(AttachmentLimits.MostBytes)]);
        }
        await using var stream = file.OpenReadStream(AttachmentLimits.MostBytes);
        using var content = new MemoryStream((int)file.Size);
        await stream.CopyToAsync(content);
        return content.ToArray();
    }

    private async Task RemoveAsync(Attachment file)
    {
        var actor = await currentActor.GetAsync();
        try
        {
            await attachments.RemoveAsync(actor, file.Id, CancellationToken.None);
        }
        catch (KeyNotFoundException)
        {
            // Gone already, in another window.
        }
        files = await attachments.WaitingAsync(actor, ConversationId, CancellationToken.None);
    }
}
