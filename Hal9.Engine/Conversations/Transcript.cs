using System.Globalization;
using System.Text;

namespace Hal9.Engine.Conversations;

/// <summary>A branch as a document for people.</summary>
public static class Transcript
{
    /// <summary>Markdown: the title, then each message under who wrote it and when. Answers say where they come from, what they cost, and whether they are whole.</summary>
    public static string Markdown(ConversationView conversation)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        var text = new StringBuilder().Append("# ").AppendLine(OneLine(conversation.Title));
        foreach (var message in conversation.Branch)
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"**{(message.Role == MessageRole.User ? "User" : "HAL9")}** · {message.CreatedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");
            if (message.Role == MessageRole.Assistant)
            {
                text.Append(CultureInfo.InvariantCulture, $" · {message.Provenance?.ToString().ToLowerInvariant() ?? "unfinished"} · {message.Cost} USD");
                if (message.Status is not MessageStatus.Complete)
                {
                    text.Append(" · ").Append(message.Status.ToString().ToLowerInvariant());
                }
            }
            if (message.Files is { Count: > 0 } files)
            {
                text.Append(" · attached: ").AppendJoin(", ", files.Select(file => OneLine(file.Name)));
            }
            text.AppendLine().AppendLine().AppendLine(message.Content.Length > 0 ? message.Content : message.Error is null ? "(empty)" : $"({message.Error})").AppendLine().AppendLine("---");
        }
        return text.ToString().ReplaceLineEndings("\n");
    }

    private static string OneLine(string title) => title.ReplaceLineEndings(" ");
}
