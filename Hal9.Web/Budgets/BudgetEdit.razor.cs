using Hal9.Engine.Budgets;
using Hal9.Engine.Tenancy;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Budgets;

/// <summary>The form of a budget: a new one, or one that is changed where it stands.</summary>
public sealed partial class BudgetEdit
{
    private static readonly BudgetScopeKind[] Kinds = [BudgetScopeKind.Tenant, BudgetScopeKind.User, BudgetScopeKind.Key, BudgetScopeKind.Neuron, BudgetScopeKind.Model];
    private BudgetForm form = new();
    private Guid? shown;
    private IReadOnlyList<ScopeChoice> choices = [];
    private IReadOnlyList<string> faults = [];
    private Failure? failure;
    private ElementReference first;
    private bool saving;
    private bool focuses;

    /// <summary>The budget that is changed; null: a new one.</summary>
    [Parameter] public BudgetView? Budget { get; set; }

    /// <summary>What its scope is called.</summary>
    [Parameter] public string Name { get; set; } = "";

    /// <summary>The page without the form.</summary>
    [Parameter, EditorRequired] public string CloseHref { get; set; } = "";

    /// <summary>What a budget of a kind can be set for.</summary>
    [Parameter, EditorRequired] public Func<BudgetScopeKind, Task<IReadOnlyList<ScopeChoice>>> Choices { get; set; } = default!;

    /// <summary>Saves; null: it is done.</summary>
    [Parameter, EditorRequired] public Func<PutBudget, Task<Failure?>> Save { get; set; } = default!;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (shown != (Budget?.Id ?? Guid.Empty))
        {
            shown = Budget?.Id ?? Guid.Empty;
            form = Budget is null ? new BudgetForm() : BudgetForm.Of(Budget);
            (faults, failure, focuses) = ([], null, true);
        }
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (focuses)
        {
            focuses = false;
            await first.FocusAsync();
        }
    }

    private async Task ChooseAsync(object? value)
    {
        form.Kind = Enum.TryParse<BudgetScopeKind>(value as string, out var kind) ? kind : form.Kind;
        choices = await Choices(form.Kind);
        form.ScopeId = form.Kind is BudgetScopeKind.Tenant ? "" : choices.Count > 0 ? choices[0].Id : BudgetsReader.Each;
    }

    private void Toggle(LadderStep step, bool chosen)
    {
        if (chosen)
        {
            form.Ladder.Add(step);
        }
        else
        {
            form.Ladder.Remove(step);
        }
    }

    private string? Wrong(string field) => faults.Contains(field) ? "true" : null;

    private async Task SaveAsync()
    {
        (var order, faults) = form.Read();
        if (order is null || saving)
        {
            return;
        }
        saving = true;
        failure = await Save(order);
        saving = false;
    }
}
