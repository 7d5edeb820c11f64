using Hal9.Engine.Budgets;

namespace Hal9.Engine.Models.Coats;

/// <summary>
/// One call's way down the on-limit ladders of its budgets. The gate shortens the answer (<see cref="LadderStep.Clamp"/>); here another model is asked instead
/// (<see cref="LadderStep.Cheaper"/>, <see cref="LadderStep.Offline"/>). What is left, pausing and refusing, is for whoever called.
/// </summary>
internal sealed class LadderWalk(CheaperModels models)
{
    private readonly List<LadderStep> tried = [];
    private Queue<ModelRef>? cheaper;
    private (ModelRef Asked, Refusal Refusal)? first;

    /// <summary>Steps that are used up.</summary>
    public IReadOnlyList<LadderStep> Tried => [.. tried];

    /// <summary>The step that led to the model asked now; models that were passed over on the way are not told of.</summary>
    public IReadOnlyList<LadderTaken> Taken { get; private set; } = [];

    /// <summary>The model to ask instead; null: there is no step left that helps here.</summary>
    public ModelRef? Next(ModelRef asked, Refusal refusal)
    {
        switch (refusal.Next)
        {
            case LadderStep.Cheaper:
                cheaper ??= new(models.Below(asked));
                if (cheaper.TryDequeue(out var model))
                {
                    Take(LadderStep.Cheaper, asked, model, refusal);
                    return model;
                }
                tried.Add(LadderStep.Cheaper);
                return asked;
            case LadderStep.Offline:
                tried.Add(LadderStep.Offline);
                var offline = new ModelRef(ModelsOptionsCheck.OfflineName, ModelsOptionsCheck.OwnName);
                if (asked != offline)
                {
                    Take(LadderStep.Offline, asked, offline, refusal);
                }
                return offline;
            default:
                return null;
        }
    }

    private void Take(LadderStep step, ModelRef asked, ModelRef instead, Refusal refusal)
    {
        first ??= (asked, refusal);
        Taken = [new LadderTaken(step, refusal.BudgetId, refusal.Scope, $"{instead} was asked instead of {first.Value.Asked}. {first.Value.Refusal.Reason}")];
    }
}
