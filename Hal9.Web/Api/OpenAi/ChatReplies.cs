using System.Text.Json;
using Hal9.Engine.Budgets;
using Hal9.Engine.Models;
using Hal9.Engine.Runs;
using Hal9.Web.Telemetry;
using Microsoft.Extensions.AI;

namespace Hal9.Web.Api.OpenAi;

/// <summary>Turns an ended run into what OpenAI's clients read.</summary>
internal static class ChatReplies
{
    public const string CompletionObject = "chat.completion";
    public const string ChunkObject = "chat.completion.chunk";

    public static string IdOf(RunView run) => $"chatcmpl-{run.Id:N}";

    /// <summary>The whole reply; <paramref name="direct"/> is the model's own response of a pass-through, <paramref name="finish"/> why the model of the final answer stopped.</summary>
    public static ChatCompletion Whole(RunView run, string model, ChatResponse? direct, ChatFinishReason? finish)
    {
        var calls = CallsOf(direct);
        var refusal = RefusalOf(direct);
        var text = direct is null ? run.Answer ?? "" : direct.Text;
        var message = new ReplyMessage("assistant", text.Length == 0 && (calls is not null || refusal is not null) ? null : text, refusal, calls);
        return new ChatCompletion(IdOf(run), CompletionObject, run.StartedAt.ToUnixTimeSeconds(), model, [new ChatChoice(0, message, FinishOf(direct, finish))], UsageOf(run));
    }

    /// <summary>The model that was asked for; of a pass-through that a budget's ladder sent to another one, that one.</summary>
    public static string ModelOf(RunView run, string asked) =>
        run.Mode == Engine.Events.RunMode.Direct && run.OnLimit.Any(step => step.Step != LadderStep.Clamp) && CallsOf(run.Root).LastOrDefault() is { } call
            ? $"{call.Provider}/{call.Model}"
            : asked;

    public static string FinishOf(ChatResponse? direct, ChatFinishReason? finish) => finish switch
    {
        { } reason when reason == ChatFinishReason.Length => "length",
        { } reason when reason == ChatFinishReason.ContentFilter => "content_filter",
        _ => CallsOf(direct) is null ? "stop" : "tool_calls",
    };

    public static IReadOnlyList<ToolCall>? CallsOf(ChatResponse? direct)
    {
        var calls = direct?.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>()
            .Select(call => new ToolCall(null, call.CallId, "function", new CalledFunction(call.Name, ArgumentsOf(call)))).ToList();
        return calls is { Count: > 0 } ? calls : null;
    }

    /// <summary>As the model wrote them where that is known: what it wrote need not be JSON, and the caller must see it so.</summary>
    private static string ArgumentsOf(FunctionCallContent call) => call.AdditionalProperties?.GetValueOrDefault(ModelService.RawArguments) switch
    {
        string raw => raw,
        JsonElement { ValueKind: JsonValueKind.String } raw => raw.GetString()!,
        _ => JsonSerializer.Serialize(call.Arguments ?? new Dictionary<string, object?>(), OpenAiJson.Options),
    };

    public static string? RefusalOf(ChatResponse? direct) =>
        direct?.Messages.SelectMany(m => m.Contents).OfType<ErrorContent>().FirstOrDefault(error => error.ErrorCode == "Refusal")?.Message;

    /// <summary>The sum over all attempts of all model calls: what the run was billed for.</summary>
    public static ChatUsage UsageOf(RunView run)
    {
        var sum = CallsOf(run.Root).Aggregate(new TokenUsage(), (total, call) => total + call.Usage);
        return new ChatUsage(sum.Input, sum.Output, sum.Total, new PromptDetails(sum.Cached), new CompletionDetails(sum.Reasoning));
    }

    /// <summary>What a reply tells about its run. Telling it is also measuring it.</summary>
    public static Hal9Note NoteOf(EndedRun ended, TimeSpan wall)
    {
        var run = ended.Run;
        var overhead = wall - (ended.Waited ?? WaitedOf(run));
        overhead = overhead > TimeSpan.Zero ? overhead : TimeSpan.Zero;
        if (ended.Waited is not null)
        {
            WebTelemetry.Measured(run.Mode, overhead);
        }
        return new(run.Id, run.Cost.ToString(), run.Cost.Nano, JsonNamingPolicy.CamelCase.ConvertName(run.Provenance.ToString()), Math.Round(overhead.TotalMilliseconds, 3),
            run.OnLimit is { Count: > 0 } taken ? string.Join(", ", taken.Select(step => JsonNamingPolicy.CamelCase.ConvertName(step.Step.ToString())).Distinct()) : null);
    }

    /// <summary>The time in which at least one model call was on its way, from what is stored: in whole milliseconds, and with our own part of each call.</summary>
    public static TimeSpan WaitedOf(RunView run)
    {
        var busy = 0L;
        var until = DateTimeOffset.MinValue;
        foreach (var call in CallsOf(run.Root).OrderBy(call => call.StartedAt))
        {
            var end = call.StartedAt.AddMilliseconds(call.Milliseconds);
            var begin = call.StartedAt > until ? call.StartedAt : until;
            if (end > begin)
            {
                busy += (long)(end - begin).TotalMilliseconds;
                until = end;
            }
        }
        return TimeSpan.FromMilliseconds(busy);
    }

    private static IEnumerable<ModelCallView> CallsOf(StepView? step) => step is null ? [] : step.ModelCalls.Concat(step.Steps.SelectMany(CallsOf));
}
