using Hal9.Engine.Tenancy;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Shell;

/// <summary>Ctrl+K: one field that leads to pages, conversations, runs, neurons and actions. Nothing is read before it is asked for.</summary>
public sealed partial class CommandPalette : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(120);
    private readonly CancellationTokenSource stopping = new();
    private IReadOnlyList<PaletteGroup> groups = [];
    private Failure? failure;
    private string text = "";
    private string shown = "";
    private int asked;

    /// <summary>Who asks.</summary>
    [Parameter, EditorRequired] public Actor Actor { get; set; } = default!;

    [Inject] private Palette Door { get; set; } = default!;

    [Inject] private ILogger<CommandPalette> Log { get; set; } = default!;

    [Inject] private TimeProvider Time { get; set; } = default!;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => ShowAsync(++asked);

    /// <inheritdoc/>
    public void Dispose()
    {
        stopping.Cancel();
        stopping.Dispose();
    }

    // Whoever types on is not answered letter by letter; an answer that comes late is not shown.
    private async Task FindAsync()
    {
        var mine = ++asked;
        try
        {
            await Task.Delay(Pause, Time, stopping.Token);
            if (mine == asked)
            {
                await ShowAsync(mine);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ShowAsync(int mine)
    {
        try
        {
            var wanted = text;
            var found = await Door.FindAsync(Actor, wanted, stopping.Token);
            if (mine == asked)
            {
                (groups, shown, failure) = (found, wanted, null);
            }
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, Log);
        }
    }
}
