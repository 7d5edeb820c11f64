using Hal9.Engine.Events;
using Hal9.Engine.Learning;
using Hal9.Engine.Learning.Statistics;
using Hal9.Engine.Models;
using Hal9.Engine.Runs;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Support;

/// <summary>
/// Much traffic in little time: runs of one kind of task that are decided, logged and judged by the product itself; only the answers are made up. A fault fires in each unless a lesson about it is shown,
/// and an answer of the fast model is bad.
/// </summary>
internal sealed class LearningWorld(EngineHost engine, Actor actor)
{
    public const string Fault = "The unit is missing";
    public const string TaskClass = "summarise";
    private int made;

    public string LessonsKey { get; } = PolicyContent.KeyOf(PolicyKind.Lessons, Layer.L2, TaskClass);

    public string RouteKey { get; } = PolicyContent.KeyOf(PolicyKind.Route, Layer.L2, TaskClass);

    /// <summary>A run in a lane of a policy, judged by its own user: everybody has few votes.</summary>
    /// <param name="lane">The lane; null: any.</param>
    /// <param name="key">Of which policy.</param>
    /// <param name="task">The task's words; null: a new task each time.</param>
    /// <returns>The run, and whether its answer was good.</returns>
    public async Task<(Guid RunId, bool Good)> RunAsync(Lane? lane, string key, string? task = null)
    {
        var token = TestContext.Current.CancellationToken;
        var policies = await engine.Services.GetRequiredService<PolicyBook>().OfAsync(actor.TenantId, token);
        var number = ++made;
        task ??= $"Summarise report {number}";
        RunRow row;
        Guidance guidance;
        var looked = 0;
        do
        {
            Assert.True(looked++ < 10_000, $"No run of {key} comes into the lane {lane}.");
            row = StoredRuns.Of(actor, task, RunStatus.Succeeded, 1, RunMode.Quick);
            guidance = Guidance.Of(policies, actor.TenantId, row.Id, Layer.L2, TaskClasses.Of(task), ModelTier.Balanced, DateTimeOffset.UtcNow);
        }
        while (lane is { } wanted && guidance.Decisions.Single(decision => decision.Key == key).Lane.Lane != wanted);
        await StoredRuns.AddAsync(engine, actor, row);
        var step = new StepRow
        {
            Id = Guid.CreateVersion7(), TenantId = actor.TenantId, RunId = row.Id, Path = "1", Layer = Layer.L2, Neuron = "writer", Status = StepStatus.Succeeded, Goal = task, StartedAt = DateTimeOffset.UtcNow,
        };
        await using (var db = engine.Services.GetRequiredService<TenantScope>().Open(actor.TenantId))
        {
            db.Add(step);
            await db.SaveChangesAsync(token);
        }
        await engine.Services.GetRequiredService<Writer>().WriteAsync(
            actor.TenantId,
            batch =>
            {
                DecisionLog.Write(batch, new DecidedStep(actor.TenantId, row.Id, step.Id, Layer.L2, "writer", task, DateTimeOffset.UtcNow), guidance);
                DecisionLog.End(batch, actor.TenantId, step.Id, Hal9.Engine.Usd.Zero, TimeSpan.FromMilliseconds(5), passed: true);
            },
            token);
        var good = guidance.Notes.Contains(LessonMiner.SignatureOf(Fault), StringComparison.Ordinal) && guidance.Tier != ModelTier.Fast;
        var judge = actor with { UserId = Guid.CreateVersion7() };
        await engine.Services.GetRequiredService<FeedbackService>().GiveAsync(judge, new GiveFeedback(row.Id, null, FeedbackKind.Test, good ? 1 : 0, Comment: good ? null : Fault + "."), token);
        return (row.Id, good);
    }

    /// <summary>A run whose answer is good whatever is learned.</summary>
    public async Task WellAsync(string task)
    {
        var (id, _) = await RunAsync(null, RouteKey, task);
        await engine.Services.GetRequiredService<FeedbackService>().GiveAsync(
            actor with { UserId = Guid.CreateVersion7() }, new GiveFeedback(id, null, FeedbackKind.Test, 1), TestContext.Current.CancellationToken);
        await engine.Services.GetRequiredService<FeedbackService>().GiveAsync(
            actor with { UserId = Guid.CreateVersion7() }, new GiveFeedback(id, null, FeedbackKind.Test, 1), TestContext.Current.CancellationToken);
    }
}
