using Hal9.Engine.Conversations;
using Hal9.Engine.Events;
using Hal9.Engine.Learning;
using Hal9.Engine.Runs;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Tests.Contracts;

public sealed class SqliteConversationTests(SqliteTemplate template) : ConversationContract, IClassFixture<SqliteTemplate>
{
    private protected override Database Create(string folder) => Database.Sqlite(template.CopyTo(folder));
}

public sealed class PostgresConversationTests(PostgresCluster cluster) : ConversationContract, IClassFixture<PostgresCluster>
{
    private protected override Database Create(string folder)
    {
        Assert.SkipWhen(cluster.Missing is not null, cluster.Missing ?? "");
        return cluster.Of(cluster.Create());
    }
}

/// <summary>What conversations, drafts and feedback ask of a database in its own words.</summary>
public abstract class ConversationContract : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly Actor actor = new(Guid.CreateVersion7(), Guid.CreateVersion7(), Role.Admin);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected abstract Database Create(string folder);

    public void Dispose()
    {
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Search_FindsMessagesOfBeforeTheIndex_ByTheBeginningsOfWords_NewestFirst()
    {
        var database = Create(folder.Path);
        var (first, second) = (await TalkAsync(database, "Why does my kettle whistle?"), await TalkAsync(database, "Whistling kettles: a history"));
        await TalkAsync(database, "A secret about kettles", expires: DateTimeOffset.UtcNow);
        using var directory = DataDirectory.Hold(folder.Of("data"));

        await new Migrator(database, directory, [], TimeProvider.System).MigrateAsync(Cancel);
        await new Migrator(database, directory, [], TimeProvider.System).MigrateAsync(Cancel);

        var search = new SearchService(database);
        var found = (await search.FindAsync(actor, "KETTLE whist", true, null, 10, Cancel)).Items;
        Assert.Equal([second.Message, first.Message], found.Select(hit => hit.MessageId));
        Assert.Equal(["kettle", "whistle"], found[1].Snippet.Where(piece => piece.IsHit).Select(piece => piece.Text));
        Assert.Equal(("Talk", MessageRole.User, false), (found[0].Title, found[0].Role, found[0].IsArchived));
        Assert.Empty((await search.FindAsync(actor, "teapot", true, null, 10, Cancel)).Items);
        Assert.Empty((await search.FindAsync(actor with { TenantId = Guid.CreateVersion7() }, "kettle", false, null, 10, Cancel)).Items);
        var page = await search.FindAsync(actor, "kettle", true, null, 1, Cancel);
        Assert.Equal(first.Message, Assert.Single((await search.FindAsync(actor, "kettle", true, page.Next, 1, Cancel)).Items).MessageId);
    }

    [Fact]
    public async Task Draft_IsReplacedAndForgotten()
    {
        var database = Create(folder.Path);
        await using var writer = new Writer(database);
        var drafts = new DraftService(new TenantScope(database), writer, TimeProvider.System);

        await drafts.SaveAsync(actor, null, "one", Cancel);
        await drafts.SaveAsync(actor, null, "two", Cancel);

        Assert.Equal("two", (await drafts.FindAsync(actor, null, Cancel))!.Text);
        await drafts.SaveAsync(actor, null, "", Cancel);
        Assert.Null(await drafts.FindAsync(actor, null, Cancel));
    }

    [Fact]
    public async Task Feedback_IsOneVote_AndChangeable()
    {
        var database = Create(folder.Path);
        await using var writer = new Writer(database);
        var (scope, options) = (new TenantScope(database), new LearningOptions());
        var lifecycle = new Lifecycle(new PolicyBook(scope, TimeProvider.System), options);
        var feedback = new FeedbackService(scope, writer, TimeProvider.System, new Outcomes(lifecycle), options);
        var run = (await TalkAsync(database, "Hi")).Run;

        var first = await feedback.GiveAsync(actor, new GiveFeedback(run, null, FeedbackKind.Thumb, 1), Cancel);
        var second = await feedback.GiveAsync(actor, new GiveFeedback(run, null, FeedbackKind.Thumb, -1, Comment: "no"), Cancel);

        Assert.Equal(first.Id, second.Id);
        Assert.Equal(second, Assert.Single(await feedback.ListAsync(actor, run, Cancel)));
        Assert.True(await feedback.WithdrawAsync(actor, first.Id, Cancel));

        // The rest of learning speaks the same SQL: a change is proposed, tried, measured and taken back.
        var learning = new LearningService(scope, writer, lifecycle, new LessonMiner(scope, writer, options, TimeProvider.System), options, TimeProvider.System);
        var proposal = await learning.ProposeAsync(actor with { UserId = Guid.CreateVersion7() }, "route/L2/ask", """{"tier":"fast"}""", Cancel);
        await learning.ApproveAsync(actor, proposal.Id, new DecideProposal("try it", Force: true), Cancel);
        await writer.WriteAsync(actor.TenantId, batch => lifecycle.Advance(batch, actor.TenantId, proposal.Key, DateTimeOffset.UtcNow), Cancel);
        Assert.Equal(0, (await learning.FindAsync(actor, proposal.Id, Cancel))!.Measured!.Served);
        Assert.Equal(ProposalState.RolledBack, (await learning.RollBackAsync(actor, proposal.Id, new DecideProposal("enough"), Cancel))!.State);
        Assert.Equal(0, await learning.MineAsync(actor, Cancel));
        Assert.Null((await learning.MeterAsync(actor, Cancel)).Rate);
    }

    [Fact]
    public async Task TemporaryChat_EndsWithItsTexts()
    {
        var database = Create(folder.Path);
        await using var writer = new Writer(database);
        var scope = new TenantScope(database);
        var gone = await TalkAsync(database, "a secret", expires: DateTimeOffset.UtcNow.AddMinutes(-1));
        var kept = await TalkAsync(database, "no secret", expires: DateTimeOffset.UtcNow.AddMinutes(10));

        Assert.Equal(1, await new TemporaryChats(scope, writer, TimeProvider.System).SweepAsync(Cancel));

        await using var db = scope.Open(actor.TenantId);
        Assert.Equal(kept.Message, (await db.Set<MessageRow>().SingleAsync(Cancel)).Id);
        var run = await db.Set<RunRow>().SingleAsync(r => r.Id == gone.Run, Cancel);
        Assert.DoesNotContain("secret", run.Goal, StringComparison.Ordinal);
        Assert.Null(run.ConversationId);
    }

    private async Task<(Guid Conversation, Guid Message, Guid Run)> TalkAsync(Database database, string text, DateTimeOffset? expires = null)
    {
        var ids = (Conversation: Guid.CreateVersion7(), Message: Guid.CreateVersion7(), Run: Guid.CreateVersion7());
        await using var db = new TenantScope(database).Open(actor.TenantId);
        var now = DateTimeOffset.UtcNow;
        db.Add(new ConversationRow { Id = ids.Conversation, TenantId = actor.TenantId, UserId = actor.UserId, Title = "Talk", CreatedAt = now, UpdatedAt = now, ExpiresAt = expires });
        db.Add(new MessageRow
        {
            Id = ids.Message, TenantId = actor.TenantId, ConversationId = ids.Conversation, Role = MessageRole.User, Status = MessageStatus.Complete, Content = text, CreatedAt = now,
        });
        db.Add(new RunRow
        {
            Id = ids.Run, TenantId = actor.TenantId, UserId = actor.UserId, Kind = RunKind.Chat, Mode = RunMode.Quick, Status = RunStatus.Succeeded, Goal = text,
            ConversationId = ids.Conversation, StartedAt = now, EndedAt = now, HeartbeatAt = now,
        });
        await db.SaveChangesAsync(Cancel);
        return ids;
    }
}
