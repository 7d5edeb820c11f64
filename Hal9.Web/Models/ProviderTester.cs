using Hal9.Engine;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Microsoft.Extensions.AI;

namespace Hal9.Web.Models;

/// <summary>What became of a test call.</summary>
/// <param name="Model">Which model was asked.</param>
/// <param name="Passed">It answered.</param>
/// <param name="Words">Its answer, or what went wrong in the provider's own words, without secrets.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Cost">What it cost.</param>
/// <param name="RunId">The run that it was.</param>
public sealed record TestResult(ModelRef Model, bool Passed, string Words, TimeSpan Took, Usd Cost, Guid RunId);

/// <summary>Asks a model for one word, as a run like any other: through budgets, prices and the ledger, with the tester as who pays.</summary>
public sealed class ProviderTester(RunService runs)
{
    private const int MostOutput = 16;
    private const int MostSeconds = 60;
    private const int MostShown = 200;

    /// <summary>Makes the call and waits for its end.</summary>
    /// <exception cref="AccessDenied">The actor may not use runs.</exception>
    public async Task<TestResult> TestAsync(Actor actor, ModelRef model, string question, CancellationToken cancellationToken)
    {
        var order = new StartRun
        {
            Goal = question, Mode = RunMode.Direct, Kind = RunKind.Evaluation, Tags = ["provider-test"], Envelope = new EnvelopeRequest(Seconds: MostSeconds),
            Direct = new DirectRequest(model, [new ChatMessage(ChatRole.User, question)], new ChatOptions { MaxOutputTokens = MostOutput }),
        };
        var started = await runs.StartAsync(actor, order, cancellationToken);
        var run = await runs.WaitAsync(actor, started.Id, cancellationToken);
        var words = run.Status is RunStatus.Succeeded ? run.Answer : run.Refusal?.Reason ?? run.Error;
        return new TestResult(
            model, run.Status is RunStatus.Succeeded, words is { Length: > MostShown } ? words[..MostShown] + "…" : words ?? "", (run.EndedAt ?? run.StartedAt) - run.StartedAt, run.Cost, run.Id);
    }
}
