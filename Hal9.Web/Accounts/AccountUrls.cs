namespace Hal9.Web.Accounts;

/// <summary>The addresses of the account pages.</summary>
internal static class AccountUrls
{
    public const string SignIn = "/account/login";
    public const string SignOut = "/account/sign-out";
    public const string Denied = "/account/denied";
    public const string ChooseTenant = "/account/tenant";
}
