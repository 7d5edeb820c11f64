using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Hal9.Web.Shared.Tables;

/// <summary>Renders after what stands before it: a table's rows after its columns have made themselves known.</summary>
public sealed class Deferred : ComponentBase
{
    /// <summary>What comes later.</summary>
    [Parameter] public RenderFragment? ChildContent { get; set; }

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddContent(0, ChildContent);
    }
}
