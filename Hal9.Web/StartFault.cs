using System.Net.Sockets;
using System.Text.RegularExpressions;
using Hal9.Engine;
using Microsoft.Extensions.Options;

namespace Hal9.Web;

/// <summary>Why the product does not start, in an operator's words: what is mistaken is named, and the stack trace of a mistake in a setting helps nobody.</summary>
internal static partial class StartFault
{
    /// <summary>The reason, when the cause lies in settings or surroundings; null when it is a fault of ours, whose trace is needed.</summary>
    public static string? Explain(Exception fault, IConfiguration settings)
    {
        for (var e = fault; e is not null; e = e.InnerException)
        {
            if (e is OptionsValidationException options)
            {
                return string.Join(Environment.NewLine, options.Failures.Select(Plain));
            }
            if (Unreadable().Match(e.Message) is { Success: true } value)
            {
                return $"{value.Groups[2].Value} is '{value.Groups[1].Value}', which cannot be read{Allowed(value.Groups[3].Value)}.";
            }
            if (Unknown().Match(e.Message) is { Success: true } unknown)
            {
                return string.Join(Environment.NewLine, Quoted().Matches(unknown.Groups[1].Value).Select(name => $"{Place(name.Groups[1].Value, settings)} is not a known setting."));
            }
            if (e is InvalidOperationException && (e.Message.StartsWith("Hal9:", StringComparison.Ordinal) || e.Message.StartsWith("The data directory", StringComparison.Ordinal)))
            {
                return e.Message;
            }
            if (e is FormatException && e.Message.StartsWith("Invalid url:", StringComparison.Ordinal))
            {
                return $"{e.Message} Set ASPNETCORE_URLS to an address such as http://127.0.0.1:5080.";
            }
            if (e is SocketException)
            {
                return $"{fault.Message} Set ASPNETCORE_URLS to another address, or stop what listens there.";
            }
        }
        return null;
    }

    /// <summary>The library's checks of ranges name our types; who wrote the setting knows only its name.</summary>
    private static string Plain(string failure) => OutOfRange().Match(failure) is { Success: true } range
        ? $"Hal9:{range.Groups[1].Value}:{range.Groups[2].Value} {range.Groups[3].Value}"
        : failure;

    private static string Allowed(string type) =>
        typeof(Usd).Assembly.GetType(type) is { IsEnum: true } words ? $"; it is one of {string.Join(", ", Enum.GetNames(words))}" : "";

    /// <summary>Where an unknown name stands; the binder only says which name.</summary>
    private static string Place(string name, IConfiguration settings) =>
        string.Join(" or ", settings.AsEnumerable().Select(setting => setting.Key)
            .Where(key => key.StartsWith("Hal9:", StringComparison.OrdinalIgnoreCase) && key.EndsWith(":" + name, StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)) is { Length: > 0 } places ? places : name;

    [GeneratedRegex("^Failed to convert configuration value '(.*)' at '(.+)' to type '(.+)'")]
    private static partial Regex Unreadable();

    [GeneratedRegex("the following properties were not found on the instance of [^:]+: (.+)$")]
    private static partial Regex Unknown();

    [GeneratedRegex("^\\w+: The field (\\w+)Options\\.(\\w+) (must .+)$")]
    private static partial Regex OutOfRange();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex Quoted();
}
