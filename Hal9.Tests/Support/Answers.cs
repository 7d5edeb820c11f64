using Hal9.Engine.Runs;

namespace Hal9.Tests.Support;

/// <summary>Scripts of a hierarchy's answers, by the schema that is asked for.</summary>
public static class Answers
{
    /// <summary>A plan that delegates.</summary>
    public static ScriptedReply Plan(params (string Neuron, string Goal)[] assignments) => Plan([.. assignments.Select(a => (a.Neuron, a.Goal, Array.Empty<int>()))]);

    /// <summary>A plan that delegates, with dependencies.</summary>
    public static ScriptedReply Plan(params (string Neuron, string Goal, int[] DependsOn)[] assignments) => ScriptedReply.OfJson(new
    {
        outcome = "delegate",
        assignments = assignments.Select(a => new { neuron = a.Neuron, goal = a.Goal, criteria = new[] { $"{a.Goal} is done" }, dependsOn = a.DependsOn, share = 0.5 }),
        answer = "",
        reason = "scripted",
    });

    /// <summary>A piece of work.</summary>
    public static ScriptedReply Work(string answer) => ScriptedReply.OfJson(new { outcome = "answer", answer, reason = "" });

    /// <summary>A review that accepts all and integrates.</summary>
    public static ScriptedReply Review(string answer) => ScriptedReply.OfJson(new { verdicts = Array.Empty<object>(), answer });

    /// <summary>Verdicts that accept all.</summary>
    public static ScriptedReply Accepted { get; } = ScriptedReply.OfJson(new { verdicts = Array.Empty<object>() });

    /// <summary>Verdicts that send results back.</summary>
    public static ScriptedReply SendBack(params (int Assignment, string Feedback)[] backs) => ScriptedReply.OfJson(new
    {
        verdicts = backs.Select(b => new { assignment = b.Assignment, verdict = "sendBack", feedback = b.Feedback }),
    });

    /// <summary>All steps of a run, top down.</summary>
    public static IEnumerable<StepView> AllSteps(this RunView run) => run.Root is { } root ? Walk(root) : [];

    private static IEnumerable<StepView> Walk(StepView step) => step.Steps.SelectMany(Walk).Prepend(step);
}
