using Hal9.Engine.Events;

namespace Hal9.Web.Conversations;

/// <summary>The streams of a run whose answer is being written.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Pieces">Its answer.</param>
/// <param name="Events">Its events.</param>
public sealed record OpenRun(Guid RunId, IAsyncEnumerable<string> Pieces, IAsyncEnumerable<RunEvent> Events);
