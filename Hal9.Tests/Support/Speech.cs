using System.Globalization;
using Bunit;
using Hal9.Web.Shared;
using Hal9.Web.Shell;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Hal9.Tests.Support;

/// <summary>The console's languages without a host.</summary>
internal static class Speech
{
    private static readonly ResourceManagerStringLocalizerFactory Factory = new(Options.Create(new LocalizationOptions()), NullLoggerFactory.Instance);

    public static MarkdownWords Markdown { get; } = In("en", () => MarkdownWords.Of(Of<SharedTexts>()));

    public static IStringLocalizer<T> Of<T>() => new StringLocalizer<T>(Factory);

    /// <summary>Does something as it is done for a reader of that language.</summary>
    public static T In<T>(string language, Func<T> what)
    {
        var before = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        try
        {
            Speak(language);
            return what();
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = before;
        }
    }

    public static void Speak(string language) => (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) =
        (CultureInfo.GetCultureInfo(Languages.All.Single(known => known.Code == language).Culture), CultureInfo.GetCultureInfo(language));
}

/// <summary>For tests of components: with the texts that every component may ask for, in English.</summary>
public abstract class PartsContext : BunitContext
{
    protected PartsContext()
    {
        Services.AddTexts();
        Speech.Speak("en");
    }
}
