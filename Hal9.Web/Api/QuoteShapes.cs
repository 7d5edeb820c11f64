using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;

namespace Hal9.Web.Api;

/// <summary>What a run may cost, before it is started.</summary>
/// <param name="Mode">How deep it would go.</param>
/// <param name="Entry">The layer that would get the goal.</param>
/// <param name="Neuron">The neuron that would get it.</param>
/// <param name="Expected">What runs like it cost on average, at the prices of now; null when a model has no price.</param>
/// <param name="Worst">What it cannot exceed: its envelope, or less where it is one call.</param>
/// <param name="Cap">The envelope that it needs so as not to end for want of money.</param>
/// <param name="ExpectedTokens">Tokens that it is expected to use.</param>
/// <param name="BasedOnRuns">How many earlier runs that is learned from; 0: a rule of thumb.</param>
/// <param name="TypicalError">By how much such quotes were off, as a share of the larger of quote and cost; null: none was compared yet.</param>
/// <param name="Models">The models that it would use.</param>
/// <param name="Unpriced">Of them, those without a price, which would not be called.</param>
/// <param name="Budgets">The budgets that it draws on, tightest first.</param>
internal sealed record QuoteBody(
    RunMode Mode, Layer Entry, string Neuron, Usd? Expected, Usd Worst, Usd? Cap, long ExpectedTokens, int BasedOnRuns, double? TypicalError, IReadOnlyList<string> Models,
    IReadOnlyList<string> Unpriced, IReadOnlyList<DrawBody> Budgets)
{
    public static QuoteBody Of(RunQuote q) => new(
        q.Mode, q.Entry, q.Neuron, q.Expected, q.Worst, q.Cap, q.ExpectedTokens, q.Runs, q.TypicalError is { } error ? Math.Round(error, 4) : null, q.Models, q.Unpriced,
        [.. q.Budgets.Select(DrawBody.Of)]);
}

/// <summary>A budget that a run draws on.</summary>
/// <param name="BudgetId">The budget.</param>
/// <param name="Scope">What it limits.</param>
/// <param name="Period">Over which time.</param>
/// <param name="Limit">Its limit of money, with raises.</param>
/// <param name="Left">Money left, what is set aside taken off.</param>
/// <param name="LimitTokens">Its limit of tokens.</param>
/// <param name="LeftTokens">Tokens left.</param>
/// <param name="ResetsAt">When it begins anew (UTC); null: never by itself.</param>
/// <param name="Ladder">What happens at its limit.</param>
/// <param name="FitsExpected">There is room for what is expected.</param>
/// <param name="FitsWorst">There is room for the worst case.</param>
internal sealed record DrawBody(
    Guid BudgetId, ScopeBody Scope, BudgetPeriod Period, Usd? Limit, Usd? Left, long? LimitTokens, long? LeftTokens, DateTimeOffset? ResetsAt, IReadOnlyList<LadderStep> Ladder,
    bool FitsExpected, bool FitsWorst)
{
    public static DrawBody Of(BudgetDraw d) => new(
        d.BudgetId, new ScopeBody(d.ScopeKind, d.ScopeId.Length == 0 ? null : d.ScopeId), d.Period, d.Limit, d.Left, d.LimitTokens, d.LeftTokens, d.ResetsAt, d.Ladder, d.FitsExpected, d.FitsWorst);
}
