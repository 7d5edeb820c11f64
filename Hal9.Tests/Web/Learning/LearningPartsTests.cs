using Bunit;
using Hal9.Engine.Learning;
using Hal9.Tests.Support;
using Hal9.Web.Learning;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace Hal9.Tests.Web.Learning;

public sealed class LearningPartsTests : PartsContext
{
    private static readonly Guid Author = Guid.CreateVersion7();

    // a figure only with evidence, and never without its interval.
    [Fact]
    public void Meter_WithoutEvidence_SaysHowMuchIsThere()
    {
        var texts = Services.GetRequiredService<IStringLocalizer<LearningTexts>>();
        var none = new LearningMeter(100, 12, 30, null, null, null, null);
        var some = new LearningMeter(100, 40, 30, 0.155, 0.08, 0.021, 0.29);

        Assert.Equal(("Not enough evidence yet", "12 of about 30 held-out outcomes"), (MeterText.Figure(none, texts), MeterText.Evidence(none, texts)));
        Assert.Equal(("+15.5 %", "[+2.1, +29.0], 95 % at any time; 100 served, 40 held out"), (MeterText.Figure(some, texts), MeterText.Evidence(some, texts)));
    }

    [Fact]
    public void Review_OfAShutGate_NeedsAReasonAndTheForce()
    {
        (ReviewVerdict Verdict, DecideProposal Decision) decided = default;
        var review = Review(Of(gate: null), decision => decided = decision);

        Assert.Contains("Nothing was replayed", review.Markup, StringComparison.Ordinal);
        Assert.True(review.Find(".button-primary").HasAttribute("disabled"));
        review.Find("textarea").Input("worth a try");
        Assert.True(review.Find(".button-primary").HasAttribute("disabled"));
        review.Find("input[type=checkbox]").Change(true);
        review.Find(".button-primary").Click();

        Assert.Equal((ReviewVerdict.Approve, new DecideProposal("worth a try", "hash", true)), decided);
    }

    [Fact]
    public void Review_OfAnOpenGate_ShowsGainIntervalPairsAndTheLosingOnesFirst()
    {
        var lost = Guid.CreateVersion7();
        var review = Review(Of(new ProposalGate(true, 362, 61, 262, 39, 0.061, 0.019, 0.104, 41.2, 32.9, [new LostPair(lost, 0, 1)])), _ => { });

        Assert.Contains("+6.1 points [+1.9, +10.4], 95 % at any time, 362 pairs: 61 better, 262 equal, 39 worse", review.Markup, StringComparison.Ordinal);
        Assert.Contains(lost.ToString(), review.Find(".proposal-lost a").GetAttribute("href"), StringComparison.Ordinal);
        Assert.Empty(review.FindAll("input[type=checkbox]"));
    }

    [Fact]
    public void Review_ByItsAuthor_CannotBeApproved()
    {
        var review = Review(Of(gate: null), _ => { }, isAuthor: true);

        review.Find("textarea").Input("mine");
        review.Find("input[type=checkbox]").Change(true);

        Assert.True(review.Find(".button-primary").HasAttribute("disabled"));
        Assert.Contains("somebody else has to approve", review.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Review_OfWhatIsServed_OffersToTakeItBack()
    {
        (ReviewVerdict Verdict, DecideProposal Decision) decided = default;
        var review = Review(Of(gate: null) with { State = ProposalState.Promoted, Measured = new ProposalMeasure(90, 31, 0.4, 0.1, 0.7, 0.2) }, decision => decided = decision);

        review.Find("textarea").Input("enough");
        review.Find(".button-danger").Click();

        Assert.Equal(ReviewVerdict.RollBack, decided.Verdict);
        Assert.Contains("+40.0 points [+10.0, +70.0], 90 served, 31 held out", review.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Credit_OfAJudgedRun_SaysWhoseDoingItWasByWhichRule()
    {
        RunCredit Of(string rule, double l2, double l3) => new(Guid.CreateVersion7(), rule, l2, l3, 0, 0, "test", DateTimeOffset.UtcNow);

        Assert.Contains("each part is right and the whole is not", Render<CreditLine>(p => p.Add(c => c.Credit, Of("contradiction", 0.15, 0.85))).Markup, StringComparison.Ordinal);
        Assert.Contains("nobody of the hierarchy", Render<CreditLine>(p => p.Add(c => c.Credit, Of("infrastructure", 0, 0))).Markup, StringComparison.Ordinal);
        Assert.Contains("Nothing to blame", Render<CreditLine>(p => p.Add(c => c.Credit, Of("none", 0, 0) with { Outcome = 1 })).Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("<p", Render<CreditLine>(p => p.Add(c => c.Credit, null)).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_OfAContent_AreWhatPeopleCompare()
    {
        Assert.Equal("tier: fast", PolicyLines.Of("""{"tier":"fast"}"""));
        Assert.Equal("One.\nTwo.", PolicyLines.Of("""{"lessons":[{"id":"a","text":"One."},{"id":"b","text":"Two."}]}"""));
        Assert.Equal("", PolicyLines.Of(null));
    }

    private IRenderedComponent<ProposalReview> Review(Proposal proposal, Action<(ReviewVerdict, DecideProposal)> decide, bool isAuthor = false) => Render<ProposalReview>(p => p
        .Add(r => r.View, new ReviewView(proposal, new DiffPlex.DiffBuilder.SideBySideDiffBuilder(new DiffPlex.Differ()).BuildDiffModel("", "tier: fast"), 0.25))
        .Add(r => r.Names, new Dictionary<Guid, string> { [Author] = "jane" }).Add(r => r.MayDecide, true).Add(r => r.IsAuthor, isAuthor).Add(r => r.CloseHref, "/learning").Add(r => r.OnDecide, decide));

    private static Proposal Of(ProposalGate? gate) => new(
        Guid.CreateVersion7(), PolicyKind.Route, "route/L2/ask", ProposalState.Draft, 0, """{"tier":"fast"}""", null, "hash", new ProposalEvidence("person", []), gate, null, Author, DateTimeOffset.UtcNow,
        DateTimeOffset.UtcNow.AddDays(14), null, null, null, false, 0, null);
}
