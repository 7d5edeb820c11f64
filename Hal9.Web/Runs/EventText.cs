using System.Text.Json;
using System.Text.Json.Serialization;
using Hal9.Engine.Events;
using Hal9.Web.Shared;
using Microsoft.Extensions.Localization;

namespace Hal9.Web.Runs;

/// <summary>An event in words and as JSON.</summary>
internal static class EventText
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true, Converters = { new JsonStringEnumConverter() } };

    public static string Of(RunEvent happened, IStringLocalizer<RunsTexts> texts, Words words) => happened switch
    {
        RunStarted e => $"{words.Of(e.Kind)}, {words.Of(e.Mode)}: {e.Goal}",
        RunTriaged e => texts["SaysTriaged", words.Of(e.Entry), words.Of(e.Mode)] + (e.Reasons.Count > 0 ? ": " + e.Reasons[0] : ""),
        RunResumed e => texts["SaysResumed", e.Epoch, e.Reason],
        RunWaiting e => texts["SaysWaiting", e.Reason],
        StepStarted e => $"{e.Layer} {e.Neuron}: {e.Goal}",
        SignalSent e => $"{words.Of(e.Kind)} {e.From} → {e.To}{(e.Accepted is { } accepted ? ", " + (accepted ? texts["Accepted"] : texts["SentBack"]) : "")}: {e.Text}",
        ModelCallStarted e => texts["SaysCallStarted", $"{e.Provider}/{e.Model}", e.Attempt, MoneyText.Format(e.Reserved)] + (e.OnLimit is null ? "" : ": " + e.OnLimit),
        AttemptRestarted e => texts["SaysRestarted", e.Attempt, e.Reason],
        ModelCallEnded e => $"{words.Of(StatusLook.Of(e.Status))}, {texts["InOut", TimeText.Count(e.InputTokens), TimeText.Count(e.OutputTokens)]}, {MoneyText.Format(e.Cost)}, {TimeText.Length(TimeSpan.FromMilliseconds(e.Milliseconds))}{(e.Error is null ? "" : ": " + e.Error)}",
        StepEnded e => $"{words.Of(StatusLook.Of(e.Status))}, {MoneyText.Format(e.Cost)}{(e.Error ?? e.Result) switch { null => "", var text => ": " + text }}",
        CancelRequested e => e.Reason ?? (e.StepId is null ? texts["WholeRun"] : texts["PartOfRun"]),
        RunEnded e => $"{words.Of(StatusLook.Of(e.Status))}, {MoneyText.Format(e.Cost)}, {words.Of(e.Provenance)}{(e.Error is null ? "" : ": " + e.Error)}",
        _ => "",
    };

    public static string Json(RunEvent happened) => JsonSerializer.Serialize(happened, Indented);
}
