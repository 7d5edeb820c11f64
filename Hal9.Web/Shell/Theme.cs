using MudBlazor;

namespace Hal9.Web.Shell;

/// <summary>Dark, light or the system's: remembered in a cookie, rendered on the html element, so that no page flashes.</summary>
internal static class Theme
{
    public const string Cookie = "hal9-theme";
    public const string Dark = "dark";
    public const string Light = "light";
    public const string System = "system";

    /// <summary>What the request's cookie asks for; dark is the console's own.</summary>
    public static string Of(HttpRequest request) => request.Cookies[Cookie] switch
    {
        Light => Light,
        System => System,
        _ => Dark,
    };

    /// <summary>Type only: MudBlazor's colours are set from the tokens in <c>app.css</c>.</summary>
    public static MudTheme Mud { get; } = new()
    {
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = ["Inter Variable", "system-ui", "sans-serif"], FontSize = "14px", LetterSpacing = "0" },
            Button = new ButtonTypography { FontFamily = ["Inter Variable", "system-ui", "sans-serif"], TextTransform = "none", LetterSpacing = "0" },
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "8px" },
    };
}
