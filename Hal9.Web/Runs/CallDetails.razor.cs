using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Runs;

/// <summary>What is behind a model call, read when it is opened: the bill with its arithmetic, the prompt by source, the answer, the usage as told.</summary>
public sealed partial class CallDetails
{
    private CallDetail? detail;
    private Failure? failure;
    private CallStatus? loadedAt;
    private ElementReference summary;
    private bool opened;
    private bool goesThere;

    /// <summary>The attempt of a model call.</summary>
    [Parameter, EditorRequired] public ModelCallView Call { get; set; } = default!;

    /// <summary>Reads it.</summary>
    [Parameter, EditorRequired] public Func<Guid, Task<(CallDetail? Detail, Failure? Failure)>> Load { get; set; } = default!;

    /// <summary>It is shown at once, and the focus goes there.</summary>
    [Parameter] public bool Opens { get; set; }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        goesThere |= Opens && !opened;
        opened = Opens;
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (goesThere)
        {
            goesThere = false;
            await summary.FocusAsync();
        }
    }

    // A call that was still going when it was read is read again.
    private Task OpenAsync() => loadedAt == Call.Status ? Task.CompletedTask : LoadAsync();

    private async Task LoadAsync()
    {
        var status = Call.Status;
        (detail, failure) = await Load(Call.Id);
        loadedAt = failure is null ? status : null;
    }
}
