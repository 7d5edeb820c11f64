using Hal9.Engine.Codegen;
using Hal9.Engine.Codegen.Verification;
using Hal9.Tests.Support;

namespace Hal9.Tests.Engine.Codegen;

/// <summary>Models that repair badly on purpose. The benchmark <c>codegen</c> does the same with many more cases.</summary>
public sealed class HostileModelTests
{
    [Fact]
    public async Task Projects_OfAHostileModel_KeepTheirLimitsAndAnchors()
    {
        await using var trial = await ProjectTrial.StartAsync();
        var actor = await trial.NewTenantAsync();

        var ends = await Task.WhenAll(Enumerable.Range(1, 40).Select(number => trial.RunAsync(actor, number, TestContext.Current.CancellationToken)));

        Assert.Empty(ends.SelectMany(end => end.Violations));
        // The cases are worth something only when both ends occur, and repairs were really undone.
        Assert.Contains(ends, end => end.Verdict == Verdict.Verified);
        Assert.Contains(ends, end => end.Status == ProjectStatus.Delivered && end.Verdict == Verdict.Draft);
        Assert.Contains(ends, end => end.Attempts > 3);
        // Whoever goes to and fro between two states is stopped when the first one comes back.
        Assert.All(ends.Where(end => end.Case % 4 == 0 && end.Status == ProjectStatus.Delivered), end => Assert.InRange(end.Attempts, 0, 2));
    }
}
