using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Hal9.Engine;
using Hal9.Engine.Events;

namespace Hal9.Web.Api;

/// <summary>
/// How <c>/api/v1</c> speaks JSON: camelCase, enums as camelCase words (layers as <c>L4</c>), times in UTC with a Z, each amount twice
/// (<c>xUsd</c> decimal string, <c>xNanoUsd</c> integer), and no member that we do not know.
/// </summary>
internal static class ApiJson
{
    /// <summary>The same rules for what is written outside of a result, such as server-sent events.</summary>
    public static JsonSerializerOptions Options { get; } = Make();

    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { SplitMoney } };
        // The first converter that fits wins: layers keep their capital.
        options.Converters.Add(new JsonStringEnumConverter<Layer>(namingPolicy: null, allowIntegerValues: false));
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new UsdConverter());
        options.Converters.Add(new UtcConverter());
    }

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Configure(options);
        options.Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    /// <summary>An amount named <c>cost</c> is written as <c>costUsd</c> and <c>costNanoUsd</c>. Those already named <c>…Usd</c> are input and stay.</summary>
    private static void SplitMoney(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }
        for (var i = 0; i < type.Properties.Count; i++)
        {
            var whole = type.Properties[i];
            if ((Nullable.GetUnderlyingType(whole.PropertyType) ?? whole.PropertyType) != typeof(Usd)
                || whole.Name.EndsWith("Usd", StringComparison.Ordinal) || whole.Get is not { } get)
            {
                continue;
            }
            var amount = type.CreateJsonPropertyInfo(typeof(string), whole.Name + "Usd");
            amount.Get = owner => get(owner)?.ToString();
            amount.IsGetNullable = whole.IsGetNullable;
            amount.AttributeProvider = whole.AttributeProvider;
            var nano = type.CreateJsonPropertyInfo(whole.PropertyType == typeof(Usd) ? typeof(long) : typeof(long?), whole.Name + "NanoUsd");
            nano.Get = owner => get(owner) is Usd usd ? usd.Nano : null;
            nano.AttributeProvider = whole.AttributeProvider;
            type.Properties[i] = amount;
            type.Properties.Insert(++i, nano);
        }
    }

    private sealed class UsdConverter : JsonConverter<Usd>
    {
        public override Usd Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var text = reader.TokenType switch
            {
                JsonTokenType.String => reader.GetString(),
                JsonTokenType.Number when reader.TryGetDecimal(out var number) => number.ToString(CultureInfo.InvariantCulture),
                _ => null,
            };
            return Usd.TryParse(text, out var usd) ? usd : throw new JsonException("An amount is a decimal string such as \"0.25\" or a number, with at most nine decimals.");
        }

        public override void Write(Utf8JsonWriter writer, Usd value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }

    private sealed class UtcConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String
            && DateTimeOffset.TryParse(reader.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
                ? time
                : throw new JsonException("A time is ISO 8601, for example 2026-01-31T12:00:00Z.");

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
    }
}
