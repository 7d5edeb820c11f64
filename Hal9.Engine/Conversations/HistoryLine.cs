using Hal9.Engine.Events;
using Hal9.Engine.Runs;

namespace Hal9.Engine.Conversations;

/// <summary>What a row of the history is.</summary>
public enum HistoryKind
{
    /// <summary>A conversation with all its runs.</summary>
    Conversation,

    /// <summary>A run without a conversation: asked for over the API.</summary>
    Run,
}

/// <summary>A choice among what is in the history.</summary>
public enum HistoryShow
{
    /// <summary>Everything.</summary>
    All,

    /// <summary>With an answer that failed, and runs that failed.</summary>
    Errors,

    /// <summary>With a thumb down.</summary>
    Down,

    /// <summary>Answered, and judged by nobody.</summary>
    Unreviewed,
}

/// <summary>What the history is sorted by.</summary>
public enum HistorySort
{
    /// <summary>When it was last used.</summary>
    Time,

    /// <summary>What it cost; equal ones by id.</summary>
    Cost,
}

/// <summary>Which part of the history a list has.</summary>
public sealed record HistoryFilter
{
    /// <summary>Only conversations, or only runs without one.</summary>
    public HistoryKind? Kind { get; init; }

    /// <summary>A choice.</summary>
    public HistoryShow Show { get; init; }

    /// <summary>Whose; null: everybody's that the reader may see.</summary>
    public Guid? UserId { get; init; }

    /// <summary>How deep; of a conversation its newest answer.</summary>
    public RunMode? Mode { get; init; }

    /// <summary>With this label.</summary>
    public string? Tag { get; init; }

    /// <summary>Conversations that are put away, instead of those in use; runs cannot be.</summary>
    public bool Archived { get; init; }

    /// <summary>Last used at this instant or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Last used before this instant.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>Words that a message has. The rows are then the messages found, newest first, whatever the sort.</summary>
    public string? Text { get; init; }

    /// <summary>What decides the order. A cursor belongs to the order in which it was given out.</summary>
    public HistorySort Sort { get; init; }

    /// <summary>Lowest first instead of highest first.</summary>
    public bool Ascending { get; init; }

    /// <summary>Where the page begins.</summary>
    public string? After { get; init; }

    /// <summary>1 to 200.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>Something narrows the list.</summary>
    public bool IsNarrowed => Kind is not null || Show is not HistoryShow.All || UserId is not null || Mode is not null || Tag is not null || Archived || From is not null || Before is not null || !string.IsNullOrWhiteSpace(Text);
}

/// <summary>A row of the history.</summary>
/// <param name="Id">Of the conversation or the run.</param>
/// <param name="Kind">Which of them.</param>
/// <param name="Title">The conversation's title or the run's goal.</param>
/// <param name="UserId">Whose.</param>
/// <param name="Mode">How deep; null: nothing was answered yet.</param>
/// <param name="Status">How the run, or the newest answer, ended; null: nothing has ended yet.</param>
/// <param name="Answers">How many answers have ended.</param>
/// <param name="Cost">What all of it cost.</param>
/// <param name="ThumbsDown">How many thumbs down.</param>
/// <param name="Reviews">How many judgements.</param>
/// <param name="At">When it was last used (UTC).</param>
public sealed record HistoryLine(
    Guid Id, HistoryKind Kind, string Title, Guid UserId, RunMode? Mode, RunStatus? Status, int Answers, Usd Cost, int ThumbsDown, int Reviews, DateTimeOffset At)
{
    /// <summary>How long the run took.</summary>
    public TimeSpan? Took { get; init; }

    /// <summary>Why the run failed.</summary>
    public string? Error { get; init; }

    /// <summary>It is put away.</summary>
    public bool IsArchived { get; init; }

    /// <summary>Its labels, by name.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The model that did most of it, <c>provider/model</c>; null: none was called.</summary>
    public string? Model { get; init; }

    /// <summary>How many others were called.</summary>
    public int OtherModels { get; init; }

    /// <summary>Tokens of all calls, in and out.</summary>
    public long Tokens { get; init; }

    /// <summary>The message in which the words were found.</summary>
    public FoundMessage? Found { get; init; }

    /// <summary>What tells the row from the others of its list.</summary>
    public Guid RowId => Found?.MessageId ?? Id;
}
