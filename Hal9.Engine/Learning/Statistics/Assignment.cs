namespace Hal9.Engine.Learning.Statistics;

/// <summary>By which policy an episode is served.</summary>
internal enum Lane
{
    /// <summary>What is promoted.</summary>
    Active,

    /// <summary>What is being tried.</summary>
    Canary,

    /// <summary>Day 0, for ever: what everything is measured against.</summary>
    Holdback,
}

/// <summary>The lane of an episode.</summary>
/// <param name="Lane">Which.</param>
/// <param name="Propensity">How probable that lane was; above 0.</param>
internal readonly record struct Assignment(Lane Lane, double Propensity)
{
    /// <summary>Share of the episodes that stay on day 0 for ever.</summary>
    public const double HoldbackShare = 0.10;

    /// <summary>The lane follows from the hash, so one episode keeps one lane through restarts and on every replica.</summary>
    /// <param name="salt">Tenant and policy key: lanes of different policies do not go together.</param>
    /// <param name="episode">The run's id.</param>
    /// <param name="canaryShare">Share of the episodes that try the canary, 0 to 0.9.</param>
    public static Assignment Of(string salt, string episode, double canaryShare)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(canaryShare, 1 - HoldbackShare);
        ArgumentOutOfRangeException.ThrowIfNegative(canaryShare);
        var place = ItemSplit.Share(salt, episode);
        return place < HoldbackShare ? new Assignment(Lane.Holdback, HoldbackShare)
            : place < HoldbackShare + canaryShare ? new Assignment(Lane.Canary, canaryShare)
            : new Assignment(Lane.Active, 1 - HoldbackShare - canaryShare);
    }
}
