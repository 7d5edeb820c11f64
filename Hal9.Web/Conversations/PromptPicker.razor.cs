using Hal9.Engine.Desk;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Conversations;

/// <summary>The library of prompts at the message field: <c>/</c> in the empty field opens it (js/chat.js).</summary>
public sealed partial class PromptPicker(PromptService door, CurrentActor currentActor, ILogger<PromptPicker> log)
{
    private readonly Dictionary<string, string> words = new(StringComparer.OrdinalIgnoreCase);
    private IReadOnlyList<SavedPrompt>? prompts;
    private SavedPrompt? chosen;
    private Failure? failure;
    private string filter = "";

    /// <summary>Put a text into the message field.</summary>
    [Parameter] public EventCallback<string> OnInsert { get; set; }

    private IEnumerable<SavedPrompt> Shown => (prompts ?? []).Where(prompt =>
        prompt.Name.Contains(filter.Trim(), StringComparison.CurrentCultureIgnoreCase) || prompt.Text.Contains(filter.Trim(), StringComparison.CurrentCultureIgnoreCase));

    private async Task LoadAsync()
    {
        try
        {
            (prompts, failure) = (await door.ListAsync(await currentActor.GetAsync(), CancellationToken.None), null);
        }
        catch (Exception e)
        {
            failure = Failure.Of(e, log);
        }
    }

    private Task ChooseAsync(SavedPrompt prompt)
    {
        if (prompt.Variables.Count == 0)
        {
            return InsertAsync(prompt.Text);
        }
        words.Clear();
        chosen = prompt;
        return Task.CompletedTask;
    }

    private Task InsertAsync(string text)
    {
        (chosen, filter) = (null, "");
        return OnInsert.InvokeAsync(text);
    }
}
