using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hal9.Engine.Events;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;

namespace Hal9.Engine.Learning;

/// <summary>The step that decisions were made for.</summary>
internal sealed record DecidedStep(Guid TenantId, Guid RunId, Guid StepId, Layer Layer, string Neuron, string Task, DateTimeOffset At);

/// <summary>Writes decisions in the transaction that opens their step, and what they cost in the one that ends it.</summary>
internal static class DecisionLog
{
    public static void Write(WriteBatch batch, DecidedStep step, Guidance guidance)
    {
        foreach (var decision in guidance.Decisions)
        {
            batch.Execute(
                LearningStatements.InsertDecision,
                ("@id", Guid.CreateVersion7(step.At)), ("@tenant", step.TenantId), ("@run", step.RunId), ("@step", step.StepId), ("@at", step.At.ToUnixTimeMilliseconds()),
                ("@class", guidance.TaskClass), ("@layer", step.Layer.ToString()), ("@neuron", step.Neuron), ("@key", decision.Key), ("@lane", decision.Lane.Lane.ToString()), ("@arm", decision.Arm),
                ("@propensity", decision.Lane.Propensity), ("@version", decision.Version), ("@item", ItemOf(step.Task)), ("@prompt", HashOf($"{step.Neuron}\n{guidance.Notes}\n{step.Task}")),
                ("@lessons", JsonSerializer.Serialize(decision.LessonIds)), ("@exemplars", JsonSerializer.Serialize(decision.ExemplarIds)));
        }
    }

    public static void End(WriteBatch batch, Guid tenantId, Guid stepId, Usd cost, TimeSpan time, bool passed) => batch.Execute(
        LearningStatements.EndDecisions, ("@cost", cost.Nano), ("@ms", (long)time.TotalMilliseconds), ("@checks", passed ? "passed" : "failed"), ("@tenant", tenantId), ("@step", stepId));

    /// <summary>The identity of a task: the same words are the same task, whoever asks.</summary>
    public static string ItemOf(string task) => HashOf(string.Join(' ', task.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToUpperInvariant());

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
}
