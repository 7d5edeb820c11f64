using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Conversations;
using Hal9.Engine.Events;
using Hal9.Engine.Learning;
using Hal9.Engine.Runs;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Engine.Conversations;

[Collection(EngineCollection.Name)]
public sealed class TemporaryChatsTests(EngineHost engine) : IDisposable
{
    private const string Secret = "xylophonequince";

    private ConversationService Conversations => engine.Services.GetRequiredService<ConversationService>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => engine.Provider.Reset();

    [Fact]
    public async Task TemporaryChat_IsInNoListAndNoSearch_AndForItsOwnerOnly()
    {
        var owner = await engine.NewTenantAsync();
        var sent = await SendAsync(owner);

        var shown = await Conversations.FindAsync(owner, sent.ConversationId, null, Cancel);

        Assert.True(shown!.IsTemporary);
        Assert.Empty((await engine.Services.GetRequiredService<ShelfService>().ListAsync(owner, ConversationFilter.All, null, 10, Cancel)).Items);
        Assert.Empty((await engine.Services.GetRequiredService<SearchService>().FindAsync(owner, Secret, false, null, 10, Cancel)).Items);
        Assert.Empty((await engine.Runs.ListAsync(owner, new RunFilter(), Cancel)).Items);
        Assert.Null(await Conversations.FindAsync(owner with { UserId = Guid.CreateVersion7() }, sent.ConversationId, null, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => engine.Services.GetRequiredService<ShareService>().ShareAsync(owner, sent.ConversationId, sent.AnswerId, Cancel));
        await Conversations.EndTemporaryAsync(owner, sent.ConversationId, Cancel);
    }

    [Fact]
    public async Task EndTemporaryAsync_RemovesEveryText_AndKeepsTheCost()
    {
        var owner = await engine.NewTenantAsync();
        var sent = await SendAsync(owner);
        await engine.Services.GetRequiredService<FeedbackService>().GiveAsync(owner, new GiveFeedback(sent.RunId, null, FeedbackKind.Thumb, -1, Comment: Secret), Cancel);
        await engine.Services.GetRequiredService<DraftService>().SaveAsync(owner, sent.ConversationId, Secret, Cancel);
        var cost = (await engine.Runs.FindAsync(owner, sent.RunId, Cancel))!.Cost;
        Assert.NotEmpty(Places(Secret));

        await Conversations.EndTemporaryAsync(owner, sent.ConversationId, Cancel);

        Assert.Empty(Places(Secret));
        Assert.Null(await Conversations.FindAsync(owner, sent.ConversationId, null, Cancel));
        var run = await engine.Runs.FindAsync(owner, sent.RunId, Cancel);
        Assert.Equal((cost, null), (run!.Cost, run.Answer));
        var spent = await engine.Services.GetRequiredService<CostService>().ListAsync(owner, new CostQuery(CostGroup.Run), Cancel);
        Assert.Equal(cost, Assert.Single(spent).Amount);
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Conversations.EndTemporaryAsync(owner, sent.ConversationId, Cancel));
    }

    [Fact]
    public async Task SweepAsync_EndsWhatIsOver_NotWhatIsAtWork()
    {
        var owner = await engine.NewTenantAsync();
        var done = await SendAsync(owner);
        var gate = new ScriptedGate();
        engine.Provider.Script(_ => ScriptedReply.Of("slow") with { Hold = gate });
        var atWork = await Conversations.SendAsync(owner, new NewMessage(null, null, "Hi", RunMode.Quick) { Temporary = true }, Cancel);
        var normal = await Conversations.SendAsync(owner, null, null, "stays", RunMode.Quick, Cancel);
        var (scope, writer) = (engine.Services.GetRequiredService<TenantScope>(), engine.Services.GetRequiredService<Writer>());
        await new TemporaryChats(scope, writer, TimeProvider.System).SweepAsync(Cancel);
        Assert.NotNull(await Conversations.FindAsync(owner, done.ConversationId, null, Cancel));

        await new TemporaryChats(scope, writer, new FakeTimeProvider(DateTimeOffset.UtcNow.Add(TemporaryChats.Life))).SweepAsync(Cancel);

        Assert.Null(await Conversations.FindAsync(owner, done.ConversationId, null, Cancel));
        Assert.NotNull(await Conversations.FindAsync(owner, atWork.ConversationId, null, Cancel));
        Assert.NotNull(await Conversations.FindAsync(owner, normal.ConversationId, null, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => Conversations.EndTemporaryAsync(owner, atWork.ConversationId, Cancel));
        gate.Open();
        await engine.Runs.WaitAsync(owner, atWork.RunId, Cancel);
        await engine.Runs.WaitAsync(owner, normal.RunId, Cancel);
    }

    // Every text column of every table: a new one that forgets to end is found here.
    private List<string> Places(string text)
    {
        using var connection = (SqliteConnection)engine.Services.GetRequiredService<Database>().Open();
        var columns = new List<(string Table, string Column)>();
        using (var list = connection.CreateCommand())
        {
            list.CommandText = "SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'message_search%' AND p.type = 'TEXT'";
            using var reader = list.ExecuteReader();
            while (reader.Read())
            {
                columns.Add((reader.GetString(0), reader.GetString(1)));
            }
        }
        return [.. columns.Where(place =>
        {
            using var count = connection.CreateCommand();
            count.CommandText = $"SELECT COUNT(*) FROM \"{place.Table}\" WHERE \"{place.Column}\" LIKE @text";
            count.Parameters.AddWithValue("@text", $"%{text}%");
            return (long)count.ExecuteScalar()! > 0;
        }).Select(place => $"{place.Table}.{place.Column}")];
    }

    private async Task<SentMessage> SendAsync(Actor actor)
    {
        engine.Provider.Script(_ => ScriptedReply.Of($"All about {Secret}."));
        var sent = await Conversations.SendAsync(actor, new NewMessage(null, null, $"Tell me about {Secret}", RunMode.Quick) { Temporary = true }, Cancel);
        await engine.Runs.WaitAsync(actor, sent.RunId, Cancel);
        return sent;
    }
}
