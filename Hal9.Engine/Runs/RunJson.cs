using System.Text.Json;
using System.Text.Json.Serialization;
using Hal9.Engine.Events;

namespace Hal9.Engine.Runs;

/// <summary>How events are stored and sent.</summary>
internal static class RunJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter<Layer>(), new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new UsdJson() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Steps of ladders as calls store them.</summary>
    public static IReadOnlyList<Budgets.LadderTaken> OnLimit(string? stored) => stored is null ? [] : JsonSerializer.Deserialize<Budgets.LadderTaken[]>(stored, Options) ?? [];

    /// <summary>In stored events money is integer nano-USD.</summary>
    private sealed class UsdJson : JsonConverter<Usd>
    {
        public override Usd Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, Usd value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Nano);
    }
}
