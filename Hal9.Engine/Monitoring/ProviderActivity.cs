using Hal9.Engine.Models;

namespace Hal9.Engine.Monitoring;

/// <summary>How a provider is, by the calls made to it.</summary>
/// <param name="Name">Its configured name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Circuit">Its circuit breaker in this process; null: the built-in provider, which has none.</param>
/// <param name="Record">What became of the tenant's calls to it; null: there were none, or the reader may only see their own runs.</param>
public sealed record ProviderActivity(string Name, ProviderKind Kind, CircuitPosition? Circuit, CallRecord? Record);

/// <summary>What became of calls. Durations are of the newest 200 that succeeded.</summary>
/// <param name="Calls">Attempts that ended.</param>
/// <param name="Failed">Of them, failed.</param>
/// <param name="Cost">What they cost.</param>
/// <param name="LastAt">When the newest began (UTC).</param>
/// <param name="P50">Half took at most this; null: none succeeded.</param>
/// <param name="P95">The same for 95 of 100.</param>
/// <param name="FirstToken">Half began to answer after at most this.</param>
/// <param name="LastFailure">The newest that failed.</param>
public sealed record CallRecord(long Calls, long Failed, Usd Cost, DateTimeOffset LastAt, TimeSpan? P50, TimeSpan? P95, TimeSpan? FirstToken, CallFailure? LastFailure);

/// <summary>A call that failed.</summary>
/// <param name="Error">What the provider or the network said, without secrets.</param>
/// <param name="At">When it began (UTC).</param>
/// <param name="RunId">Its run.</param>
public sealed record CallFailure(string Error, DateTimeOffset At, Guid RunId);
