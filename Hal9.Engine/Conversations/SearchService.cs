using System.Data.Common;
using System.Globalization;
using Hal9.Engine.Runs;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;

namespace Hal9.Engine.Conversations;

/// <summary>A piece of a found text.</summary>
/// <param name="Text">The piece.</param>
/// <param name="IsHit">It is one of the words asked for.</param>
public sealed record SnippetPiece(string Text, bool IsHit);

/// <summary>A message in which the words were found.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="ConversationId">Its conversation.</param>
/// <param name="Title">The conversation's title.</param>
/// <param name="Role">Who wrote it.</param>
/// <param name="At">When (UTC).</param>
/// <param name="IsArchived">The conversation is put away.</param>
/// <param name="Snippet">The place in the text, in pieces.</param>
public sealed record FoundMessage(
    Guid MessageId, Guid ConversationId, string Title, MessageRole Role, DateTimeOffset At, bool IsArchived, IReadOnlyList<SnippetPiece> Snippet);

/// <summary>The door to full-text search over messages: all branches, archived conversations too.</summary>
public sealed class SearchService
{
    // Signs that no text has: SQLite and PostgreSQL put them around what was found.
    private const char Begins = '\u0002';
    private const char Ends = '\u0003';
    private static readonly Guid Newest = new("ffffffff-ffff-ffff-ffff-ffffffffffff");
    private readonly Database database;

    internal SearchService(Database database) => this.database = database;

    /// <summary>Messages that have all the words, each as the beginning of a word, newest first.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="text">The words. Without a letter or digit in them nothing is found.</param>
    /// <param name="mine">Only the actor's own conversations. Else, for who may read everybody's runs, those of all.</param>
    /// <param name="after">The cursor of the page before.</param>
    /// <param name="limit">1 to 200.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="AccessDenied">The actor may read no conversations.</exception>
    /// <exception cref="ArgumentException">The cursor is none of ours.</exception>
    public Task<Page<FoundMessage>> FindAsync(Actor actor, string text, bool mine, string? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return FindAsync(actor, text, mine ? actor.UserId : null, after, limit, cancellationToken);
    }

    /// <summary>The same of one person's conversations, or of everybody's that the actor may read.</summary>
    internal async Task<Page<FoundMessage>> FindAsync(Actor actor, string text, Guid? userId, string? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(text);
        var everybodys = actor.May(Permission.ReadRuns);
        if (!everybodys && !actor.May(Permission.UseRuns))
        {
            throw new AccessDenied(Permission.UseRuns);
        }
        limit = Math.Clamp(limit, 1, 200);
        var of = everybodys ? userId : actor.UserId;
        // SQLite lists by the place in the index, PostgreSQL by the message.
        var isSqlite = database.Provider == DataProvider.Sqlite;
        object before = isSqlite ? PlaceOf(after) : Cursor.Read(after) ?? Newest;
        if (MessageIndex.Query(text, database.Provider, actor.TenantId, of) is not { } query)
        {
            return new Page<FoundMessage>([], null);
        }
        // On another thread: SQLite reads without waiting.
        return await Task.Run(() => Find(actor, query, of, before, limit, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private Page<FoundMessage> Find(Actor actor, string query, Guid? of, object before, int limit, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        using var command = connection.CreateCommand();
        var isSqlite = database.Provider == DataProvider.Sqlite;
        command.CommandText = isSqlite ? SearchStatements.Find : SearchStatements.FindOnPostgres;
        Bind(command, ("@tenant", actor.TenantId), ("@query", query), ("@before", before), ("@limit", limit + 1));
        if (!isSqlite)
        {
            Bind(command, ("@user", of ?? Guid.Empty), ("@everybody", of is null ? 1 : 0));
        }
        var found = new List<(FoundMessage Message, string Place)>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var message = new FoundMessage(
                reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2), Enum.Parse<MessageRole>(reader.GetString(3)),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4)), !reader.IsDBNull(5), Pieces(reader.GetString(6)));
            found.Add((message, isSqlite ? reader.GetInt64(7).ToString(CultureInfo.InvariantCulture) : message.MessageId.ToString()));
        }
        return new Page<FoundMessage>([.. found.Take(limit).Select(f => f.Message)], found.Count <= limit ? null : found[limit - 1].Place);
    }

    private static long PlaceOf(string? cursor) =>
        string.IsNullOrEmpty(cursor) ? long.MaxValue
        : long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place
        : throw new ArgumentException("This is not a cursor of this list: use the `next` of a page.", nameof(cursor));

    private static void Bind(DbCommand command, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
    }

    private static List<SnippetPiece> Pieces(string marked)
    {
        var pieces = new List<SnippetPiece>();
        var hit = false;
        var from = 0;
        for (var i = 0; i <= marked.Length; i++)
        {
            if (i == marked.Length || marked[i] is Begins or Ends)
            {
                if (i > from)
                {
                    pieces.Add(new SnippetPiece(marked[from..i], hit));
                }
                hit = i < marked.Length && marked[i] == Begins;
                from = i + 1;
            }
        }
        return pieces;
    }
}
