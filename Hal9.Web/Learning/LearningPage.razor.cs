using Hal9.Engine.Learning;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Learning;

/// <summary>What is proposed, tried and served of what was learned, and the reviewer's place.</summary>
public sealed partial class LearningPage(LearningReader reader, LearningService door, CurrentActor currentActor, ILogger<LearningPage> log)
{
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(5);
    private static readonly IReadOnlyDictionary<Guid, string> NoNames = new Dictionary<Guid, string>();
    private Part<LearningView> view = new();
    private Part<ReviewView>? review;
    private Actor actor = default!;
    private bool mayDecide;
    private bool missing;
    private string? shown;
    private Failure? failure;

    /// <summary>The proposal that is reviewed.</summary>
    [SupplyParameterFromQuery(Name = "id")] public string? Id { get; set; }

    [CascadingParameter] private ViewerClock Clock { get; set; } = ViewerClock.Utc;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        actor = await currentActor.GetAsync();
        mayDecide = actor.May(Permission.EditEngine);
        if (Inherit<Part<LearningView>>(actor) is { } known)
        {
            view = known;
        }
        else
        {
            await LoadAsync();
            Bequeath(actor, view);
        }
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (shown != Id)
        {
            (shown, failure) = (Id, null);
            await LoadReviewAsync();
        }
    }

    /// <inheritdoc/>
    protected override Task OnAfterRenderAsync(bool firstRender) => firstRender ? WatchAsync(DueAsync(), _ => { }, LoadAllAsync) : Task.CompletedTask;

    private async IAsyncEnumerable<int> DueAsync()
    {
        using var timer = new PeriodicTimer(ReadEvery);
        while (await timer.WaitForNextTickAsync(Stopping))
        {
            yield return 0;
        }
    }

    private async Task LoadAllAsync()
    {
        await LoadAsync();
        await LoadReviewAsync();
    }

    private Task LoadAsync() => view.ReadAsync(() => reader.ReadAsync(actor, Stopping), Clock, log, Stopping);

    private async Task LoadReviewAsync()
    {
        if (!Guid.TryParse(Id, out var id))
        {
            (review, missing) = (null, Id is not null);
            return;
        }
        var read = await reader.ReviewAsync(actor, id, Stopping);
        missing = read is null;
        review = null;
        if (read is not null)
        {
            review = new Part<ReviewView>();
            await review.ReadAsync(() => Task.FromResult(read), Clock, log, Stopping);
        }
    }

    private async Task DecideAsync((ReviewVerdict Verdict, DecideProposal Decision) decided)
    {
        if (review?.Value?.Proposal is not { } proposal)
        {
            return;
        }
        try
        {
            failure = null;
            var act = decided.Verdict switch
            {
                ReviewVerdict.Approve => door.ApproveAsync(actor, proposal.Id, decided.Decision, Stopping),
                ReviewVerdict.Reject => door.RejectAsync(actor, proposal.Id, decided.Decision, Stopping),
                _ => door.RollBackAsync(actor, proposal.Id, decided.Decision, Stopping),
            };
            await act;
        }
        catch (ProposalRefused e)
        {
            failure = new Failure(e.Message, null);
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
        await LoadAllAsync();
    }
}

/// <summary>What a reviewer decides.</summary>
public enum ReviewVerdict
{
    /// <summary>Try it.</summary>
    Approve,

    /// <summary>Do not.</summary>
    Reject,

    /// <summary>Take it back.</summary>
    RollBack,
}
