using Microsoft.Extensions.Localization;

namespace Hal9.Web.Shared;

/// <summary>The few words that we add to a written text.</summary>
internal sealed record MarkdownWords(string Copy, string Copied, string PlainText, string Done, string Open)
{
    public static MarkdownWords Of(IStringLocalizer<SharedTexts> texts) => new(texts["Copy"], texts["Copied"], texts["PlainText"], texts["TaskDone"], texts["TaskOpen"]);
}
