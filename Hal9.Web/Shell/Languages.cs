using System.Globalization;
using Microsoft.AspNetCore.Localization;

namespace Hal9.Web.Shell;

/// <summary>A language that the console speaks.</summary>
/// <param name="Code">As in the cookie, on the html element and in the names of the text files.</param>
/// <param name="Culture">How numbers, money and dates are written.</param>
/// <param name="Name">Its own name for itself.</param>
internal sealed record Language(string Code, string Culture, string Name);

/// <summary>Which language a person reads: what they chose, else what their browser asks for, else English.</summary>
internal static class Languages
{
    public const string Cookie = "hal9-language";

    // British forms: day before month and 24 hours, which nobody misreads.
    private static readonly Language English = new("en", "en-GB", "English");

    public static IReadOnlyList<Language> All { get; } = [English, new("de", "de-DE", "Deutsch")];

    /// <summary>The language of the current request or circuit.</summary>
    public static string Current => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;

    public static Language Of(HttpRequest request) =>
        All.FirstOrDefault(language => language.Code == request.Cookies[Cookie])
        ?? request.GetTypedHeaders().AcceptLanguage
            .OrderByDescending(wish => wish.Quality ?? 1)
            .Select(wish => All.FirstOrDefault(language => wish.Quality != 0 && wish.Value.ToString().Split('-')[0].Equals(language.Code, StringComparison.OrdinalIgnoreCase)))
            .FirstOrDefault(language => language is not null)
        ?? English;

    /// <summary>Programs are answered in one form, whatever their headers say: only pages and their circuits follow the person.</summary>
    public static void UseLanguages(this WebApplication app, Func<PathString, bool> isForPrograms)
    {
        var options = new RequestLocalizationOptions
        {
            DefaultRequestCulture = new RequestCulture(English.Culture, English.Code),
            SupportedCultures = [.. All.Select(language => CultureInfo.GetCultureInfo(language.Culture))],
            SupportedUICultures = [.. All.Select(language => CultureInfo.GetCultureInfo(language.Code))],
            RequestCultureProviders = [new CustomRequestCultureProvider(context =>
            {
                var language = Of(context.Request);
                return Task.FromResult<ProviderCultureResult?>(new ProviderCultureResult(language.Culture, language.Code));
            })],
        };
        app.UseWhen(context => !isForPrograms(context.Request.Path), pages => pages.UseRequestLocalization(options));
    }
}
