using Hal9.Engine.Learning.Statistics;

namespace Hal9.Tests.Support.LearnBench;

/// <summary>What is simulated.</summary>
/// <param name="DayZero">The arm that serves before anything is learned.</param>
/// <param name="CostWeight">Quality that one USD is worth (lambda).</param>
/// <param name="ReplayShare">Share of the interactions that may be replayed with other arms.</param>
/// <param name="Interactions">How many there are; the last quarter is measured.</param>
internal sealed record ReplayPlan(int DayZero, double CostWeight, double ReplayShare, int Interactions);

/// <summary>A change of what is served.</summary>
/// <param name="At">After which interaction.</param>
/// <param name="ArmOfTask">The new routing.</param>
/// <param name="TrueGain">Its gain over the one before, in utility, on the test third.</param>
/// <param name="RolledBack">Whether it is a return to day 0.</param>
internal sealed record Change(int At, int[] ArmOfTask, double TrueGain, bool RolledBack);

/// <summary>
/// One seed of learning by paired replay behind the gate, with the product's miner, gate, scale and harm process; only the traffic is made up. Rows are split by the hash of their id, salted by the seed, into a third to
/// mine, a third to judge and a third on which all is measured and nothing is learned. Interactions come with replacement, as requests do; an item that comes twice is replayed once.
/// </summary>
internal sealed class GatedReplay
{
    private const int OpenAtOnce = 3;
    private const int FirstMining = 30;
    private const int JudgedFirst = 120;
    private readonly OutcomeTable table;
    private readonly ReplayPlan plan;
    private readonly Func<int, int, int, Outcome?> observe;
    private readonly Random random;
    private readonly ItemSplit split;
    private readonly int[] learnable;
    private readonly int[] gateRows;
    private readonly RoutingMiner miner;
    private readonly Queue<int> toMine = new();
    private readonly Queue<int> toJudge = new();
    private readonly HashSet<string> met = new(StringComparer.Ordinal);
    private readonly List<MinedItem> mined = [];
    private readonly List<int> judged = [];
    private readonly List<Open> open = [];
    private readonly HashSet<string> tried = new(StringComparer.Ordinal);
    private readonly HashSet<(int Row, int Arm)> asked = [];
    private MineSet mineSet;
    private HarmProcess harm = new();
    private double[] bounds = [];
    private int gatesOpened;
    private double nextMining = FirstMining;
    private double allowance;

    /// <param name="table">What the arms make of the items.</param>
    /// <param name="plan">What is simulated.</param>
    /// <param name="seed">All that is random.</param>
    /// <param name="observe">What is seen of an arm on a row at a time, when it is not what the table says.</param>
    public GatedReplay(OutcomeTable table, ReplayPlan plan, int seed, Func<int, int, int, Outcome?>? observe = null)
    {
        (this.table, this.plan, this.observe) = (table, plan, observe ?? ((row, arm, _) => table.Outcomes[row][arm]));
        random = Seeds.Random(seed);
        split = new ItemSplit($"seed {seed}", WithTest: true);
        mineSet = new MineSet(split);
        miner = new RoutingMiner(table.Tasks.Length, table.Arms.Length, plan.CostWeight);
        var sides = table.Items.Select(split.SideOf).ToArray();
        TestRows = [.. Enumerable.Range(0, table.Rows).Where(row => sides[row] == ItemSide.Test)];
        gateRows = [.. Enumerable.Range(0, table.Rows).Where(row => sides[row] == ItemSide.Gate)];
        learnable = [.. Enumerable.Range(0, table.Rows).Where(row => sides[row] != ItemSide.Test)];
        ArmOfTask = [.. Enumerable.Repeat(plan.DayZero, table.Tasks.Length)];
    }

    /// <summary>The rows on which all is measured.</summary>
    public int[] TestRows { get; }

    /// <summary>What is served now.</summary>
    public int[] ArmOfTask { get; private set; }

    public List<Change> Changes { get; } = [];

    /// <summary>What was proposed first, and when.</summary>
    public string? FirstProposal { get; private set; }

    /// <summary>What the extra calls of replay cost.</summary>
    public double ReplayUsd { get; private set; }

    public int ReplayCalls { get; private set; }

    /// <summary>Mean gain in utility over the last quarter, and what day 0 is worth: at each interaction the exact mean over all prompts of the test third, the same for both.</summary>
    public (double Gain, double DayZero) LastQuarter { get; private set; }

    /// <summary>Exact mean utility of a routing on the test third.</summary>
    public double TrueValue(IReadOnlyList<int> armOfTask) => table.Value(TestRows, armOfTask, plan.DayZero, plan.CostWeight);

    /// <summary>Lives through all interactions.</summary>
    /// <param name="after">Called after each.</param>
    public GatedReplay Run(Action<int, GatedReplay>? after = null)
    {
        if (TestRows.Length == 0 || learnable.Length == 0)
        {
            return this;
        }
        var (dayZero, from) = (TrueValue([.. Enumerable.Repeat(plan.DayZero, table.Tasks.Length)]), plan.Interactions - (plan.Interactions / 4));
        var (gained, now, changes) = (0.0, dayZero, 0);
        for (var at = 0; at < plan.Interactions; at++)
        {
            if (changes != Changes.Count)
            {
                (now, changes) = (TrueValue(ArmOfTask), Changes.Count);
            }
            gained += at >= from ? now - dayZero : 0;
            Learn(at);
            after?.Invoke(at, this);
        }
        LastQuarter = (gained / (plan.Interactions - from), dayZero);
        return this;
    }

    private void Learn(int at)
    {
        var row = learnable[random.Next(learnable.Length)];
        if (met.Add(table.Items[row]))
        {
            (split.SideOf(table.Items[row]) == ItemSide.Mine ? toMine : toJudge).Enqueue(row);
        }
        allowance += plan.ReplayShare;
        while (allowance >= 1 && Next() is { } next)
        {
            allowance--;
            if (split.SideOf(table.Items[next]) == ItemSide.Mine)
            {
                Mine(next, at);
            }
            else
            {
                Judge(next, at);
            }
        }
        Watch(row, at);
    }

    // A young proposal is judged first; beside one that takes its time, one of four replays goes on mining.
    private int? Next() =>
        open.Count > 0 && toJudge.Count > 0 && (toMine.Count == 0 || open.Exists(proposal => proposal.Gate.Read().Pairs < JudgedFirst) || random.Next(4) > 0) ? toJudge.Dequeue()
        : toMine.Count > 0 ? toMine.Dequeue()
        : null;

    private void Mine(int row, int at)
    {
        mineSet.Use(table.Items[row]);
        mined.Add(new MinedItem(table.TaskOf[row], [.. Enumerable.Range(0, table.Arms.Length).Select(arm => Ask(row, arm, at))]));
        if (mined.Count >= nextMining)
        {
            nextMining = Math.Max(mined.Count + 10, mined.Count * 1.25);
            Propose(at);
        }
    }

    private void Propose(int at)
    {
        if (miner.Form(mined, ArmOfTask, plan.DayZero) is not { } candidate || candidate.Gain < RoutingCandidate.LeastDeviations * candidate.Deviation || !tried.Add(Key(candidate)))
        {
            return;
        }
        FirstProposal ??= $"{at}: {Key(candidate)}";
        if (open.Count == OpenAtOnce)
        {
            Withdraw(open.MinBy(proposal => proposal.Gate.Read().Evidence)!);
        }
        var proposal = new Open(candidate, new PromotionGate(++gatesOpened, mineSet, candidate.Evidence, gateRows.Length), miner.CostBounds(mined));
        open.Add(proposal);
        foreach (var row in judged)
        {
            Compare(proposal, row, at);
        }
        Promote(at);
    }

    // It may come back, as a gate of its own with less to spend.
    private void Withdraw(Open proposal)
    {
        open.Remove(proposal);
        tried.Remove(Key(proposal.Candidate));
    }

    private static string Key(RoutingCandidate candidate) => string.Join(',', candidate.ArmOfClass);

    private void Judge(int row, int at)
    {
        judged.Add(row);
        foreach (var proposal in open)
        {
            Compare(proposal, row, at);
        }
        Promote(at);
    }

    private void Compare(Open proposal, int row, int at)
    {
        var task = table.TaskOf[row];
        var (to, from) = (proposal.Candidate.ArmOfClass[task], ArmOfTask[task]);
        if ((Ask(row, from, at) ?? Ask(row, plan.DayZero, at)) is { } was)
        {
            var becomes = Ask(row, to, at) ?? Ask(row, plan.DayZero, at) ?? was;
            proposal.Gate.Add(table.Items[row], new PairScale(plan.CostWeight, proposal.Bounds[from], proposal.Bounds[to]), becomes, was);
        }
    }

    private void Promote(int at)
    {
        var ready = open.Where(proposal => proposal.Gate.Read().State == GateState.Open).MaxBy(proposal => proposal.Gate.Read().Mean);
        if (ready is null)
        {
            foreach (var hopeless in open.Where(proposal => proposal.Gate.Read() is { Pairs: >= JudgedFirst, Mean: <= 0 }).ToList())
            {
                Withdraw(hopeless);
            }
            return;
        }
        bounds = ready.Bounds;
        Switch(at, ready.Candidate.ArmOfClass, rolledBack: false);
        open.Clear();
        tried.Clear();
        nextMining = mined.Count;
        Propose(at);
    }

    // What was promoted stays under watch against day 0 on replayed items.
    private void Watch(int row, int at)
    {
        var task = table.TaskOf[row];
        if (Changes.Count == 0 || Changes[^1].RolledBack || ArmOfTask[task] == plan.DayZero || random.NextDouble() >= plan.ReplayShare)
        {
            return;
        }
        if (Ask(row, plan.DayZero, at) is { } was && (Ask(row, ArmOfTask[task], at) ?? was) is var now)
        {
            harm.Add(new PairScale(plan.CostWeight, bounds[plan.DayZero], bounds[ArmOfTask[task]]).Difference(now, was));
        }
        if (harm.Harms)
        {
            Switch(at, [.. Enumerable.Repeat(plan.DayZero, table.Tasks.Length)], rolledBack: true);
            // What was learned before the change is no evidence any more.
            (mineSet, nextMining) = (new MineSet(split), FirstMining);
            open.Clear();
            tried.Clear();
            mined.Clear();
            judged.Clear();
            met.Clear();
        }
    }

    private void Switch(int at, int[] armOfTask, bool rolledBack)
    {
        Changes.Add(new Change(at, armOfTask, TrueValue(armOfTask) - TrueValue(ArmOfTask), rolledBack));
        ArmOfTask = armOfTask;
        harm = new HarmProcess();
    }

    // What is served anyway costs nothing more; each other arm is one more call, once for each item.
    private Outcome? Ask(int row, int arm, int at)
    {
        var outcome = observe(row, arm, at);
        if (arm != ArmOfTask[table.TaskOf[row]] && asked.Add((row, arm)) && outcome is { } made)
        {
            ReplayCalls++;
            ReplayUsd += made.CostUsd;
        }
        return outcome;
    }

    private sealed record Open(RoutingCandidate Candidate, PromotionGate Gate, double[] Bounds);
}
