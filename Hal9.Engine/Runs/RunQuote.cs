using Hal9.Engine.Budgets;
using Hal9.Engine.Events;

namespace Hal9.Engine.Runs;

/// <summary>What a run may cost, before it is started.</summary>
/// <param name="Mode">How deep it would go.</param>
/// <param name="Entry">The layer that would get the goal.</param>
/// <param name="Neuron">The neuron that would get it.</param>
/// <param name="Expected">What runs like it cost on average at the prices of now; null: a model has no price.</param>
/// <param name="ExpectedTokens">The same in tokens.</param>
/// <param name="Worst">What it cannot exceed: its envelope, or less where it is one call.</param>
/// <param name="Cap">The envelope that a run like it needs so as not to end for want of money: what the dearest of them took, and one call's worst case on top.</param>
/// <param name="Runs">How many runs the expectation is learned from; 0: it is a rule of thumb.</param>
/// <param name="TypicalError">By how much such expectations were off, as a share of the larger of expected and real cost, 0 to 1; null: none was compared yet.</param>
/// <param name="Models">The models that it would use.</param>
/// <param name="Unpriced">Of them, those without a price, which would not be called.</param>
/// <param name="Budgets">The budgets that it draws on.</param>
public sealed record RunQuote(
    RunMode Mode, Layer Entry, string Neuron, Usd? Expected, long ExpectedTokens, Usd Worst, Usd? Cap, int Runs, double? TypicalError, IReadOnlyList<string> Models,
    IReadOnlyList<string> Unpriced, IReadOnlyList<BudgetDraw> Budgets);
