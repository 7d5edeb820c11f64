using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Hal9.Cli.Output;

/// <summary>A run's tree as its events tell it.</summary>
internal sealed class RunTree
{
    private const int GoalLength = 70;
    private readonly Dictionary<string, Step> steps = [];
    private Step? root;
    private string status = "running";
    private string cost = "0";
    private string? way;

    /// <summary>Takes in an event; the line that says it, or null for what only the tree shows.</summary>
    public string? Apply(JsonElement e)
    {
        switch (Text(e, "type"))
        {
            case "RunTriaged":
                way = $"{Text(e, "mode")}, enters at {Text(e, "entry")}";
                return $"triage: {way}";
            case "StepStarted":
                var step = new Step(Text(e, "layer"), Text(e, "neuron"), Text(e, "goal"));
                steps[Text(e, "stepId")] = step;
                if (steps.TryGetValue(Text(e, "parentId"), out var parent))
                {
                    parent.Below.Add(step);
                }
                else
                {
                    root ??= step;
                }
                return $"{step.Layer} {step.Neuron}: {Plain.Short(step.Goal, GoalLength)}";
            case "ModelCallStarted" when Find(e) is { } calling:
                calling.Asks = $"{Text(e, "provider")}/{Text(e, "model")}";
                return Text(e, "onLimit") is { Length: > 0 } onLimit ? $"{calling.Layer} {calling.Neuron}: {onLimit}" : null;
            case "ModelCallEnded" when Find(e) is { } called:
                called.Asks = null;
                called.Calls++;
                called.Tokens += Number(e, "inputTokens") + Number(e, "outputTokens");
                return Text(e, "status") == "succeeded" ? null : $"{called.Layer} {called.Neuron}: attempt {Number(e, "attempt")} failed: {Plain.Short(Text(e, "error"), GoalLength)}";
            case "StepEnded" when Find(e) is { } ended:
                ended.Status = Text(e, "status");
                ended.Cost = Text(e, "costUsd");
                return $"{ended.Layer} {ended.Neuron}: {ended.Status}, ${ended.Cost}";
            case "CancelRequested":
                return "cancel requested";
            case "RunResumed":
                return $"taken up again: {Text(e, "reason")}";
            case "RunWaiting":
                status = "waiting";
                return $"waits: {Text(e, "reason")}";
            case "RunEnded":
                status = Text(e, "status");
                cost = Text(e, "costUsd");
                return $"run {status}, ${cost}";
            default:
                return null;
        }
    }

    /// <summary>Takes in a run as it stands.</summary>
    public void Apply(string runStatus, string runCost, JsonElement roots)
    {
        status = runStatus;
        cost = runCost;
        root = roots.EnumerateArray().Select(StepOf).FirstOrDefault();
    }

    public IRenderable Render()
    {
        var tree = new Tree(new Text($"run {status}{(way is null ? "" : $" ({way})")}, ${cost}"));
        if (root is not null)
        {
            Add(tree, root);
        }
        return tree;
    }

    private static void Add(IHasTreeNodes above, Step step)
    {
        var node = above.AddNode(new Markup(step.ToMarkup()));
        foreach (var below in step.Below)
        {
            Add(node, below);
        }
    }

    private static Step StepOf(JsonElement json)
    {
        var calls = json.GetProperty("modelCalls").EnumerateArray().ToList();
        var step = new Step(Text(json, "layer"), Text(json, "neuron"), Text(json, "goal"))
        {
            Status = Text(json, "status"), Cost = Text(json, "costUsd"), Calls = calls.Count, Tokens = calls.Sum(call => Number(call, "inputTokens") + Number(call, "outputTokens")),
        };
        step.Below.AddRange(json.GetProperty("steps").EnumerateArray().Select(StepOf));
        return step;
    }

    private Step? Find(JsonElement e) => steps.GetValueOrDefault(Text(e, "stepId"));

    private static string Text(JsonElement e, string name) => e.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static long Number(JsonElement e, string name) => e.TryGetProperty(name, out var value) && value.TryGetInt64(out var number) ? number : 0;

    private sealed class Step(string layer, string neuron, string goal)
    {
        public string Layer { get; } = Plain.Line(layer);
        public string Neuron { get; } = Plain.Line(neuron);
        public string Goal { get; } = goal;
        public string Status { get; set; } = "running";
        public string? Asks { get; set; }
        public string? Cost { get; set; }
        public int Calls { get; set; }
        public long Tokens { get; set; }
        public List<Step> Below { get; } = [];

        public string ToMarkup()
        {
            // The sign says it without colour.
            var (sign, colour) = Status switch
            {
                "succeeded" => ("✓", "green"),
                "failed" => ("✗", "red"),
                "cancelled" or "refused" => ("■", "yellow"),
                _ => ("…", "blue"),
            };
            var facts = string.Join(
                ", ",
                new[]
                {
                    Asks is null ? null : $"asks {Plain.Line(Asks)}",
                    Calls == 0 ? null : $"{Calls} {(Calls == 1 ? "call" : "calls")}, {Tokens.ToString("N0", CultureInfo.InvariantCulture)} tokens",
                    Cost is null ? null : "$" + Cost,
                }.OfType<string>());
            return $"[{colour}]{sign}[/] [bold]{Layer.EscapeMarkup()} {Neuron.EscapeMarkup()}[/] {Plain.Short(Goal, GoalLength).EscapeMarkup()}{(facts.Length == 0 ? "" : $" [dim]{facts.EscapeMarkup()}[/]")}";
        }
    }
}
