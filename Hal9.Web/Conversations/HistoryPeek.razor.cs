using Hal9.Engine;
using Hal9.Engine.Conversations;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Conversations;

/// <summary>A conversation or a run beside the list: enough to know whether to open it.</summary>
public sealed partial class HistoryPeek(ConversationService conversations, RunService runs, ILogger<HistoryPeek> log) : IDisposable
{
    private const int Most = 6;
    private const int Longest = 600;
    private readonly CancellationTokenSource stopping = new();
    private ConversationView? talk;
    private RunView? run;
    private Failure? failure;
    private bool isGone;
    private string newTag = "";
    private IReadOnlyList<MessageView> answers = [];

    /// <summary>Of the conversation or the run.</summary>
    [Parameter, EditorRequired] public Guid Id { get; set; }

    /// <summary>Its row, if it is on the page.</summary>
    [Parameter] public HistoryLine? Line { get; set; }

    /// <summary>Who looks.</summary>
    [Parameter, EditorRequired] public Actor Actor { get; set; } = default!;

    /// <summary>The page without the panel.</summary>
    [Parameter, EditorRequired] public string CloseHref { get; set; } = "";

    /// <summary>The panel of the row before.</summary>
    [Parameter] public string? Previous { get; set; }

    /// <summary>The panel of the row after.</summary>
    [Parameter] public string? Next { get; set; }

    /// <summary>A label is put on, or taken off.</summary>
    [Parameter, EditorRequired] public Func<(string Tag, bool On), Task> OnTag { get; set; } = default!;

    private Usd Sum => new(answers.Sum(answer => answer.Cost.Nano));

    private bool MayChange => talk is not null && (talk.UserId == Actor.UserId ? Actor.May(Permission.UseRuns) : Actor.May(Permission.SteerRuns));

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => LoadAsync();

    /// <inheritdoc/>
    public void Dispose()
    {
        stopping.Cancel();
        stopping.Dispose();
    }

    private async Task LoadAsync()
    {
        try
        {
            failure = null;
            if (Line?.Kind is not HistoryKind.Run)
            {
                talk = await conversations.FindAsync(Actor, Id, null, stopping.Token);
                answers = [.. talk?.Branch.Where(message => message.Role is MessageRole.Assistant) ?? []];
            }
            run = talk is null ? await runs.FindAsync(Actor, Id, stopping.Token) : null;
            isGone = talk is null && run is null;
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task AddTagAsync()
    {
        if (!string.IsNullOrWhiteSpace(newTag))
        {
            await ChangeTagAsync(newTag.Trim(), true);
            newTag = "";
        }
    }

    private async Task ChangeTagAsync(string tag, bool on)
    {
        await OnTag((tag, on));
        await LoadAsync();
    }

    private static string Short(string text) => text.Length <= Longest ? text : text[..Longest] + "…";
}
