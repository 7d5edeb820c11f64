namespace Hal9.Engine.Hosting;

/// <summary>How processes work together: section <c>Hal9:Cluster</c>.</summary>
public sealed class ClusterOptions
{
    /// <summary>One process, or several.</summary>
    public ClusterMode Mode { get; set; } = ClusterMode.Single;

    /// <summary>Redis connection string for <see cref="ClusterMode.Cluster"/>.</summary>
    public string? Redis { get; set; }
}

/// <summary>Cluster modes.</summary>
public enum ClusterMode
{
    /// <summary>One process with its own silo.</summary>
    Single,

    /// <summary>Several replicas over Redis and PostgreSQL; refused until it is released.</summary>
    Cluster,
}
