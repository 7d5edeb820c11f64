using System.Globalization;
using System.Text;
using Hal9.Engine.Learning.Statistics;
using Hal9.Tests.Support.LearnBench;

namespace Hal9.Tests.Engine.Learning;

/// <summary>Small forms of LearnBench; <c>Hal9.Benchmarks -- learn</c> has the full size.</summary>
public sealed class LearnBenchTests
{
    // Three models on two tasks, as published tables are: the strong one 18 points above the default, at ten times the cost.
    private static readonly Marginal[] Marginals =
    [
        new("exam", "weak", 900, 0.55, 0.0001), new("exam", "default", 900, 0.70, 0.0004), new("exam", "strong", 900, 0.90, 0.004),
        new("code", "weak", 900, 0.50, 0.0001), new("code", "default", 900, 0.66, 0.0004), new("code", "strong", 900, 0.82, 0.004),
    ];

    private static readonly OutcomeTable Table = MarginalsTable.Make(Marginals, 1, "small");

    [Fact]
    public void Marginals_OfTheMadeTable_AreThoseAskedFor()
    {
        foreach (var marginal in Marginals)
        {
            var rows = Enumerable.Range(0, Table.Rows).Where(row => Table.Tasks[Table.TaskOf[row]] == marginal.Task).Select(row => Table.Outcomes[row][Table.ArmOf(marginal.Model)]!.Value).ToList();
            Assert.Equal(marginal.MeanScore, rows.Average(outcome => outcome.Quality), 2);
            Assert.Equal(marginal.MeanCostUsd, rows.Average(outcome => outcome.CostUsd), 9);
        }
    }

    // small form, on a synthetic table.
    [Fact]
    public void Learning_WithHeadroom_FindsItWithoutHarm()
    {
        var whole = ReplayScore.Of(Table, new ReplayPlan(Table.ArmOf("default"), 0, 1, 1_000), seeds: 20);
        var quarter = ReplayScore.Of(Table, new ReplayPlan(Table.ArmOf("default"), 0, 0.25, 1_000), seeds: 20);

        Assert.True(whole.Headroom > 0.2);
        Assert.InRange(whole.LrMean!.Value, 0.15, whole.Headroom!.Value + 0.05);
        Assert.InRange(whole.LrP5!.Value, 0.15, 1);
        Assert.InRange(quarter.LrMean!.Value, 0.10, 1);
        Assert.Equal((0, 0), (whole.Harmed, whole.BadPromotions));
        Assert.True(whole.ReplayCostUsd > quarter.ReplayCostUsd);
    }

    [Fact]
    public void Learning_WithoutHeadroom_IsExactlyNothing()
    {
        var score = ReplayScore.Of(Table, new ReplayPlan(Table.ArmOf("strong"), 0, 1, 1_000), seeds: 20);

        Assert.Equal((0.0, 0.0, 0, 0), (score.LrMean!.Value, score.LrP95!.Value, score.Promotions, score.Harmed));
        Assert.Null(score.Capture);
    }

    [Fact]
    public void Learning_OfTheSameArmTwice_PromotesNothing()
    {
        var twins = Table with { Arms = ["one", "other"], Outcomes = [.. Table.Outcomes.Select(row => new[] { row[1], row[1] })] };

        Assert.Equal(0, ReplayScore.Of(twins, new ReplayPlan(0, 20, 1, 1_000), seeds: 20).Promotions);
    }

    // A-3, small form.
    [Fact]
    public void Learning_OnMadeUpTables_HardlyEverEndsBelowDayZero()
    {
        var harmed = Enumerable.Range(0, 60).Sum(seed =>
        {
            var (table, plan) = RandomTables.Make(seed);
            return ReplayScore.Of(table, plan, seeds: 3).Harmed;
        });

        Assert.InRange(harmed, 0, 1);
    }

    // A-11, small form.
    [Fact]
    public void Judging_Items_NeverFormAProposal() => Assert.All(Enumerable.Range(0, 12), seed => Assert.False(LeakTrial.Leaks(seed)));

    // A-9, small form.
    [Fact]
    public void Drift_AfterTwoModelsChangedPlaces_IsRecovered()
    {
        var plan = new ReplayPlan(Table.ArmOf("default"), 0, 1, 1_000);

        var (recovered, seeds) = DriftTrial.Run(Table, plan, plan.DayZero, Table.ArmOf("strong"), within: 500, seeds: 10);

        Assert.True(seeds > 5);
        Assert.InRange(recovered, 0.6, 1.3);
    }

    // A-10, small form.
    [Fact]
    public void Poisoned_Votes_DoNoHarm()
    {
        var votes = new PoisonedVotes(100, Liars: 0.05, Flipped: 0.20);

        var score = ReplayScore.Of(Table, new ReplayPlan(Table.ArmOf("default"), 0, 1, 1_000), seeds: 10, seed => votes.See(Table, seed));

        Assert.Equal(0, score.Harmed);
    }

    // A-7, small form.
    [Fact]
    public void Cascade_WithAVerifierThatErrs_IsCheaperAndNoWorse()
    {
        string[] chain = ["default", "strong"];
        var table = new Cascades(FalseAccept: 0.09, FalseReject: 0.01).Of(Table, "code", ["strong"], [chain], 1);
        double Mean(int arm, Func<Outcome, double> of) => table.Outcomes.Average(row => of(row[arm]!.Value));

        Assert.True(Mean(1, o => o.CostUsd) < 0.6 * Mean(0, o => o.CostUsd));
        Assert.True(Mean(1, o => o.Quality) >= Mean(0, o => o.Quality));
    }

    [Fact]
    public void Learning_OfTheSameSeed_IsTheSame()
    {
        var plan = new ReplayPlan(Table.ArmOf("default"), 20, 0.5, 1_000);

        Assert.Equal(Changes(), Changes());

        string Changes() => string.Join(';', new GatedReplay(Table, plan, 3).Run().Changes.Select(change => $"{change.At}:{string.Join(',', change.ArmOfTask)}"));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("id,task,score:a\n", "no rows")]
    [InlineData("id;task;score:a\n1;x;1\n", "needs the columns id and task")]
    [InlineData("id,task,quality\n1,x,1\n", "no column score:")]
    [InlineData("id,task,score:a,score:a\n1,x,1,1\n", "twice")]
    [InlineData("id,task,score:a\n1,x,80\n", "from 0 to 1")]
    [InlineData("id,task,score:a\n1,x,good\n", "not a number")]
    [InlineData("id,task,score:a\n1,x\n", "2 fields")]
    [InlineData("id,task,score:a\n,x,1\n", "id is blank")]
    [InlineData("id,task,score:a,cost_usd:a\n1,x,1,-2\n", "not negative")]
    public void Table_ThatIsNotOne_IsRefusedInWords(string text, string words) =>
        Assert.Contains(words, Assert.Throws<TableException>(() => TableReader.Read(new StringReader(text), "t.csv", costsMatter: false)).Message, StringComparison.Ordinal);

    [Fact]
    public void Table_WithoutACostColumn_IsRefusedOnlyWhereCostIsWeighed()
    {
        const string Text = "id,task,score:a,score:b,cost_usd:a\n1,x,1,0,0.1\n";

        Assert.Contains("cost_usd: for b", Assert.Throws<TableException>(() => TableReader.Read(new StringReader(Text), "t.csv", costsMatter: true)).Message, StringComparison.Ordinal);
        Assert.Equal(["a", "b"], TableReader.Read(new StringReader(Text), "t.csv", costsMatter: false).Arms);
        Assert.Throws<TableException>(() => TableReader.Read(new StringReader(Text), "t.csv", costsMatter: false).ArmOf("c"));
    }

    [Fact]
    public void Table_WithQuotesBlanksAndForeignColumns_IsRead()
    {
        const string Text = "\uFEFFid,task,prompt,score:a,score:b,cost_usd:a,cost_usd:b\r\n1,\"x, y\",\"say \"\"hi\"\"\nthere\",1,,0.1,\r\n2,,p,0.5,true,1e-3,0\r\n\r\n";

        var table = TableReader.Read(new StringReader(Text), "t.csv", costsMatter: true);

        Assert.Equal(["x, y", "other"], table.Tasks);
        Assert.Null(table.Outcomes[0][1]);
        Assert.Equal(new Outcome(0.5, 0.001), table.Outcomes[1][0]);
        Assert.Equal(1, table.Outcomes[1][1]!.Value.Quality);
    }

    [Fact]
    public void Table_WithFewRows_PromotesNothingAndSaysWhy()
    {
        var text = new StringBuilder("id,task,score:a,score:b\n");
        for (var i = 0; i < 40; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i},x,0,1\n");
        }

        var score = ReplayScore.Of(TableReader.Read(new StringReader(text.ToString()), "t.csv", costsMatter: false), new ReplayPlan(0, 0, 1, 1_000), seeds: 5);

        Assert.Equal(0, score.Promotions);
        Assert.Null(score.LrMean);
        Assert.Contains(score.Warnings, warning => warning.Contains("nothing is ever promoted", StringComparison.Ordinal));
        Assert.Contains("Every score of a is 0.", score.Warnings);
    }
}
