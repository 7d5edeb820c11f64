using System.Text.Json;
using Hal9.Engine.Runs;

namespace Hal9.Web.Api;

/// <summary>Lists: how long a page may be, and what is said of a bad cursor.</summary>
internal static class Paging
{
    public const int Most = 200;

    public static IResult? Refuse(int limit) => limit is >= 1 and <= Most ? null : Problems.Invalid("limit", $"1 to {Most}.");

    /// <summary>Reads a page; a door that can't read the cursor throws <see cref="FormatException"/> or <see cref="ArgumentException"/>.</summary>
    public static async Task<IResult> ReadAsync<T, TBody>(Func<Task<Page<T>>> read, Func<T, TBody> shape, string? after)
    {
        try
        {
            var page = await read();
            return Results.Json(new ListBody<TBody>([.. page.Items.Select(shape)], page.Next), ApiJson.Options);
        }
        catch (Exception e) when (after is not null && e is FormatException or ArgumentException)
        {
            return Problems.Cursor();
        }
    }
}

/// <summary>The contract's words for enums, in addresses.</summary>
internal static class Words
{
    /// <summary>Reads a camelCase word; nothing said is fine.</summary>
    public static bool TryRead<T>(string? text, out T? value) where T : struct, Enum
    {
        value = null;
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }
        foreach (var known in Enum.GetValues<T>())
        {
            if (JsonNamingPolicy.CamelCase.ConvertName(known.ToString()) == text)
            {
                value = known;
                return true;
            }
        }
        return false;
    }

    public static string OneOf<T>() where T : struct, Enum =>
        $"One of {string.Join(", ", Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName))}.";
}
