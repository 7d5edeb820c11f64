namespace Hal9.Engine.Budgets;

/// <summary>
/// Tokens of one call, normalised: input includes cached and cache-write tokens, output includes reasoning
/// (plain input = input − cached − cache write; plain output = output − reasoning). All at least 0.
/// </summary>
/// <param name="Input">All input tokens.</param>
/// <param name="Output">All output tokens.</param>
/// <param name="Cached">Input tokens read from the provider's cache.</param>
/// <param name="CacheWrite">Input tokens written to the provider's cache for 5 minutes.</param>
/// <param name="CacheWrite1h">Input tokens written to the provider's cache for an hour.</param>
/// <param name="Reasoning">Output tokens spent on reasoning.</param>
public readonly record struct TokenUsage(long Input, long Output, long Cached = 0, long CacheWrite = 0, long CacheWrite1h = 0, long Reasoning = 0)
{
    /// <summary>Input and output: what token limits count.</summary>
    public long Total => Input + Output;

    /// <summary>Sum per kind.</summary>
    public static TokenUsage operator +(TokenUsage a, TokenUsage b) => new(
        a.Input + b.Input, a.Output + b.Output, a.Cached + b.Cached, a.CacheWrite + b.CacheWrite, a.CacheWrite1h + b.CacheWrite1h, a.Reasoning + b.Reasoning);
}
