using Hal9.Engine.Desk;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Conversations;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Hal9.Web.Desk;

/// <summary>The library of prompts: one's own, and those that others share.</summary>
public sealed partial class PromptsPage(PromptService door, CurrentActor currentActor, ISnackbar toasts, ILogger<PromptsPage> log)
{
    private IReadOnlyList<SavedPrompt>? prompts;
    private Failure? failure;
    private bool removesAll;
    private bool editing;
    private bool focus;
    private Guid? id;
    private string name = "";
    private string text = "";
    private bool shared;
    private ElementReference field;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => LoadAsync();

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (focus)
        {
            focus = false;
            await field.FocusAsync();
        }
    }

    private Task LoadAsync() => TryAsync(_ => Task.CompletedTask);

    private Task SaveAsync() => TryAsync(async actor =>
    {
        await door.SaveAsync(actor, id, name, text, shared, Stopping);
        editing = false;
    });

    private Task RemoveAsync(SavedPrompt prompt) => TryAsync(async actor =>
    {
        await door.RemoveAsync(actor, prompt.Id, Stopping);
        if (!prompt.IsMine)
        {
            return;
        }
        Toasts.Undo(toasts, T["Removed", prompt.Name], T["Undo"], () => InvokeAsync(async () =>
        {
            await TryAsync(again => door.SaveAsync(again, null, prompt.Name, prompt.Text, prompt.IsShared, CancellationToken.None));
            StateHasChanged();
        }));
    });

    private void Edit(SavedPrompt? prompt) =>
        (editing, focus, id, name, text, shared) = (true, true, prompt?.Id, prompt?.Name ?? "", prompt?.Text ?? "", prompt?.IsShared == true);

    private async Task TryAsync(Func<Actor, Task> change)
    {
        try
        {
            failure = null;
            var actor = await currentActor.GetAsync();
            removesAll = actor.May(Permission.ManagePeople);
            await change(actor);
            prompts = await door.ListAsync(actor, Stopping);
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
    }
}
