using MudBlazor;

namespace Hal9.Web.Conversations;

/// <summary>Short words at the edge of the page.</summary>
internal static class Toasts
{
    /// <summary>Says what happened and offers to undo it.</summary>
    public static void Undo(ISnackbar toasts, string said, string undo, Func<Task> act) => toasts.Add(said, Severity.Normal, options =>
    {
        (options.HideIcon, options.VisibleStateDuration) = (true, 8000);
        options.Action = undo;
        options.OnClick = _ => act();
    });
}
