using System.Text.Json;
using Hal9.Engine.Desk;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;

namespace Hal9.Web.Conversations;

/// <summary>The library of prompts at the message field: <c>/</c> in the empty field opens it (js/chat.js).</summary>
public sealed partial class PromptPicker(PromptService door, CurrentActor currentActor, ILogger<PromptPicker> log)
{
    // Two lines of it are shown.
    private const int Preview = 200;
    private IReadOnlyList<SavedPrompt>? prompts;
    private Failure? failure;

    private static string PiecesOf(SavedPrompt prompt) => JsonSerializer.Serialize(prompt.Pieces, JsonSerializerOptions.Web);

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
}
