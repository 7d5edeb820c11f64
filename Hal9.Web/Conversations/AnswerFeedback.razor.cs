using Hal9.Engine.Learning;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Hal9.Web.Conversations;

/// <summary>The reader's thumb on an answer, and why. It is stored with the first press; the reason may follow, and a second press takes it back.</summary>
public sealed partial class AnswerFeedback(FeedbackService door, CurrentActor currentActor, ILogger<AnswerFeedback> log)
{
    private readonly CancellationTokenSource stopping = new();
    private Guid shown;
    private Feedback? vote;
    private Failure? failure;
    private bool asking;
    private bool focus;
    private string comment = "";
    private string announcement = "";
    private ElementReference field;

    /// <summary>The run whose answer it is.</summary>
    [Parameter, EditorRequired] public Guid RunId { get; set; }

    /// <summary>The reader's vote when the answer was read.</summary>
    [Parameter] public Feedback? Vote { get; set; }

    private string[] Praise => [T["PraiseRight"], T["PraiseClear"], T["PraiseComplete"]];

    private string[] Blame => [T["BlameWrong"], T["BlameIncomplete"], T["BlameOther"], T["BlameLong"]];

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (shown != RunId)
        {
            (shown, vote, asking, failure) = (RunId, Vote, false, null);
        }
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (focus)
        {
            focus = false;
            await field.FocusAsync();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stopping.Cancel();
        stopping.Dispose();
    }

    private string Pressed(int value) => vote?.Number == value ? "true" : "false";

    private Task PressAsync(int value) => TryAsync(async () =>
    {
        var actor = await currentActor.GetAsync();
        if (vote?.Number == value)
        {
            await door.WithdrawAsync(actor, vote.Id, stopping.Token);
            (vote, asking, announcement) = (null, false, T["Withdrawn"]);
            return;
        }
        vote = await door.GiveAsync(actor, new GiveFeedback(RunId, null, FeedbackKind.Thumb, value), stopping.Token);
        announcement = T["Judged"];
        Ask();
    });

    private Task SaveAsync() => TryAsync(async () =>
    {
        vote = await door.GiveAsync(await currentActor.GetAsync(), new GiveFeedback(RunId, null, FeedbackKind.Thumb, vote!.Number, Comment: comment), stopping.Token);
        (asking, announcement) = (false, T["Judged"]);
    });

    private async Task TryAsync(Func<Task> change)
    {
        try
        {
            failure = null;
            await change();
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
    }

    private void Ask() => (comment, asking, focus) = (vote?.Comment ?? "", true, true);

    private void Toggle(string reason) => comment = comment.Contains(reason, StringComparison.Ordinal)
        ? comment.Replace(reason, "", StringComparison.Ordinal).Trim(' ', ',')
        : comment.Length == 0 ? reason : $"{comment}, {reason}";

    private void CloseOnEscape(KeyboardEventArgs e)
    {
        if (e.Key == "Escape")
        {
            asking = false;
        }
    }
}
