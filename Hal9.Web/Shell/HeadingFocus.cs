using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Hal9.Web.Shell;

/// <summary>
/// After a change of page the focus is on its heading, for keyboards and screen readers. Unlike the framework's <c>FocusOnNavigate</c> it takes the focus from
/// nobody: its call reaches the browser after the page did, and who has begun to type by then goes on typing.
/// </summary>
public sealed class HeadingFocus(IJSRuntime js) : ComponentBase
{
    private IJSObjectReference? shell;
    private Type? page;
    private bool due;

    /// <summary>The page that is shown.</summary>
    [Parameter, EditorRequired] public Type Page { get; set; } = default!;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        due |= Page != page;
        page = Page;
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (due)
        {
            due = false;
            shell ??= await js.InvokeAsync<IJSObjectReference>("import", "./" + Assets["js/shell.js"]);
            await shell.InvokeVoidAsync("beginAtHeading");
        }
    }
}
