namespace Hal9.Web.Conversations;

/// <summary>The texts of the chat: <c>ConversationsTexts.resx</c> in English, beside it one file a language.</summary>
public sealed class ConversationsTexts;
