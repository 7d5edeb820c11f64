using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Hal9.Web.Api.OpenAi;

/// <summary>How <c>/v1</c> speaks JSON: names as written on the records, unknown members ignored, letters of all languages unescaped.</summary>
internal static class OpenAiJson
{
    public static JsonSerializerOptions Options { get; } = Make();

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
