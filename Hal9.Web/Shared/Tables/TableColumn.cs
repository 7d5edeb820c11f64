using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Shared.Tables;

/// <summary>A column of a <see cref="DataTable{TItem}"/>: declared inside it, shows what its content makes of a row.</summary>
/// <typeparam name="TItem">A row.</typeparam>
public sealed class TableColumn<TItem> : ComponentBase, IDisposable
{
    /// <summary>Its name in the address.</summary>
    [Parameter, EditorRequired] public string Key { get; set; } = "";

    /// <summary>Its heading.</summary>
    [Parameter, EditorRequired] public string Title { get; set; } = "";

    /// <summary>The list can be sorted by it.</summary>
    [Parameter] public bool Sorts { get; set; }

    /// <summary>It names the row: it links to it, takes the room that is left, and cannot be hidden.</summary>
    [Parameter] public bool IsMain { get; set; }

    /// <summary>Numbers and times: to the right.</summary>
    [Parameter] public bool IsEnd { get; set; }

    /// <summary>Left out on phones.</summary>
    [Parameter] public bool IsSide { get; set; }

    /// <summary>The cell of a row.</summary>
    [Parameter] public RenderFragment<TItem>? ChildContent { get; set; }

    /// <summary>Below the link of the main column.</summary>
    [Parameter] public RenderFragment<TItem>? Below { get; set; }

    [CascadingParameter] private DataTable<TItem> Table { get; set; } = default!;

    internal string Class => $"{(IsMain ? "wide" : "")} {(IsEnd ? "end" : "")} {(IsSide ? "side" : "")}".Trim();

    /// <inheritdoc/>
    protected override void OnInitialized() => Table.Add(this);

    /// <inheritdoc/>
    public void Dispose() => Table.Remove(this);
}
