using Hal9.Engine.Neurons;
using Hal9.Engine.Runs;

namespace Hal9.Engine.Codegen;

/// <summary>One neuron's place in a project's run: its assignment, its step, and how it is asked.</summary>
internal sealed record Seat(Assignment Assignment, StepRow Step)
{
    /// <summary>Work for a neuron one layer below. It may use what is left here: whatever it uses counts here as well.</summary>
    public Assignment Below(string path, Neuron neuron, string goal, IReadOnlyList<string> criteria) =>
        new(path, neuron, goal, criteria, [], Assignment.Envelope.CutAll([($"envelope of step {path}", 1.0)])[0]);
}

/// <summary>
/// Asks a neuron for a contract and checks the answer by rules of our own; what breaks one is shown to it once. Schemas are checked by the coats before.
/// </summary>
internal sealed class Interviewer(StepLoop steps, Microsoft.Extensions.Options.IOptions<CodegenOptions> options)
{
    /// <param name="desk">The run's desk.</param>
    /// <param name="seat">Who is asked.</param>
    /// <param name="purpose">The leaf's name below the step, the same when the run is rebuilt.</param>
    /// <param name="contract">The answer's schema.</param>
    /// <param name="prompt">Makes the prompt, with what was wrong with the first answer.</param>
    /// <param name="faultOf">What is wrong with an answer; null: nothing.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="PhaseBlocked">The second answer is wrong as well.</exception>
    public async Task<T> AskAsync<T>(
        ProjectDesk desk, Seat seat, string purpose, (string Name, System.Text.Json.JsonElement Schema) contract, Func<string?, Prompts> prompt, Func<T, string?> faultOf, CancellationToken cancellationToken)
    {
        var (answer, fault) = await TryAsync(desk, seat, purpose, contract, prompt, faultOf, cancellationToken).ConfigureAwait(false);
        return fault is null ? answer : throw new PhaseBlocked($"{seat.Assignment.Neuron.Name} gave no usable {contract.Name}, not even after it was shown what was wrong: {fault}");
    }

    /// <summary>The same, with the fault of the second answer instead of an exception.</summary>
    public async Task<(T Answer, string? Fault)> TryAsync<T>(
        ProjectDesk desk, Seat seat, string purpose, (string Name, System.Text.Json.JsonElement Schema) contract, Func<string?, Prompts> prompt, Func<T, string?> faultOf, CancellationToken cancellationToken)
    {
        string? fault = null;
        T answer = default!;
        for (var round = 1; round <= 2; round++)
        {
            answer = await steps.AskAsync<T>(
                desk.Run, seat.Assignment, seat.Step, $"{purpose}/{round}", prompt(fault), contract, options.Value.MaxOutputTokens, cancellationToken).ConfigureAwait(false);
            fault = faultOf(answer);
            if (fault is null)
            {
                break;
            }
        }
        return (answer, fault);
    }
}
