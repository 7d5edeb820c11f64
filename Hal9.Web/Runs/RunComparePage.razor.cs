using System.Globalization;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Runs;

/// <summary>Two runs side by side: what they cost and why, and where their answers differ. The address holds both.</summary>
public sealed partial class RunComparePage(RunService runs, CurrentActor currentActor, ILogger<RunComparePage> log)
{
    private const int MostCandidates = 8;
    private readonly HashSet<Guid> missing = [];
    private Actor actor = default!;
    private RunFigures? left;
    private RunFigures? right;
    private IReadOnlyList<NeuronShare> neurons = [];
    private IReadOnlyList<RunLine>? candidates;
    private (Guid? Left, Guid? Right)? loaded;
    private Failure? failure;
    private string search = "";

    /// <summary>The first run.</summary>
    [SupplyParameterFromQuery(Name = "a")] public Guid? Left { get; set; }

    /// <summary>The second run.</summary>
    [SupplyParameterFromQuery(Name = "b")] public Guid? Right { get; set; }

    [CascadingParameter] private ViewerClock Clock { get; set; } = ViewerClock.Utc;

    private IEnumerable<(bool First, Guid? Id, RunFigures? Figures, string Name)> Sides => [(true, Left, left, T["First"]), (false, Right, right, T["Second"])];

    private IEnumerable<(string Name, long First, long Second)> Counts =>
    [
        (T["InputTokens"], left!.Tokens.Input, right!.Tokens.Input), (T["CachedTokens"], left.Tokens.Cached, right.Tokens.Cached),
        (T["OutputTokens"], left.Tokens.Output, right.Tokens.Output), (T["ReasoningTokens"], left.Tokens.Reasoning, right.Tokens.Reasoning),
        (T["ModelCalls"], left.Calls, right.Calls), (T["Attempts"], left.Attempts, right.Attempts), (T["Steps"], left.Steps, right.Steps),
    ];

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => actor = await currentActor.GetAsync();

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (loaded != (Left, Right))
        {
            loaded = (Left, Right);
            await LoadAsync();
        }
    }

    private async Task LoadAsync()
    {
        try
        {
            (left, right) = (await FiguresAsync(Left), await FiguresAsync(Right));
            neurons = left is not null && right is not null ? RunComparison.Neurons(left.Run, right.Run) : [];
            failure = null;
            if (Left is null || Right is null)
            {
                await ListAsync();
            }
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
    }

    private async Task<RunFigures?> FiguresAsync(Guid? id)
    {
        if (id is not { } runId)
        {
            return null;
        }
        if (await runs.FindAsync(actor, runId, Stopping) is { } run)
        {
            return RunFigures.Of(run, Clock.Now);
        }
        missing.Add(runId);
        return null;
    }

    private async Task ListAsync()
    {
        var asked = search;
        try
        {
            var page = await runs.ListAsync(actor, new RunFilter(Text: string.IsNullOrWhiteSpace(asked) ? null : asked.Trim(), Limit: MostCandidates + 2), Stopping);
            if (asked == search)
            {
                candidates = [.. page.Items.Take(MostCandidates + 2)];
            }
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
    }

    private string AddressWith(bool first, Guid? id) => first ? Urls.CompareRuns(id, Right) : Urls.CompareRuns(Left, id);

    private static string Number(long value) => value.ToString("#,0", CultureInfo.CurrentCulture);

    private static string Changed(double first, double second) => RunComparison.Change(first, second) switch
    {
        null => "",
        0 => "=",
        var change => change.Value.ToString("+0.#%;−0.#%;=", CultureInfo.CurrentCulture),
    };
}
