using Hal9.Engine.Codegen;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Codegen;

/// <summary>One project, live: its phases, plan, files, checks, attempts and history. The address holds view, file and version.</summary>
public sealed partial class ProjectPage(CodegenService door, CurrentActor currentActor, NavigationManager navigation, ILogger<ProjectPage> log)
{
    private const string Plan = "plan";
    private const string Files = "files";
    private const string Checks = "checks";
    private const string Attempts = "attempts";
    private const string History = "history";
    private Actor actor = default!;
    private ProjectView? project;
    private IReadOnlyList<FileText> texts = [];
    private IReadOnlyList<FileText>? before;
    private (int Tree, int? With)? read;
    private Guid loaded;
    private Guid followed;
    private Failure? failure;
    private bool busy;

    /// <summary>The project.</summary>
    [Parameter] public Guid ProjectId { get; set; }

    /// <summary><c>plan</c>, <c>files</c>, <c>checks</c>, <c>attempts</c> or <c>history</c>.</summary>
    [SupplyParameterFromQuery(Name = "tab")] public string? Tab { get; set; }

    /// <summary>The file that is shown.</summary>
    [SupplyParameterFromQuery(Name = "file")] public string? File { get; set; }

    /// <summary>The version of all files that it is compared with.</summary>
    [SupplyParameterFromQuery(Name = "with")] public int? With { get; set; }

    /// <summary><c>1</c>: what is shown is being edited.</summary>
    [SupplyParameterFromQuery(Name = "edit")] public string? Edit { get; set; }

    private string View => Tab is Files or Checks or Attempts or History ? Tab : Plan;

    private (string Name, string Word)[] Tabs => [(Plan, T["Plan"]), (Files, T["Files"]), (Checks, T["Checks"]), (Attempts, T["Attempts"]), (History, T["History"])];

    private bool CanSteer => project is { } p && (p.UserId == actor.UserId ? actor.May(Permission.UseRuns) : actor.May(Permission.SteerRuns));

    private bool MayEdit => CanSteer && project!.Status is not ProjectStatus.Working;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => actor = await currentActor.GetAsync();

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (loaded != ProjectId)
        {
            (loaded, project, read) = (ProjectId, null, null);
            await LoadAsync();
            if (project is null && failure is null)
            {
                navigation.NotFound();
            }
        }
        await ReadFilesAsync();
    }

    /// <inheritdoc/>
    protected override Task OnAfterRenderAsync(bool firstRender)
    {
        if (followed == ProjectId || project is null)
        {
            return Task.CompletedTask;
        }
        followed = ProjectId;
        return WatchAsync(door.WatchAsync(actor, ProjectId, Stopping), seen => project = seen.Id == ProjectId ? seen : project, ReadFilesAsync);
    }

    private async Task LoadAsync()
    {
        try
        {
            project = await door.FindAsync(actor, ProjectId, Stopping);
            failure = null;
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
    }

    /// <summary>Texts are long: they are read when they are looked at, and again when there is a newer version.</summary>
    private async Task ReadFilesAsync()
    {
        if (project is null || View != Files)
        {
            return;
        }
        var newest = project.History.Where(line => line.Kind == ArtifactKind.Tree).Select(line => line.Version).DefaultIfEmpty().Max();
        if (read == (newest, With))
        {
            return;
        }
        try
        {
            texts = await door.FilesAsync(actor, ProjectId, null, Stopping) ?? [];
            before = With is { } version ? await door.FilesAsync(actor, ProjectId, version, Stopping) : null;
            read = (newest, With);
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
    }

    private async Task<Failure?> SaveAsync(string path, string content)
    {
        var saved = await TryAsync(async () => await door.EditFileAsync(actor, ProjectId, path, content, Stopping) ? await door.ContinueAsync(actor, ProjectId, Stopping) : null);
        if (saved is null)
        {
            navigation.NavigateTo(Urls.Project(ProjectId, Files, path));
        }
        return saved;
    }

    private async Task<Failure?> SaveSpecAsync(string content)
    {
        var saved = await TryAsync(async () => await door.EditAsync(actor, ProjectId, ArtifactKind.Spec, content, Stopping) ? await door.ContinueAsync(actor, ProjectId, Stopping) : null);
        if (saved is null)
        {
            navigation.NavigateTo(Urls.Project(ProjectId));
        }
        return saved;
    }

    private async Task<ProjectView?> RestoreAsync(ArtifactLine line) =>
        await door.RestoreAsync(actor, ProjectId, line.Kind, line.Version, Stopping) ? await door.ContinueAsync(actor, ProjectId, Stopping) : null;

    private async Task SteerAsync(Func<Task<ProjectView?>> steer) => failure = await TryAsync(steer);

    private async Task<Failure?> TryAsync(Func<Task<ProjectView?>> work)
    {
        busy = true;
        try
        {
            project = await work() ?? project;
            return null;
        }
        catch (Exception e) when (e is ProjectBusy or ProjectNotReady)
        {
            return new Failure(e.Message, null);
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            return Failure.Of(e, log);
        }
        finally
        {
            busy = false;
        }
    }
}
