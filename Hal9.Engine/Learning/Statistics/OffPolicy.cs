namespace Hal9.Engine.Learning.Statistics;

/// <summary>One logged decision, as a judgement of another policy needs it.</summary>
/// <param name="Propensity">With what probability the arm was taken that was taken; above 0.</param>
/// <param name="TargetProbability">With what probability the other policy takes that arm.</param>
/// <param name="Reward">What came of it.</param>
/// <param name="Predicted">What a model predicts for the taken arm; 0 without a model.</param>
/// <param name="PredictedTarget">What it predicts for the other policy here, over its arms.</param>
internal readonly record struct LoggedDecision(double Propensity, double TargetProbability, double Reward, double Predicted = 0, double PredictedTarget = 0);

/// <summary>What logged decisions say about a policy that did not make them.</summary>
/// <param name="Ips">Inverse propensity estimate with weights clipped at <see cref="OffPolicy.Clip"/>.</param>
/// <param name="DoublyRobust">The same as a correction of the prediction: right when either propensities or predictions are.</param>
/// <param name="EffectiveSamples">(sum of weights)^2 / sum of squared weights.</param>
/// <param name="Enough">Whether there are enough effective samples to say anything; if not, nothing is shown.</param>
internal readonly record struct OffPolicyEstimate(double Ips, double DoublyRobust, double EffectiveSamples, bool Enough);

/// <summary>Estimates of a policy from decisions of another.</summary>
internal static class OffPolicy
{
    /// <summary>The largest weight of one decision.</summary>
    public const double Clip = 10;

    /// <summary>Below this many effective samples nothing is said.</summary>
    public const double Least = 50;

    /// <exception cref="ArgumentException">A propensity is not above 0: an arm that could not be taken tells nothing.</exception>
    public static OffPolicyEstimate Estimate(IReadOnlyList<LoggedDecision> decisions)
    {
        ArgumentNullException.ThrowIfNull(decisions);
        var (ips, robust, weights, squares) = (0.0, 0.0, 0.0, 0.0);
        foreach (var decision in decisions)
        {
            if (!(decision.Propensity is > 0 and <= 1))
            {
                throw new ArgumentException($"A propensity is above 0 and at most 1, not {decision.Propensity}.", nameof(decisions));
            }
            var weight = Math.Min(decision.TargetProbability / decision.Propensity, Clip);
            ips += weight * decision.Reward;
            robust += decision.PredictedTarget + (weight * (decision.Reward - decision.Predicted));
            weights += weight;
            squares += weight * weight;
        }
        var effective = squares > 0 ? weights * weights / squares : 0;
        var count = Math.Max(decisions.Count, 1);
        return new OffPolicyEstimate(ips / count, robust / count, effective, effective >= Least);
    }
}
