using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Storage;

namespace Hal9.Engine.Runs;

/// <summary>How a run ended.</summary>
/// <param name="Status">A final status.</param>
/// <param name="Answer">The answer, or what had come of it.</param>
/// <param name="Error">What went wrong, for people.</param>
/// <param name="Refusal">The limit that ended it.</param>
/// <param name="Failure">The model call's failure that ended it.</param>
internal sealed record RunEnding(RunStatus Status, string? Answer, string? Error = null, Refusal? Refusal = null, ModelCallFailed? Failure = null);

/// <summary>Writes what else belongs to a run's end into the transaction that ends it. Conversations implements it for the message that the run answers.</summary>
internal interface IRunEndWriter
{
    void Write(WriteBatch batch, RunRow run, RunEnding ending, Usd cost, Provenance provenance, DateTimeOffset at);
}
