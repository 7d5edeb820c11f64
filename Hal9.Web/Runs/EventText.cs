using System.Text.Json;
using System.Text.Json.Serialization;
using Hal9.Engine.Events;
using Hal9.Web.Shared;

namespace Hal9.Web.Runs;

/// <summary>An event in words and as JSON.</summary>
internal static class EventText
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true, Converters = { new JsonStringEnumConverter() } };

    public static string Of(RunEvent happened) => happened switch
    {
        RunStarted e => $"{e.Kind}, {e.Mode}: {e.Goal}",
        RunTriaged e => $"enters at {e.Entry} as {e.Mode}{(e.Reasons.Count > 0 ? ": " + e.Reasons[0] : "")}",
        RunResumed e => $"taken over (epoch {e.Epoch}): {e.Reason}",
        StepStarted e => $"{e.Layer} {e.Neuron}: {e.Goal}",
        SignalSent e => $"{e.Kind} {e.From} → {e.To}{(e.Accepted is { } accepted ? accepted ? ", accepted" : ", sent back" : "")}: {e.Text}",
        ModelCallStarted e => $"{e.Provider}/{e.Model}, attempt {e.Attempt}, {MoneyText.Format(e.Reserved)} set aside",
        AttemptRestarted e => $"attempt {e.Attempt}: {e.Reason}",
        ModelCallEnded e => $"{e.Status}, {TimeText.Count(e.InputTokens)} in, {TimeText.Count(e.OutputTokens)} out, {MoneyText.Format(e.Cost)}, {TimeText.Length(TimeSpan.FromMilliseconds(e.Milliseconds))}{(e.Error is null ? "" : ": " + e.Error)}",
        StepEnded e => $"{e.Status}, {MoneyText.Format(e.Cost)}{(e.Error ?? e.Result) switch { null => "", var text => ": " + text }}",
        CancelRequested e => e.Reason ?? (e.StepId is null ? "the whole run" : "a part of the run"),
        RunEnded e => $"{e.Status}, {MoneyText.Format(e.Cost)}, {e.Provenance}{(e.Error is null ? "" : ": " + e.Error)}",
        _ => "",
    };

    public static string Json(RunEvent happened) => JsonSerializer.Serialize(happened, Indented);
}
