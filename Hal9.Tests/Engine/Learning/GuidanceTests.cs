using Hal9.Engine.Events;
using Hal9.Engine.Learning;
using Hal9.Engine.Learning.Statistics;
using Hal9.Engine.Models;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Engine.Learning;

[Collection(EngineCollection.Name)]
public sealed class GuidanceTests(EngineHost engine) : IDisposable
{
    private const string Lesson = "Answers without the unit were rejected.";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => engine.Provider.Reset();

    [Fact(Timeout = 60_000)]
    public async Task Run_UnderWhatWasLearned_ShowsTheLessonAsksTheTierAndLogsEachDecision()
    {
        var actor = await engine.NewTenantAsync();
        await ServeAsync(actor, "lessons/L2/translate", new PolicyContent { Lessons = [new Lesson("unit", Lesson)] });
        await ServeAsync(actor, "route/L2/translate", new PolicyContent { Tier = ModelTier.Strong });
        engine.Provider.Script(_ => ScriptedReply.Of("Bonjour"));

        var seen = new Dictionary<string, List<DecisionRow>>();
        for (var i = 0; i < 12; i++)
        {
            var id = (await engine.Runs.StartAsync(actor, new StartRun { Goal = $"Translate text {i}", Mode = RunMode.Quick }, Cancel)).Id;
            await engine.Runs.WatchAsync(actor, id, 0, Cancel).ToListAsync(Cancel);
            await using var db = engine.Services.GetRequiredService<TenantScope>().Open(actor.TenantId);
            seen[$"Translate text {i}"] = await db.Set<DecisionRow>().AsNoTracking().Where(row => row.RunId == id).ToListAsync(Cancel);
        }

        foreach (var exchange in engine.Provider.Exchanges)
        {
            var prompt = exchange.Request.Messages[^1].Text;
            var rows = seen.Single(pair => prompt.Contains(pair.Key + "\n", StringComparison.Ordinal)).Value;
            Assert.Equal(2, rows.Count);
            Assert.All(rows, row => Assert.True(row.Propensity > 0 && row is { Checks: "passed", TaskClass: "translate", Layer: "L2" } && row.PromptHash.Length == 32));
            var (lessons, route) = (rows.Single(row => row.PolicyKey.StartsWith("lessons", StringComparison.Ordinal)), rows.Single(row => row.PolicyKey.StartsWith("route", StringComparison.Ordinal)));
            Assert.Equal(lessons.Lane == nameof(Lane.Holdback), !prompt.Contains("> - " + Lesson, StringComparison.Ordinal));
            Assert.Equal(lessons.Lane == nameof(Lane.Holdback) ? "[]" : "[\"unit\"]", lessons.LessonIds);
            Assert.Equal(route.Lane == nameof(Lane.Holdback) ? "small" : "large", exchange.Request.Model);
            Assert.DoesNotContain(Lesson, exchange.Request.Messages[0].Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Guidance_OfNothingLearned_IsTheNeuronsOwnAndStillADecision()
    {
        var guidance = Guidance.Of(PolicySnapshot.Empty, Guid.CreateVersion7(), Guid.CreateVersion7(), Layer.L3, "plan", ModelTier.Balanced, DateTimeOffset.UtcNow);

        Assert.Equal((ModelTier.Balanced, "", null), (guidance.Tier, guidance.Notes, guidance.MaxOutputTokens));
        var decision = Assert.Single(guidance.Decisions);
        Assert.Equal(("route/L3/plan", "balanced", 1.0, 0), (decision.Key, decision.Arm, decision.Lane.Propensity, decision.Version));
    }

    [Fact]
    public void Guidance_OfAnExpiredLesson_DoesNotShowIt()
    {
        var now = DateTimeOffset.UtcNow;
        var content = new PolicyContent { Lessons = [new Lesson("old", Lesson, ExpiresAt: now), new Lesson("new", "Name the source.")] };
        var policies = new PolicySnapshot(new Dictionary<string, LivePolicy> { ["lessons/L2/ask"] = new("lessons/L2/ask", (1, content), null, 0) });

        var shown = Enumerable.Range(0, 50).Select(_ => Guidance.Of(policies, Guid.CreateVersion7(), Guid.CreateVersion7(), Layer.L2, "ask", ModelTier.Fast, now)).ToList();

        Assert.All(shown, guidance => Assert.DoesNotContain(Lesson, guidance.Notes, StringComparison.Ordinal));
        Assert.Contains(shown, guidance => guidance.Notes.Contains("> - Name the source.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Summarise this report", "summarise")]
    [InlineData("Fix the bug in this function", "code-repair")]
    [InlineData("Write unit tests for the parser", "test-write")]
    [InlineData("Übersetze das ins Englische", "translate")]
    [InlineData("Is it raining?", "ask")]
    [InlineData("Hello", "other")]
    public void TaskClass_OfAGoal_IsTheFirstThatFits(string goal, string taskClass) => Assert.Equal(taskClass, TaskClasses.Of(goal));

    [Fact]
    public void TaskClasses_AreTwentyFour() => Assert.Equal(24, TaskClasses.All.Distinct().Count());

    [Theory]
    [InlineData("the cat sat", "the cat sat", 1)]
    [InlineData("the cat sat", "the dog sat", 0.6667)]
    [InlineData("one", "completely other words here", 0)]
    [InlineData("", "", 1)]
    public void EditDistance_OfAnEdit_IsWhatWasKept(string answer, string edited, double kept) => Assert.Equal(kept, EditDistance.Kept(answer, edited), 4);

    [Fact]
    public void Meter_BelowThirtyHeldOut_HasNoFigure_AndAboveItsInterval()
    {
        var few = Enumerable.Range(0, 29).SelectMany(_ => new[] { ("k", true, 0.5), ("k", false, 1.0) }).ToList();
        var enough = Enumerable.Range(0, 60).SelectMany(_ => new[] { ("k", true, 0.5), ("k", false, 1.0) }).ToList();
        var worthless = Enumerable.Range(0, 60).SelectMany(_ => new[] { ("k", true, 0.0), ("k", false, 1.0) }).ToList();

        Assert.Equal((null, null, 29), (LearningService.Meter(few).Rate, LearningService.Meter(few).Difference, LearningService.Meter(few).HeldOut));
        Assert.True(LearningService.Meter(enough) is { Rate: 1.0, Low: > 0, High: >= 1 });
        Assert.True(LearningService.Meter(worthless) is { Rate: null, Difference: 1.0 });
    }

    // what another process switched is seen within a second, what this one switched at once.
    [Fact]
    public async Task PolicyBook_OfAnotherProcess_SeesASwitchWithinASecond()
    {
        var actor = await engine.NewTenantAsync();
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var other = new PolicyBook(engine.Services.GetRequiredService<TenantScope>(), time);
        Assert.Empty((await other.OfAsync(actor.TenantId, Cancel)).Policies);

        await ServeAsync(actor, "route/L2/ask", new PolicyContent { Tier = ModelTier.Strong });

        Assert.Single((await engine.Services.GetRequiredService<PolicyBook>().OfAsync(actor.TenantId, Cancel)).Policies);
        Assert.Empty((await other.OfAsync(actor.TenantId, Cancel)).Policies);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, (await other.OfAsync(actor.TenantId, Cancel)).Policies["route/L2/ask"].Active.Version);
    }

    private async Task ServeAsync(Actor actor, string key, PolicyContent content)
    {
        await using var db = engine.Services.GetRequiredService<TenantScope>().Open(actor.TenantId);
        db.Add(new PolicyRow { TenantId = actor.TenantId, PolicyKey = key, Version = 1, Content = content.Write(), ProposalId = Guid.CreateVersion7(), MadeBy = actor.UserId, MadeAt = DateTimeOffset.UtcNow });
        db.Add(new PolicyHeadRow { TenantId = actor.TenantId, PolicyKey = key, ActiveVersion = 1, Since = DateTimeOffset.UtcNow });
        await db.SaveChangesAsync(Cancel);
        engine.Services.GetRequiredService<PolicyBook>().Forget(actor.TenantId);
    }
}
