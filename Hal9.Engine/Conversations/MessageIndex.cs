using System.Globalization;
using System.Text;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;

namespace Hal9.Engine.Conversations;

/// <summary>
/// The full-text index of messages. SQLite keeps it in a table of its own, written in the transaction that makes a message whole; PostgreSQL has an
/// index over the messages themselves and nothing to write.
/// </summary>
internal static class MessageIndex
{
    private const int MostWords = 20;

    /// <summary>Takes a message in that will not change any more.</summary>
    public static void Add(WriteBatch batch, Guid tenantId, Guid userId, Guid conversationId, Guid messageId, string content)
    {
        if (batch.Provider == DataProvider.Sqlite && !string.IsNullOrWhiteSpace(content))
        {
            batch.Execute(SearchStatements.Add, ("@content", content), ("@owner", $"{TenantWord(tenantId)} {UserWord(userId)}"), ("@message", messageId), ("@conversation", conversationId), ("@tenant", tenantId));
        }
    }

    /// <summary>
    /// A person's words as a query: all of them, each as the beginning of a word. Only letters and digits are taken, so nothing of either database's
    /// own query language can come in. Null: there are none.
    /// </summary>
    /// <param name="text">The words.</param>
    /// <param name="provider">Whose language.</param>
    /// <param name="tenantId">Whose messages.</param>
    /// <param name="userId">Of them this person's; null: everybody's. PostgreSQL is told both by its own conditions.</param>
    public static string? Query(string text, DataProvider provider, Guid tenantId, Guid? userId)
    {
        var words = Words(text);
        return words.Count == 0 ? null
            : provider == DataProvider.Sqlite
                ? $"owner : ({TenantWord(tenantId)}{(userId is { } user ? $" AND {UserWord(user)}" : "")}) AND content : ({string.Join(" AND ", words.Select(word => $"\"{word}\"*"))})"
            : string.Join(" & ", words.Select(word => $"{word}:*"));
    }

    private static string TenantWord(Guid id) => $"t{id:N}";

    private static string UserWord(Guid id) => $"u{id:N}";

    private static List<string> Words(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in text.Normalize().EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark)
            {
                word.Append(rune);
            }
            else
            {
                End();
            }
        }
        End();
        return words;

        void End()
        {
            if (word.Length > 0 && words.Count < MostWords)
            {
                words.Add(word.ToString());
            }
            word.Clear();
        }
    }
}
