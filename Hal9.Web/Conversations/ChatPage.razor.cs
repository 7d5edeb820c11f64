using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Conversations;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;

namespace Hal9.Web.Conversations;

/// <summary>Chat: the address names the conversation and the end of the branch shown.</summary>
public sealed partial class ChatPage(
    ConversationService conversations, DraftService drafts, RunService runs, CurrentActor currentActor, NavigationManager navigation, IJSRuntime js, ISnackbar toasts, ILogger<ChatPage> log)
{
    private readonly Dictionary<Guid, OpenRun> open = [];
    private readonly Dictionary<Guid, Refusal> refusals = [];
    private ElementReference root;
    private ChatBrowser? browser;
    private ChatFoot? foot;
    private Actor actor = default!;
    private ConversationView? view;
    private (Guid? Conversation, Guid? Leaf) shownAddress = (Guid.Empty, null);
    private Guid? revealed;
    private int version;
    private PendingQuestion? pending;
    private Failure? failure;
    private RunMode mode;
    private bool stopping;
    private bool interactive;
    private string announcement = "";

    /// <summary>The conversation; none: a new one.</summary>
    [Parameter] public Guid? ConversationId { get; set; }

    /// <summary>The message that ends the branch.</summary>
    [SupplyParameterFromQuery(Name = "leaf")] public Guid? Leaf { get; set; }

    /// <summary>A found message to go to.</summary>
    [SupplyParameterFromQuery(Name = "at")] public Guid? At { get; set; }

    /// <summary>Words looked for in the list.</summary>
    [SupplyParameterFromQuery(Name = "q")] public string? Text { get; set; }

    /// <summary>The list's folder.</summary>
    [SupplyParameterFromQuery(Name = "folder")] public string? Folder { get; set; }

    /// <summary>The list's label.</summary>
    [SupplyParameterFromQuery(Name = "tag")] public string? Tag { get; set; }

    /// <summary>Which list: that of what is in use, or the archive.</summary>
    [SupplyParameterFromQuery(Name = "list")] public string? List { get; set; }

    /// <summary>A new conversation will be temporary.</summary>
    [SupplyParameterFromQuery(Name = "temporary")] public bool Temporary { get; set; }

    /// <summary>The model that answers by itself, <c>provider/model</c>; none: the hierarchy does.</summary>
    [SupplyParameterFromQuery(Name = "model")] public string? Model { get; set; }

    private ModelRef? Named => ModelRef.TryParse(Model, out var model) ? model : null;

    private TalksQuery Query => TalksQuery.Parse(Text, Folder, Tag, List);

    private string Title => view?.Title ?? (IsTemporary ? T["TemporaryChat"] : T["NewChat"]);

    private bool IsTemporary => view?.IsTemporary ?? (ConversationId is null && Temporary);

    private bool Writing => pending is not null || view?.Branch.Any(m => m.Status is MessageStatus.Streaming) == true;

    private MessageView? Last => view is { Branch: [.., var last] } ? last : null;

    // Who may read all runs may read all conversations; only its owner talks in one.
    private bool IsMine => view is null || view.UserId == actor.UserId;

    private bool CanChange => !Writing && IsMine && interactive;

    private Usd BranchCost => view!.Branch.Aggregate(Usd.Zero, (sum, m) => sum + m.Cost);

    // While a question is on its way, what it replaces is not shown.
    private IEnumerable<MessageView> Shown => view is null ? [] : pending is null ? view.Branch
        : pending.ParentId is null ? [] : view.Branch.Take(view.Branch.TakeWhile(m => m.Id != pending.ParentId).Count() + 1);

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => actor = await currentActor.GetAsync();

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (shownAddress == (ConversationId, Leaf))
        {
            return;
        }
        if (shownAddress.Conversation != ConversationId)
        {
            view = null;
        }
        shownAddress = (ConversationId, Leaf);
        pending = null;
        failure = null;
        await ReloadAsync();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            interactive = true;
            browser = await ChatBrowser.AttachAsync(js, "./" + Assets["js/chat.js"], root, new ChatBrowser.Sender(text => SendAsync(text, Last?.Id, foot?.Files ?? [], pushes: false), KeepAsync), Stopping);
            StateHasChanged();
        }
        if (browser is not null)
        {
            await browser.ShowAsync(ConversationId, () => drafts.FindAsync(actor, ConversationId, Stopping));
            if (view is not null && revealed != At)
            {
                revealed = At;
                await browser.RevealAsync(At);
            }
        }
    }

    private async Task ReloadAsync()
    {
        if (ConversationId is not { } id)
        {
            view = null;
            return;
        }
        try
        {
            if (await conversations.FindAsync(actor, id, Leaf, Stopping) is not { } found)
            {
                navigation.NotFound();
                return;
            }
            await ShowAsync(found);
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
    }

    private async Task ShowAsync(ConversationView found)
    {
        view = found;
        foreach (var failed in found.Branch.Where(m => m.Status is MessageStatus.Failed && m.RunId is { } run && !refusals.ContainsKey(run)))
        {
            if ((await runs.FindAsync(actor, failed.RunId!.Value, Stopping))?.Refusal is { } refusal)
            {
                refusals[failed.RunId.Value] = refusal;
            }
        }
    }

    private Task<bool> AskAsync(string text) => SendAsync(text, null, [], pushes: false);

    /// <summary>Sends a question below <paramref name="parentId"/>; false when it was not taken, so that the browser keeps the text.</summary>
    private async Task<bool> SendAsync(string text, Guid? parentId, IReadOnlyList<Guid> files, bool pushes)
    {
        if (Writing || !IsMine || string.IsNullOrWhiteSpace(text))
        {
            return false;
        }
        pending = new PendingQuestion(text.Trim(), parentId);
        failure = null;
        StateHasChanged();
        return await TurnAsync(() => conversations.SendAsync(actor, new NewMessage(ConversationId, parentId, pending.Text, mode) { Temporary = Temporary, Files = files, Model = Named }, Stopping), pushes);
    }

    private Task AgainAsync(MessageView answer)
    {
        if (Writing)
        {
            return Task.CompletedTask;
        }
        var question = view!.Branch.First(m => m.Id == answer.ParentId);
        pending = new PendingQuestion(question.Content, question.ParentId);
        failure = null;
        StateHasChanged();
        return TurnAsync(() => conversations.RegenerateAsync(actor, answer.Id, mode, Named, Stopping), pushes: true);
    }

    private async Task<bool> TurnAsync(Func<Task<SentMessage>> send, bool pushes)
    {
        try
        {
            var sent = await send();
            var found = await conversations.FindAsync(actor, sent.ConversationId, sent.AnswerId, Stopping);
            shownAddress = (sent.ConversationId, sent.AnswerId);
            pending = null;
            if (found is not null)
            {
                await ShowAsync(found);
            }
            // A new question is the same view gone on; an edit or another answer is a branch, and "back" returns to the one before.
            navigation.NavigateTo(Urls.Chat(sent.ConversationId, sent.AnswerId, Query, model: Model), replace: !pushes && ConversationId is not null);
            version++;
            return true;
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            pending = null;
            failure = Failure.Of(e, log);
            return false;
        }
        finally
        {
            if (!Stopping.IsCancellationRequested)
            {
                StateHasChanged();
            }
        }
    }

    private OpenRun? OpenOf(MessageView message)
    {
        if (message.Status is not MessageStatus.Streaming || message.RunId is not { } runId)
        {
            return null;
        }
        if (!open.TryGetValue(runId, out var run))
        {
            open[runId] = run = new OpenRun(runId, runs.WatchAnswerAsync(actor, runId, Stopping), runs.WatchAsync(actor, runId, 0, Stopping));
        }
        return run;
    }

    private async Task EndedAsync(Exception? error)
    {
        if (error is not null)
        {
            failure = Failure.Of(error, log);
        }
        stopping = false;
        open.Clear();
        await ReloadAsync();
        version++;
        announcement = Last is { Role: MessageRole.Assistant } last
            ? last.Status is MessageStatus.Complete ? T["AnswerComplete"] : T["AnswerEnded", Words.Of(StatusLook.Of(last.Status))]
            : "";
    }

    private async Task StopAsync()
    {
        if (view?.Branch.LastOrDefault(m => m.Status is MessageStatus.Streaming)?.RunId is { } runId && !stopping)
        {
            stopping = true;
            try
            {
                await runs.CancelAsync(actor, runId, null, T["StoppedInChat"], Stopping);
            }
            catch (Exception e) when (!Stopping.IsCancellationRequested)
            {
                stopping = false;
                failure = Failure.Of(e, log);
            }
        }
    }

    private async Task EndTemporaryAsync()
    {
        try
        {
            await conversations.EndTemporaryAsync(actor, ConversationId!.Value, Stopping);
            navigation.NavigateTo(Urls.Chat(list: Query));
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
    }

    // A draft that cannot be kept here is still kept by the browser.
    private async Task KeepAsync(Guid? conversationId, string text)
    {
        try
        {
            await drafts.SaveAsync(actor, conversationId, text, Stopping);
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            _ = Failure.Of(e, log);
        }
    }

    private static IReadOnlyList<Guid> FilesOf(MessageView message) => [.. (message.Files ?? []).Select(file => file.Id)];

    private Task ChangedAsync()
    {
        version++;
        return ReloadAsync();
    }

    private async Task CopyAsync(string text)
    {
        if (browser is not null)
        {
            await browser.CopyAsync(text);
            toasts.Add(T["Copied"].Value, Severity.Normal, options => (options.HideIcon, options.VisibleStateDuration) = (true, 1500));
        }
    }

    private void NameModel(string? model) => navigation.NavigateTo(Urls.Chat(ConversationId, Leaf, Query, At, Temporary, model), replace: true);

    private string AddressOf(Guid leaf) => Urls.Chat(ConversationId, leaf, Query, model: Model);

    private static TimeSpan? LengthOf(MessageView message) => message.EndedAt - message.CreatedAt;

    private sealed record PendingQuestion(string Text, Guid? ParentId);
}
