using Hal9.Engine.Events;
using Hal9.Engine.Learning;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Runs;

/// <summary>One run: tree, timeline and events, live. The address holds the view and the step.</summary>
public sealed partial class RunPage(RunService runs, LearningService learning, PeopleNames people, CurrentActor currentActor, NavigationManager navigation, ILogger<RunPage> log)
{
    private const string Treed = "tree";
    private const string Timelined = "timeline";
    private const string Threaded = "thread";
    private const string Evented = "events";
    private const string Raw = "raw";
    private readonly List<RunEvent> events = [];
    private Actor actor = default!;
    private RunView? run;
    private RunNeighbours? neighbours;
    private RunCredit? credit;
    private IReadOnlyList<TreeRow> rows = [];
    private Failure? failure;
    private Guid loaded;
    private Guid followed;
    private CancelDialog.CancelQuestion? asked;
    private bool cancelling;
    private IReadOnlyDictionary<Guid, string> names = new Dictionary<Guid, string>();
    private CancellationTokenSource? watching;

    /// <summary>The run.</summary>
    [Parameter] public Guid RunId { get; set; }

    /// <summary><c>tree</c>, <c>timeline</c>, <c>thread</c>, <c>events</c> or <c>raw</c>.</summary>
    [SupplyParameterFromQuery(Name = "tab")] public string? Tab { get; set; }

    /// <summary>The step in the panel; none: the one that failed, else the root.</summary>
    [SupplyParameterFromQuery(Name = "step")] public Guid? StepId { get; set; }

    /// <summary>The model call that is opened: its id, or <see cref="Urls.CostliestCall"/>.</summary>
    [SupplyParameterFromQuery(Name = "call")] public string? Call { get; set; }

    [CascadingParameter] private ViewerClock Clock { get; set; } = ViewerClock.Utc;

    private (string Name, string Word)[] Tabs => [(Treed, T["Tree"]), (Timelined, T["Timeline"]), (Threaded, T["Thread"]), (Evented, T["Events"]), (Raw, T["Raw"])];

    private string View => Tab is Timelined or Threaded or Evented or Raw ? Tab : Treed;

    private (StepView Step, ModelCallView Call)? Costliest => Call == Urls.CostliestCall ? RunTree.Costliest(run?.Root) : null;

    private Guid? CallId => Costliest?.Call.Id ?? (Guid.TryParse(Call, out var id) ? id : null);

    private StepView? Selected => Costliest?.Step ?? rows.FirstOrDefault(row => row.Step.Id == StepId)?.Step ?? (run is { Status: RunStatus.Failed } ? RunTree.Culprit(run.Root) : null) ?? run?.Root;

    private bool CanSteer => run is { } r && !r.Status.IsFinal()
        && (actor.May(Permission.SteerRuns) || (r.UserId == actor.UserId && actor.May(Permission.UseRuns)));

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => actor = await currentActor.GetAsync();

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (loaded == RunId)
        {
            return;
        }
        loaded = RunId;
        run = null;
        rows = [];
        await LoadAsync();
        if (run is null && failure is null)
        {
            navigation.NotFound();
        }
        else if (run is not null)
        {
            neighbours = await runs.NeighboursAsync(actor, RunId, Stopping);
            credit = actor.May(Permission.ReadRuns) ? await learning.CreditAsync(actor, RunId, Stopping) : null;
        }
    }

    /// <inheritdoc/>
    protected override Task OnAfterRenderAsync(bool firstRender)
    {
        if (followed == RunId || run is null)
        {
            return Task.CompletedTask;
        }
        followed = RunId;
        return FollowAsync();
    }

    // The events tell that something changed; the snapshot, read at most four times a second, tells what.
    private async Task FollowAsync()
    {
        if (watching is not null)
        {
            await watching.CancelAsync();
            watching.Dispose();
        }
        watching = new CancellationTokenSource();
        events.Clear();
        await WatchAsync(runs.WatchAsync(actor, RunId, 0, Stopping), events.Add, LoadAsync, watching.Token);
    }

    private async Task LoadAsync()
    {
        try
        {
            var id = RunId;
            var found = await runs.FindAsync(actor, id, Stopping);
            if (found is not null && id == RunId)
            {
                (run, rows, failure) = (found, RunTree.Rows(found.Root), null);
                if (events.OfType<CancelRequested>().Select(e => e.UserId).OfType<Guid>().Where(user => !names.ContainsKey(user)).ToList() is { Count: > 0 } unknown)
                {
                    names = await people.OfAsync([.. names.Keys, .. unknown], Stopping);
                }
            }
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
    }

    private async Task<(CallDetail? Detail, Failure? Failure)> LoadCallAsync(Guid callId)
    {
        try
        {
            return (await runs.FindCallAsync(actor, RunId, callId, Stopping), null);
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            return (null, Failure.Of(e, log));
        }
    }

    private IEnumerable<SignalSent> SignalsOf(Guid stepId) => events.OfType<SignalSent>().Where(s => s.FromStep == stepId || s.ToStep == stepId);

    private void AskCancel(StepView? step) => asked = new CancelDialog.CancelQuestion(RunId, step is { ParentId: null } ? null : step, step?.Cost ?? run?.Cost ?? default);

    private string NameOf(Guid? userId) => userId is { } id && names.TryGetValue(id, out var name) ? name : T["SomebodyGone"];

    private async Task CancelAsync(string? reason)
    {
        var step = asked?.Step?.Id;
        (asked, cancelling) = (null, true);
        try
        {
            await runs.CancelAsync(actor, RunId, step, reason, Stopping);
            await LoadAsync();
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
        finally
        {
            cancelling = false;
        }
    }
}
