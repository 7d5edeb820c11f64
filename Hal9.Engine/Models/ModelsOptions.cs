using Microsoft.Extensions.Configuration;

namespace Hal9.Engine.Models;

/// <summary>Which models there are and how they are called: section <c>Hal9:Models</c>.</summary>
public sealed class ModelsOptions
{
    /// <summary>The providers by name. The names <c>offline</c> and <c>hal9</c> are taken.</summary>
    public Dictionary<string, ProviderOptions> Providers { get; } = [];

    /// <summary>How long a call may take.</summary>
    public ModelTimeouts Timeouts { get; } = new();

    /// <summary>
    /// The model of each tier. Without any: the one listed model of the one provider serves all tiers; in every other case they are
    /// <c>offline/hal9</c>.
    /// </summary>
    public ModelTiers Tiers { get; } = new();

    /// <summary>How a failed call is tried again.</summary>
    public RetryOptions Retry { get; } = new();

    /// <summary>When a provider is left alone for a while.</summary>
    public BreakerOptions Breaker { get; } = new();

    /// <summary>
    /// Models tried in order, as <c>provider/model</c>, when the first choice failed for good before its first token. Empty: none is. Never used
    /// for pass-through calls, which name their model.
    /// </summary>
    public IList<string> Fallbacks { get; } = [];

    /// <summary>Prices of our own. They belong to Budgets, which reads them; here they are only known by name.</summary>
    public IConfigurationSection? Prices { get; set; }
}

/// <summary>One provider.</summary>
public sealed class ProviderOptions
{
    /// <summary>Its kind.</summary>
    public ProviderKind? Kind { get; set; }

    /// <summary>Its address: for OpenAI-compatible ones with <c>/v1</c>; for Anthropic without, and only when it is not the public one.</summary>
    public string? BaseUrl { get; set; }

    /// <summary>Its key. Endpoints without keys need none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>A file that holds the key, instead of <see cref="ApiKey"/>.</summary>
    public string? ApiKeyFile { get; set; }

    /// <summary>The models that may be used. Empty: any name passes through.</summary>
    public IList<string> Models { get; } = [];

    /// <summary>Models that take images, besides the known ones; <c>*</c>: all of this provider.</summary>
    public IList<string> Vision { get; } = [];
}

/// <summary>Time limits of a model call.</summary>
public sealed class ModelTimeouts
{
    /// <summary>Until the first token of an attempt, seconds.</summary>
    public double FirstTokenSeconds { get; set; } = 60;

    /// <summary>Between two pieces of a stream, seconds.</summary>
    public double IdleSeconds { get; set; } = 30;

    /// <summary>For the whole call with all its attempts, seconds.</summary>
    public double TotalSeconds { get; set; } = 300;

    /// <summary>How long the rest of a stream is read whose caller has left, so that its real cost is learned, seconds; then it is cut and counted here. 0 to 60.</summary>
    public double DrainSeconds { get; set; } = 3;
}

/// <summary>The model of each tier, <c>provider/model</c>.</summary>
public sealed class ModelTiers
{
    /// <summary>The best: L4.</summary>
    public string? Strong { get; set; }

    /// <summary>In between: L3.</summary>
    public string? Balanced { get; set; }

    /// <summary>Cheap and quick: L2.</summary>
    public string? Fast { get; set; }
}

/// <summary>How a failed call is tried again: only before its first token, and only for faults that may pass.</summary>
public sealed class RetryOptions
{
    /// <summary>Attempts per model, the first included.</summary>
    public int Attempts { get; set; } = 3;

    /// <summary>The wait before the second attempt, seconds; it doubles each time and is drawn between half and whole.</summary>
    public double FirstDelaySeconds { get; set; } = 0.5;

    /// <summary>The longest wait of our own, seconds.</summary>
    public double MostDelaySeconds { get; set; } = 8;

    /// <summary>The longest wait that a provider may ask for (Retry-After), seconds; a longer one ends the call and is named in the error.</summary>
    public double MostRetryAfterSeconds { get; set; } = 60;
}

/// <summary>When a provider is left alone for a while. Its rate limit (429) and refusals (4xx) do not count.</summary>
public sealed class BreakerOptions
{
    /// <summary>Share of failed attempts that opens the circuit, 0 to 1.</summary>
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>Attempts within <see cref="SamplingSeconds"/> before the share means anything.</summary>
    public int MinimumThroughput { get; set; } = 10;

    /// <summary>Over which time attempts are looked at, seconds.</summary>
    public double SamplingSeconds { get; set; } = 30;

    /// <summary>For how long the provider is left alone, seconds.</summary>
    public double BreakSeconds { get; set; } = 15;
}
