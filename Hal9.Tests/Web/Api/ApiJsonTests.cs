using System.Text.Json;
using Hal9.Engine;
using Hal9.Engine.Events;
using Hal9.Web.Api;

namespace Hal9.Tests.Web.Api;

public sealed class ApiJsonTests
{
    [Fact]
    public void Event_WithMoney_HasBothAmountsAndItsType()
    {
        RunEvent ended = new StepStarted(Guid.Empty, null, Layer.L4, "strategist", "Ship it") { Number = 3, At = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 6, TimeSpan.FromHours(2)) };
        RunEvent money = new RunEnded(RunStatus.Succeeded, new Usd(1_500_000), Provenance.Live, null) { Number = 9 };

        var started = JsonSerializer.Deserialize<JsonElement>(JsonSerializer.Serialize(ended, ApiJson.Options));
        var receipt = JsonSerializer.Deserialize<JsonElement>(JsonSerializer.Serialize(money, ApiJson.Options));

        Assert.Equal("StepStarted", started.GetProperty("type").GetString());
        Assert.Equal("L4", started.GetProperty("layer").GetString());
        Assert.Equal("2026-01-02T01:04:05.006Z", started.GetProperty("at").GetString());
        Assert.Equal("0.0015", receipt.GetProperty("costUsd").GetString());
        Assert.Equal(1_500_000, receipt.GetProperty("costNanoUsd").GetInt64());
        Assert.Equal("succeeded", receipt.GetProperty("status").GetString());
        Assert.False(receipt.TryGetProperty("cost", out _));
    }

    [Theory]
    [InlineData("""{"costUsd":"0.25"}""", 250_000_000)]
    [InlineData("""{"costUsd":0.25}""", 250_000_000)]
    [InlineData("""{"costUsd":1}""", 1_000_000_000)]
    public void Amount_AsStringOrNumber_IsRead(string json, long nano) =>
        Assert.Equal(nano, JsonSerializer.Deserialize<EnvelopeBody>(json, ApiJson.Options)!.CostUsd!.Value.Nano);

    [Theory]
    [InlineData("""{"goal":"x","extra":1}""", "extra", "Unknown field.")]
    [InlineData("""{"goal":"x","envelope":{"usd":1}}""", "envelope.usd", "Unknown field.")]
    [InlineData("""{"goal":"x","mode":"deepest"}""", "mode", "The value has the wrong type or is not among the allowed ones.")]
    [InlineData("""{"goal":"x","mode":2}""", "mode", "The value has the wrong type or is not among the allowed ones.")]
    [InlineData("""{"goal":7}""", "goal", "The value has the wrong type or is not among the allowed ones.")]
    [InlineData("""{"mode":"quick"}""", "goal", "This field is required.")]
    [InlineData("""{"goal":"x","envelope":{"costUsd":"1e3"}}""", "envelope.costUsd", "An amount is a decimal string such as \"0.25\" or a number, with at most nine decimals.")]
    [InlineData("""{"goal":"x",}""", "body", "This is not valid JSON.")]
    [InlineData("not json", "body", "This is not valid JSON.")]
    public void BadBody_NamesTheField(string json, string field, string reason)
    {
        var error = Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize<StartRunBody>(json, ApiJson.Options));

        Assert.Equal((field, reason), ApiErrors.FieldOf(error));
    }
}
