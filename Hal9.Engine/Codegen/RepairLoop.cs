using Hal9.Engine.Events;

namespace Hal9.Engine.Codegen;

/// <summary>When a repair ends at the latest, whatever it has reached.</summary>
/// <param name="Attempts">Attempts of the whole project.</param>
/// <param name="OnOneSignature">Attempts of L2 without progress on the same failure before L3 is asked.</param>
/// <param name="AtDesign">Attempts of L3 without progress before L4 is asked, once.</param>
internal sealed record RepairLimits(int Attempts = 10, int OnOneSignature = 3, int AtDesign = 2);

/// <summary>What is wrong with a tree, and how far up the ladder it got.</summary>
/// <param name="Rung">The highest green rung.</param>
/// <param name="Failing">Signatures of all that is wrong.</param>
/// <param name="Tree">The tree's hash.</param>
internal sealed record RepairState(int Rung, IReadOnlySet<string> Failing, string Tree)
{
    /// <summary>The same for the same failures at the same rung.</summary>
    public string Key { get; } = $"{Rung}:{string.Join(',', Failing.Order(StringComparer.Ordinal))}";

    public bool IsGreen => Failing.Count == 0;

    /// <summary>Whether it is better than another: further up, or as far with fewer failures.</summary>
    public bool IsBetterThan(RepairState other) => Rung > other.Rung || (Rung == other.Rung && Failing.Count < other.Failing.Count);
}

/// <summary>What happens next.</summary>
/// <param name="Layer">Who makes the next attempt; null: nobody.</param>
/// <param name="Stop">Why it ends; null: it does not.</param>
internal sealed record RepairDecision(Layer? Layer, string? Stop);

/// <summary>How an attempt was judged.</summary>
/// <param name="Accepted">Whether its tree is the best now.</param>
/// <param name="Reason">Why, in a sentence.</param>
internal sealed record RepairVerdict(bool Accepted, string Reason);

/// <summary>
/// The rules of a repair, without any doing: who tries next, whether what came of it is better, and when it is enough. Only progress counts; the best
/// tree is kept and everything else is undone. It remembers what it is told, so a run that is taken up tells it the same story again.
/// </summary>
internal sealed class RepairLoop(RepairState first, RepairLimits limits)
{
    private readonly List<string> states = [first.Key];
    private readonly HashSet<string> trees = [first.Tree];
    private Layer layer = Layer.L2;
    private int withoutProgress;
    private bool stoppedBySameState;

    /// <summary>The best state so far.</summary>
    public RepairState Best { get; private set; } = first;

    /// <summary>Attempts made.</summary>
    public int Attempts { get; private set; }

    /// <summary>Who is next, or why it ends.</summary>
    public RepairDecision Next() =>
        Best.IsGreen ? new RepairDecision(null, "Everything that was looked at is green.")
        : stoppedBySameState ? new RepairDecision(null, "The attempts go round in a circle: the same failures came back after others had taken their place.")
        : Attempts >= limits.Attempts ? new RepairDecision(null, $"{limits.Attempts} attempts were made, and there are no more for a project.")
        : layer > Layer.L4 ? new RepairDecision(null, "The plan was changed once, and that did not help either.")
        : new RepairDecision(layer, null);

    /// <summary>Judges what came of an attempt.</summary>
    /// <param name="state">What is wrong now; null: the attempt gave no tree (it was blocked, or its edits did not apply).</param>
    /// <param name="broken">Anchors that it broke, in words.</param>
    /// <param name="asksHigher">Whether its author says that the next layer has to decide.</param>
    public RepairVerdict Judge(RepairState? state, IReadOnlyList<string> broken, bool asksHigher = false)
    {
        Attempts++;
        if (state is null)
        {
            if (asksHigher)
            {
                Escalate();
            }
            else
            {
                NoProgress();
            }
            return new RepairVerdict(false, asksHigher ? "It is handed up: its author cannot decide it." : "It changed nothing.");
        }
        if (broken.Count > 0)
        {
            Note(state);
            NoProgress();
            return new RepairVerdict(false, "Undone, because it broke what must stay: " + string.Join("; ", broken));
        }
        if (state.IsBetterThan(Best))
        {
            states.Add(state.Key);
            trees.Add(state.Tree);
            Best = state;
            (layer, withoutProgress) = (Layer.L2, 0);
            return new RepairVerdict(true, state.IsGreen ? "Everything that was looked at is green now." : $"Better: {state.Failing.Count} failures are left.");
        }
        var again = !trees.Add(state.Tree);
        Note(state);
        if (again)
        {
            // Who hands in the same change again has no other idea: the next layer is asked at once.
            Escalate();
            return new RepairVerdict(false, "Undone: this very change was tried before.");
        }
        NoProgress();
        return new RepairVerdict(false, "Undone: it is no better than the best so far.");
    }

    /// <summary>A state that was there before the last one, and not in between, closes a circle: A, B, A.</summary>
    private void Note(RepairState state)
    {
        stoppedBySameState |= states[^1] != state.Key && states.Contains(state.Key);
        states.Add(state.Key);
    }

    private void NoProgress()
    {
        withoutProgress++;
        if (withoutProgress >= layer switch { Layer.L2 => limits.OnOneSignature, Layer.L3 => limits.AtDesign, _ => 1 })
        {
            Escalate();
        }
    }

    private void Escalate() => (layer, withoutProgress) = (layer + 1, 0);
}
