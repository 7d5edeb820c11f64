using Microsoft.Extensions.Localization;

namespace Hal9.Web.Shared;

internal static class TextsSetup
{
    /// <summary>What every component may ask for: its folder's texts and the engine's words.</summary>
    public static IServiceCollection AddTexts(this IServiceCollection services) => services.AddLocalization().AddSingleton<Words>();

    /// <summary>A text with a number: <c>KeyOne</c> for one, else <c>KeyMany</c>. Both languages need no more forms than these.</summary>
    public static string Count<T>(this IStringLocalizer<T> texts, string key, long number) => texts[key + (number == 1 ? "One" : "Many"), number];
}
