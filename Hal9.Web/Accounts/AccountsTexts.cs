namespace Hal9.Web.Accounts;

/// <summary>The texts of set-up, sign-in and what follows: <c>AccountsTexts.resx</c> in English, beside it one file a language.</summary>
public sealed class AccountsTexts;
