using System.Diagnostics;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Localization;

namespace Hal9.Web.Shell;

/// <summary>Where a page's errors end: the rest of the console lives on, and the message carries the id under which the log has it.</summary>
public sealed partial class TraceableBoundary(ILogger<TraceableBoundary> log, IStringLocalizer<ShellTexts> texts) : ErrorBoundaryBase
{
    private string traceId = "";

    /// <inheritdoc/>
    protected override Task OnErrorAsync(Exception exception)
    {
        traceId = Activity.Current?.TraceId.ToString() ?? Guid.CreateVersion7().ToString("n");
        PageFailed(log, traceId, exception);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (CurrentException is null)
        {
            builder.AddContent(0, ChildContent);
            return;
        }
        builder.OpenElement(1, "div");
        builder.AddAttribute(2, "class", "page");
        builder.OpenComponent<PageHeader>(3);
        builder.AddComponentParameter(4, nameof(PageHeader.Title), texts["PageFailed"].Value);
        builder.CloseComponent();
        builder.OpenComponent<ErrorState>(5);
        builder.AddComponentParameter(6, nameof(ErrorState.Title), texts["PageFailedTitle"].Value);
        builder.AddComponentParameter(7, nameof(ErrorState.ChildContent), (RenderFragment)(b => b.AddContent(0, texts["PageFailedHelp"].Value)));
        builder.AddComponentParameter(8, nameof(ErrorState.TraceId), traceId);
        builder.AddComponentParameter(9, nameof(ErrorState.OnRetry), EventCallback.Factory.Create(this, Recover));
        builder.CloseComponent();
        builder.CloseElement();
    }

    [LoggerMessage(LogLevel.Error, "A page failed (trace {TraceId})")]
    private static partial void PageFailed(ILogger log, string traceId, Exception exception);
}
