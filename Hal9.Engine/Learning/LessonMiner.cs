using System.Text.RegularExpressions;
using Hal9.Engine.Events;
using Hal9.Engine.Learning.Statistics;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Learning;

/// <summary>
/// Forms lessons: at least five failures of one kind from at least three different tasks, beside at least two successes of the same class. Only tasks of the mining half are looked at; those of the
/// judging half never form what they judge. The words are the failure's own, quoted; no model writes them.
/// </summary>
internal sealed partial class LessonMiner(TenantScope scope, Writer writer, LearningOptions options, TimeProvider time)
{
    private const int LeastFailures = 5;
    private const int LeastTasks = 3;
    private const int LeastSuccesses = 2;
    private const int MostRows = 5_000;
    private const int LongestSignature = 160;
    private static readonly TimeSpan Back = TimeSpan.FromDays(90);
    private static readonly TimeSpan Lasts = TimeSpan.FromDays(180);

    /// <summary>All tenants, for the worker.</summary>
    public async Task<IReadOnlyList<Guid>> TenantsAsync(CancellationToken cancellationToken)
    {
        await using var db = scope.System("repeated failures are looked for in every tenant");
        return await db.Set<Tenant>().AsNoTracking().Select(tenant => tenant.Id).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<int> MineAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var (failures, successes) = await ReadAsync(tenantId, now - Back, cancellationToken).ConfigureAwait(false);
        var split = new ItemSplit(tenantId.ToString());
        var made = 0;
        var clusters = failures.Where(failure => split.SideOf(failure.Item) == ItemSide.Mine).GroupBy(failure => (failure.Layer, failure.TaskClass, failure.Signature))
            .Where(group => group.Select(one => one.RunId).Distinct().Count() >= LeastFailures && group.Select(one => one.Item).Distinct().Count() >= LeastTasks);
        foreach (var cluster in clusters)
        {
            var well = successes.Count(success => success == (cluster.Key.Layer, cluster.Key.TaskClass));
            if (well < LeastSuccesses || !Enum.TryParse<Layer>(cluster.Key.Layer, out var layer))
            {
                continue;
            }
            var mined = new MineSet(split);
            foreach (var failure in cluster)
            {
                mined.Use(failure.Item);
            }
            var runs = cluster.Select(one => one.RunId).Distinct().Order().ToList();
            var text = $"Answers to tasks of this kind were rejected for this reason: \"{cluster.Key.Signature}\". Check for it before you answer.";
            if (LessonLint.FaultOf(text, LessonLint.Longest) is null)
            {
                var evidence = new ProposalEvidence("miner", runs, runs.Count, well, mined.Count);
                made += await WriteAsync(tenantId, layer, cluster.Key.TaskClass, cluster.Key.Signature, text, evidence, now, cancellationToken).ConfigureAwait(false) ? 1 : 0;
            }
        }
        return made;
    }

    /// <summary>What a comment says a failure is, so that the same one is the same: its first line without numbers, in lower case.</summary>
    public static string SignatureOf(string comment)
    {
        var line = comment.AsSpan().Trim();
        var end = line.IndexOfAny('\r', '\n');
        var bare = Number().Replace(Space().Replace((end < 0 ? line : line[..end]).ToString(), " "), "#").Replace('"', '\'').ToLowerInvariant().TrimEnd('.', '!', ' ');
        return bare.Length <= LongestSignature ? bare : bare[..LongestSignature];
    }

    private Task<bool> WriteAsync(
        Guid tenantId, Layer layer, string taskClass, string signature, string text, ProposalEvidence evidence, DateTimeOffset now, CancellationToken cancellationToken) => writer.WriteAsync(
        tenantId,
        batch =>
        {
            var key = PolicyContent.KeyOf(PolicyKind.Lessons, layer, taskClass);
            batch.First(LearningStatements.Head, PolicyHead.Read, out var head, ("@tenant", tenantId), ("@key", key));
            var served = head is { Active: > 0 } ? batch.Text(LearningStatements.Content, ("@tenant", tenantId), ("@key", key), ("@version", head.Active)) : null;
            var lessons = served is null ? [] : PolicyContent.Read(PolicyKind.Lessons, served).Lessons ?? [];
            if (lessons.Any(lesson => lesson.Signature == signature))
            {
                return false;
            }
            // Without chance in it, and with an end that only changes by the month, the same cluster is the same change when it is found again.
            var end = now + Lasts;
            var lesson = new Lesson(PolicyContent.Hash(key, 0, signature)[..12], text, signature, ExpiresAt: new DateTimeOffset(end.Year, end.Month, 1, 0, 0, 0, TimeSpan.Zero));
            return ProposalDesk.Write(batch, Lifecycle.Machine(tenantId), key, new PolicyContent { Lessons = [.. lessons, lesson] }, evidence, options.ProposalDays, now).Made is not null;
        },
        cancellationToken);

    private async Task<(List<Failure> Failures, List<(string Layer, string TaskClass)> Successes)> ReadAsync(Guid tenantId, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(tenantId);
        var judged = await (
            from credit in db.Set<RunCreditRow>().AsNoTracking()
            join decision in db.Set<DecisionRow>().AsNoTracking() on credit.RunId equals decision.RunId
            where credit.At >= since && decision.PolicyKey.StartsWith("route/")
            orderby credit.At descending
            select new { credit.RunId, credit.Rule, credit.L2, credit.L3, credit.L4, credit.Outcome, decision.Layer, decision.TaskClass, decision.Item }).Take(MostRows).ToListAsync(cancellationToken).ConfigureAwait(false);
        var runs = judged.ConvertAll(one => one.RunId);
        var comments = (await db.Set<FeedbackRow>().AsNoTracking()
            .Where(row => row.Counted == 1 && row.Comment != null && row.Number != null && row.Number <= 0 && row.UpdatedAt >= since)
            .OrderByDescending(row => row.Id).Take(MostRows).Select(row => new { row.RunId, row.Comment }).ToListAsync(cancellationToken).ConfigureAwait(false)).ToLookup(row => row.RunId, row => row.Comment!);
        var failures =
            from one in judged
            where one.Outcome < 0.5 && one.Rule != nameof(Credit.BlameRule.Infrastructure) && one.Layer == Blamed(one.L2, one.L3, one.L4)
            from signature in comments[one.RunId].Select(SignatureOf).Where(words => words.Length > 0).Distinct()
            select new Failure(one.RunId, one.Layer, one.TaskClass, one.Item, signature);
        return ([.. failures.Distinct()], [.. judged.Where(one => one.Outcome >= 0.5).DistinctBy(one => (one.RunId, one.Layer, one.TaskClass)).Select(one => (one.Layer, one.TaskClass))]);
    }

    private static string Blamed(double l2, double l3, double l4) => l2 >= l3 && l2 >= l4 ? nameof(Layer.L2) : l3 >= l4 ? nameof(Layer.L3) : nameof(Layer.L4);

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    private sealed record Failure(Guid RunId, string Layer, string TaskClass, string Item, string Signature);
}
