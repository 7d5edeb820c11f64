using Hal9.Engine.Events;
using Hal9.Engine.Learning.Credit;

namespace Hal9.Tests.Support.LearnBench;

/// <summary>A fault that is put into a run, and the layer it is put into.</summary>
internal enum Fault
{
    SyntaxError, MissingUsing, WrongSignature, ElidedBody,
    ContradictingInterfaces, CyclicDesign, ForgottenModule, WrongTest,
    ForgottenCriterion, WrongMapping, MergedCriteria, DroppedPlan,
}

/// <summary>
/// Small runs with a known fault: a plan that maps criteria to items, a design of modules with interfaces and calls, files that carry it out, tests. The faults change these; what the checks find
/// is worked out from the changed work, and only that is shown to the rules. One module in ten has no test of its own, so that some faults show later than where they were made.
/// </summary>
internal sealed class FaultTrial
{
    private readonly int criteria;
    private readonly int modules;
    private readonly List<int> planned;
    private readonly List<int> moduleOfItem;
    private readonly int[] specified;
    private readonly int[] called;
    private readonly int[] implemented;
    private readonly bool[] compiles;
    private readonly bool[] works;
    private readonly bool[] tested;
    private readonly HashSet<Layer> faulty = [];
    private readonly int retries;
    private bool cyclic;
    private bool testContradicts;

    public FaultTrial(int seed, IReadOnlyList<Fault> faults)
    {
        var random = Seeds.Random(seed);
        (criteria, modules) = (random.Next(2, 7), random.Next(2, 6));
        // Three of ten tries fail again with the same error.
        while (random.NextDouble() < 0.3)
        {
            retries++;
        }
        planned = [.. Enumerable.Range(0, criteria)];
        moduleOfItem = [.. planned.Select(item => item % modules)];
        specified = [.. Enumerable.Range(0, modules).Select(_ => random.Next(100))];
        // Each module calls the next one by the interface that the design gives it.
        called = [.. Enumerable.Range(0, modules).Select(module => specified[(module + 1) % modules])];
        implemented = [.. specified];
        compiles = [.. Enumerable.Repeat(true, modules)];
        works = [.. Enumerable.Repeat(true, modules)];
        tested = [.. Enumerable.Range(0, modules).Select(_ => random.NextDouble() >= 0.1)];
        foreach (var fault in faults)
        {
            Put(fault, random);
        }
    }

    public static Layer LayerOf(Fault fault) => (int)fault switch { < 4 => Layer.L2, < 8 => Layer.L3, _ => Layer.L4 };

    /// <summary>Whom the rules blame most; null: nobody.</summary>
    public Layer? Blamed() => CreditRules.Judge(Facts()).Shares switch
    {
        { Sum: 0 } => null,
        var shares when shares.L2 >= shares.L3 && shares.L2 >= shares.L4 => Layer.L2,
        var shares when shares.L3 >= shares.L4 => Layer.L3,
        _ => Layer.L4,
    };

    /// <summary>Whom eight replays blame most, each layer's work exchanged for work without a fault.</summary>
    public Layer? BlamedByReplay()
    {
        var shares = Shapley.Of(coalition =>
            (coalition.HasFlag(Coalition.L2) && faulty.Contains(Layer.L2)) || (coalition.HasFlag(Coalition.L3) && faulty.Contains(Layer.L3)) || (coalition.HasFlag(Coalition.L4) && faulty.Contains(Layer.L4)) ? 0 : 1);
        var least = Math.Min(shares.L2, Math.Min(shares.L3, shares.L4));
        return least >= 0 ? null : least.Equals(shares.L2) ? Layer.L2 : least.Equals(shares.L3) ? Layer.L3 : Layer.L4;
    }

    /// <summary>How many of the faults' layers are found when the blamed layer does its work anew and the run is judged again, as often as there are faults.</summary>
    public static int Found(int seed, IReadOnlyList<Fault> faults)
    {
        var (left, found) = (faults.ToList(), 0);
        for (var round = 0; round < faults.Count; round++)
        {
            var blamed = new FaultTrial(seed, left).Blamed();
            found += left.RemoveAll(fault => LayerOf(fault) == blamed);
        }
        return found;
    }

    /// <summary>What the checks find.</summary>
    public RunFacts Facts()
    {
        var broken = Enumerable.Range(0, modules).Any(module => !compiles[module] || implemented[module] != specified[module] || (tested[module] && !works[module]));
        var green = !broken;
        var joined = Enumerable.Range(0, modules).All(module => called[module] == specified[(module + 1) % modules]) && !cyclic && moduleOfItem.TrueForAll(module => module < modules);
        var whole = green && joined && works.All(each => each);
        return new RunFacts
        {
            ContractBroken = broken,
            ModulesGreen = green,
            IntegrationGreen = whole,
            DesignGreen = joined,
            CriterionUnplanned = Enumerable.Range(0, criteria).Any(criterion => !planned.Contains(criterion)),
            TestOverruled = testContradicts,
            RetriesAtSameError = broken ? retries : 0,
        };
    }

    private void Put(Fault fault, Random random)
    {
        var module = random.Next(modules);
        faulty.Add(LayerOf(fault));
        switch (fault)
        {
            case Fault.SyntaxError or Fault.MissingUsing:
                compiles[module] = false;
                break;
            case Fault.WrongSignature:
                implemented[module] = -1;
                break;
            case Fault.ElidedBody:
                works[module] = false;
                break;
            case Fault.ContradictingInterfaces:
                called[module] = -2;
                break;
            case Fault.CyclicDesign:
                cyclic = true;
                break;
            case Fault.ForgottenModule:
                moduleOfItem[random.Next(moduleOfItem.Count)] = modules;
                break;
            case Fault.WrongTest:
                testContradicts = true;
                break;
            case Fault.ForgottenCriterion or Fault.MergedCriteria:
                planned.Remove(planned[^1]);
                break;
            case Fault.WrongMapping:
                planned[0] = planned[^1];
                break;
            default:
                planned.Clear();
                break;
        }
    }
}
