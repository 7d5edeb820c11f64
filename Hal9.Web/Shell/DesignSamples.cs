using DiffPlex.DiffBuilder.Model;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Conversations;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Runs;
using Hal9.Web.Conversations;
using Hal9.Web.Runs;
using Hal9.Web.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hal9.Web.Shell;

/// <summary>Made-up data of the style page. Nothing else may show it.</summary>
internal static class DesignSamples
{
    private const string Written = """
        ## SQLite is enough here

        For a few hundred people on one host, **SQLite in WAL mode** carries the load; PostgreSQL earns its keep with the second replica.

        | Criterion | SQLite | PostgreSQL |
        |---|---|---|
        | Operations | one file | a server, upgrades |
        | Concurrency | one writer | many |

        - [x] Backup while running
        - [ ] Second replica

        ```csharp
        await using var connection = new SqliteConnection("Data Source=hal9.db");
        await connection.OpenAsync(cancellationToken);
        ```

        See <script>alert(1)</script> and [the manual](https://www.sqlite.org/wal.html).
        """;

    /// <summary>The page's time stands still: its pictures are compared.</summary>
    public static ViewerClock Clock { get; } = new(new Stopped(), TimeZoneInfo.Utc);

    public static DateTimeOffset Now => Clock.Now;

    public static long[] Amounts { get; } = [0, 1, 420_000, 4_213_700, 12_345_678, 250_000_000, 1_234_567_890_123];

    public static (MessageView Message, Refusal? Refusal)[] Messages { get; } =
    [
        (Of(MessageRole.User, MessageStatus.Complete, "Compare PostgreSQL and SQLite for a self-hosted console."), null),
        (Of(MessageRole.Assistant, MessageStatus.Complete, Written, provenance: Provenance.Live, nano: 4_213_700), null),
        (Of(MessageRole.User, MessageStatus.Complete, "And with three replicas?"), null),
        (Of(MessageRole.Assistant, MessageStatus.Stopped, "With three replicas the file can no longer", provenance: Provenance.Offline), null),
        (Of(MessageRole.Assistant, MessageStatus.Failed, "", error: "The provider answered 429 three times; the last said to wait 20 s."), null),
        (Of(MessageRole.Assistant, MessageStatus.Failed, ""), new Refusal(Guid.CreateVersion7(), "tenant", Usd.FromAmount(25), null, Now.AddDays(8), "The tenant's limit of 25 USD for this month leaves 0.0031 USD, and the next call may cost 0.012 USD.")),
        (Of(MessageRole.Assistant, MessageStatus.Streaming, ""), null),
    ];

    public static string[] Models { get; } = ["anthropic/claude-sonnet-4-5", "openai/gpt-5-mini", "offline/hal9"];

    public static double?[] Course { get; } = [2, 5, 4, 8, 6, 11, 9, 14, 10, 12, 7, 9];

    public static IReadOnlyList<Attachment> Files { get; } =
        [new(Guid.CreateVersion7(), "plan.md", AttachmentKind.Text, 1_840, 1_840), new(Guid.CreateVersion7(), "a-report-with-a-long-name-that-does-not-fit.pdf", AttachmentKind.Pdf, 2_400_000, 18_000)];

    public static SideBySideDiffModel Difference { get; } = RunComparison.Answers(
        "SQLite is enough.\nOne host, one writer.\nBack it up while it runs.", "SQLite is enough for one host.\nOne host, one writer.\nBudget for a second replica.");

    public static Failure Failure { get; } = new("The database did not answer in time.", null);

    public static OpenRun Open => new(Guid.CreateVersion7(), Pieces(), Happening());

    public static RunView Run { get; } = MakeRun();

    public static IReadOnlyList<RunEvent> Events { get; } =
    [
        new RunStarted(RunKind.Chat, RunMode.Auto, Run.Goal) { Number = 1, At = Run.StartedAt },
        new RunTriaged(Layer.L4, RunMode.Deep, ["It asks for a decision with several criteria."]) { Number = 2, At = Run.StartedAt.AddMilliseconds(12) },
        new SignalSent(SignalKind.Assignment, Run.Root!.Id, Run.Root.Steps[0].Id, "strategist", "architect", "Cut the comparison into criteria.") { Number = 3, At = Run.StartedAt.AddSeconds(2) },
        new SignalSent(SignalKind.Feedback, Run.Root.Id, Run.Root.Steps[0].Id, "strategist", "architect", "Concurrency is missing.", false) { Number = 4, At = Run.StartedAt.AddSeconds(6) },
    ];

    public static IReadOnlyList<RunLine> Lines { get; } =
    [
        .. Enum.GetValues<RunStatus>().Select((status, i) => new RunLine(
            Guid.CreateVersion7(), i % 3 == 0 ? RunKind.Api : RunKind.Chat, "Compare PostgreSQL and SQLite for a self-hosted console with a few hundred users", RunMode.Deep, status,
            new Usd(Amounts[i % Amounts.Length]), i % 2 == 0 ? Provenance.Live : Provenance.Offline, Now.AddMinutes(-7 * i), status.IsFinal() ? Now.AddMinutes(-7 * i).AddSeconds(12.4) : null,
            Guid.Empty, status is RunStatus.Failed ? "The provider answered 500 three times." : null)),
    ];

    /// <summary>A part in each of its states: read, read and then not, never read, being read.</summary>
    public static async Task<IReadOnlyList<(string Name, Part<string> Part)>> PartsAsync()
    {
        List<(string Name, Part<string> Part)> parts = [("Read", new()), ("Stale", new()), ("Failed", new()), ("Loading", new())];
        await ReadAsync(parts[0].Part, () => Task.FromResult("1,284"));
        await ReadAsync(parts[1].Part, () => Task.FromResult("1,284"));
        await ReadAsync(parts[1].Part, () => Task.FromException<string>(new ArgumentException(Failure.Text)));
        await ReadAsync(parts[2].Part, () => Task.FromException<string>(new ArgumentException(Failure.Text)));
        return parts;

        static Task ReadAsync(Part<string> part, Func<Task<string>> read) => part.ReadAsync(read, Clock, NullLogger.Instance, CancellationToken.None);
    }

    private static MessageView Of(MessageRole role, MessageStatus status, string content, Provenance? provenance = null, long nano = 0, string? error = null)
    {
        var id = Guid.CreateVersion7();
        return new MessageView(
            id, null, role, status, content, role is MessageRole.Assistant ? Guid.CreateVersion7() : null, provenance, new Usd(nano), error, Now.AddSeconds(-12),
            role is MessageRole.Assistant ? [Guid.CreateVersion7(), id, Guid.CreateVersion7()] : [id], Now) { Model = provenance is Provenance.Live ? new ModelRef("openai", "gpt-5-mini") : null };
    }

    private static RunView MakeRun()
    {
        var start = Now.AddSeconds(-14);
        var leaf = Step("1.1.1", Layer.L2, "writer", StepStatus.Running, start.AddSeconds(7), null, []);
        var done = Step("1.1.2", Layer.L2, "analyst", StepStatus.Succeeded, start.AddSeconds(4), start.AddSeconds(9), []);
        var middle = Step("1.1", Layer.L3, "architect", StepStatus.Running, start.AddSeconds(2), null, [done, leaf]);
        var failed = Step("1.2", Layer.L3, "planner", StepStatus.Failed, start.AddSeconds(2), start.AddSeconds(5), []);
        var root = Step("1", Layer.L4, "strategist", StepStatus.Running, start, null, [middle, failed]);
        return new RunView(
            Guid.CreateVersion7(), RunKind.Chat, "Compare PostgreSQL and SQLite for a self-hosted console", RunMode.Deep, RunStatus.Running, Written, Guid.CreateVersion7(), Guid.Empty, null,
            new Usd(4_213_700), null, Provenance.Live, start, null, null, null, ["demo"], new EnvelopeLimits(null, null, null, null), 12, root);
    }

    private static StepView Step(string path, Layer layer, string neuron, StepStatus status, DateTimeOffset from, DateTimeOffset? to, IReadOnlyList<StepView> steps) => new(
        Guid.CreateVersion7(), path == "1" ? null : Guid.Empty, path, layer, neuron, status, "Compare by operations, backup, concurrency and cost; name a winner per criterion.",
        status is StepStatus.Succeeded ? "Four criteria, each with a winner and a reason." : null, status is StepStatus.Failed ? "The answer did not fit its schema, twice." : null,
        new Usd(1_402_300), from, to,
        [
            new ModelCallView(Guid.CreateVersion7(), path, 1, "openai", "gpt-5-mini", CallStatus.Failed, Provenance.Live, default, new Usd(9_000_000), Usd.Zero, "2026-11-01", false, 210, null, "429 Too Many Requests", from.AddMilliseconds(120)),
            new ModelCallView(Guid.CreateVersion7(), path, 2, "openai", "gpt-5-mini", CallStatus.Succeeded, Provenance.Live, new TokenUsage(1840, 420, 1024, 0, 0, 128), new Usd(9_000_000), new Usd(1_402_300), "2026-11-01", false, 1900, 620, null, from.AddMilliseconds(400)),
        ],
        steps);

    private sealed class Stopped : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 23, 10, 30, 0, TimeSpan.Zero);
    }

    private static async IAsyncEnumerable<string> Pieces()
    {
        yield return "With three replicas the question is no longer the same. **One writer** becomes";
        await Task.Delay(Timeout.Infinite);
    }

    private static async IAsyncEnumerable<RunEvent> Happening()
    {
        var (top, low) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        yield return new StepStarted(top, null, Layer.L4, "strategist", "") { Number = 1 };
        yield return new StepStarted(Guid.CreateVersion7(), top, Layer.L3, "architect", "") { Number = 2 };
        yield return new StepStarted(low, top, Layer.L2, "writer", "") { Number = 3 };
        yield return new ModelCallStarted(low, Guid.CreateVersion7(), 1, "openai", "gpt-5-mini", new Usd(9_000_000)) { Number = 4 };
        await Task.Delay(Timeout.Infinite);
    }
}
