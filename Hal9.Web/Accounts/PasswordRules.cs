using Microsoft.AspNetCore.Identity;

namespace Hal9.Web.Accounts;

/// <summary>What a password needs beside its length: not the e-mail, not the product, not one that everybody tries first.</summary>
internal sealed class PasswordRules : IPasswordValidator<Person>
{
    public const int Length = 12;
    public const int Different = 5;
    public const string TooLong = "PasswordTooLong";
    public const string IsEmail = "PasswordIsEmail";
    public const string IsCommon = "PasswordIsCommon";

    private static readonly string[] TriedFirst = ["password", "passwort", "qwerty", "qwertz", "123456", "abcdef", "letmein", "iloveyou", "welcome", "administrator", "changeme", "hal9000"];

    public Task<IdentityResult> ValidateAsync(UserManager<Person> manager, Person user, string? password)
    {
        var plain = (password ?? "").ToLowerInvariant();
        var name = (user.Email ?? "").Split('@')[0].ToLowerInvariant();
        if (plain.Length > 256)
        {
            return Fail(TooLong, "The password is longer than 256 characters.");
        }
        if (name.Length >= 4 && plain.Contains(name, StringComparison.Ordinal))
        {
            return Fail(IsEmail, "The password contains your e-mail name.");
        }
        // What is left without the well-known part must carry the password by itself.
        var rest = TriedFirst.Aggregate(plain, (left, word) => left.Replace(word, "", StringComparison.Ordinal));
        return rest.Length < plain.Length && rest.Length < 8
            ? Fail(IsCommon, "The password is one that everybody tries first.")
            : Task.FromResult(IdentityResult.Success);
    }

    private static Task<IdentityResult> Fail(string code, string description) =>
        Task.FromResult(IdentityResult.Failed(new IdentityError { Code = code, Description = description }));
}
