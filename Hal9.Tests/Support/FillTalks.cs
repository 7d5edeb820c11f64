using Hal9.Engine;
using Hal9.Engine.Conversations;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;

namespace Hal9.Tests.Support;

/// <summary>The conversations of <see cref="TenantFiller"/>: people come back to one of their open ones, or begin another.</summary>
internal sealed class FillTalks(WriteBatch batch, Guid tenantId, FillWorld world)
{
    private const int OfOnePerson = 3;
    private readonly Dictionary<Guid, List<Talk>> open = [];

    public long Messages { get; private set; }

    public long Conversations { get; private set; }

    /// <summary>A question and its answer.</summary>
    public (Guid? Conversation, Guid? Answer) Say(FillRun run, Guid runId, Usd cost, DateTimeOffset at, DateTimeOffset ended)
    {
        if (!open.TryGetValue(run.User, out var talks))
        {
            open[run.User] = talks = [];
        }
        var talk = talks.Count > 0 && (talks.Count >= OfOnePerson || world.Next(5) > 0) ? talks[world.Next(talks.Count)] : null;
        if (talk is null)
        {
            talks.Add(talk = new Talk { Id = Guid.CreateVersion7(at), UserId = run.User, Title = run.Goal, CreatedAt = at, Left = 2 + world.Next(8) });
        }
        var (question, answer) = (Guid.CreateVersion7(at), Guid.CreateVersion7(at.AddMilliseconds(1)));
        Write(talk, question, "User", "Complete", run.Goal, null, Usd.Zero, null, at);
        talk.Current = question;
        var text = world.Sentence(25);
        Write(talk, answer, "Assistant", run.Status == "Succeeded" ? "Complete" : "Failed", text, runId, cost, run.Status == "Succeeded" ? null : "It failed.", at);
        (talk.Current, talk.UpdatedAt, talk.LastStatus, talk.LastMode) = (answer, at, run.Status, run.Mode);
        talk.Cost += cost.Nano;
        talk.Answers++;
        talk.Failures += run.Status == "Failed" ? 1 : 0;
        talk.Down += run.Thumb < 0 ? 1 : 0;
        talk.Reviews += run.Thumb != 0 ? 1 : 0;
        if (--talk.Left <= 0)
        {
            Close(talk);
            talks.Remove(talk);
        }
        return (talk.Id, answer);
    }

    /// <summary>Writes the conversations that are still open.</summary>
    public void End()
    {
        foreach (var talk in open.Values.SelectMany(talks => talks))
        {
            Close(talk);
        }
        open.Clear();
    }

    private void Write(Talk talk, Guid id, string role, string status, string text, Guid? run, Usd cost, string? error, DateTimeOffset at)
    {
        batch.Execute(
            """
            INSERT INTO messages (id, tenant_id, conversation_id, parent_id, role, status, content, run_id, provenance, cost, error, created_at)
            VALUES (@id, @tenant, @conversation, @parent, @role, @status, @content, @run, @provenance, @cost, @error, @at)
            """,
            ("@id", id), ("@tenant", tenantId), ("@conversation", talk.Id), ("@parent", talk.Current), ("@role", role), ("@status", status), ("@content", text), ("@run", run),
            ("@provenance", run is null ? null : "Live"), ("@cost", cost.Nano), ("@error", error), ("@at", at.ToUnixTimeMilliseconds()));
        MessageIndex.Add(batch, tenantId, talk.UserId, talk.Id, id, text);
        Messages++;
    }

    private void Close(Talk talk)
    {
        batch.Execute(
            """
            INSERT INTO conversations (id, tenant_id, user_id, title, created_at, updated_at, archived_at, current_id, cost, answers, failures, last_status, last_mode, thumbs_down, reviews)
            VALUES (@id, @tenant, @user, @title, @created, @updated, @archived, @current, @cost, @answers, @failures, @status, @mode, @down, @reviews)
            """,
            ("@id", talk.Id), ("@tenant", tenantId), ("@user", talk.UserId), ("@title", talk.Title), ("@created", talk.CreatedAt.ToUnixTimeMilliseconds()),
            ("@updated", talk.UpdatedAt.ToUnixTimeMilliseconds()), ("@archived", world.Next(50) == 0 ? (long?)talk.UpdatedAt.ToUnixTimeMilliseconds() : null), ("@current", talk.Current),
            ("@cost", talk.Cost), ("@answers", talk.Answers), ("@failures", talk.Failures), ("@status", talk.LastStatus), ("@mode", talk.LastMode), ("@down", talk.Down), ("@reviews", talk.Reviews));
        if (world.Next(20) == 0)
        {
            batch.Execute(
                "INSERT INTO conversation_tags (tenant_id, conversation_id, tag) VALUES (@tenant, @id, @tag)",
                ("@tenant", tenantId), ("@id", talk.Id), ("@tag", world.Next(2) == 0 ? "customer" : "idea"));
        }
        Conversations++;
    }

    private sealed class Talk
    {
        public Guid Id { get; init; }
        public Guid UserId { get; init; }
        public required string Title { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset UpdatedAt { get; set; }
        public Guid? Current { get; set; }
        public long Cost { get; set; }
        public int Answers { get; set; }
        public int Failures { get; set; }
        public int Down { get; set; }
        public int Reviews { get; set; }
        public int Left { get; set; }
        public string? LastStatus { get; set; }
        public string? LastMode { get; set; }
    }
}
