using Hal9.Engine.Budgets;
using Hal9.Engine.Monitoring;
using Hal9.Engine.Runs;
using Hal9.Web.Shared;

namespace Hal9.Web.Monitoring;

/// <summary>All that the start page has read, as it goes from the prerendered page to its circuit.</summary>
internal sealed record DashboardParts(
    DashboardQuery Query, TimeGrid? Grid, DateTimeOffset ReadAt, Part<RunStatistics> Runs, Part<SpendSeries> Spend, Part<TodaySpend> Today, Part<WorkNow> Now,
    Part<IReadOnlyList<ProviderActivity>> Providers, Part<IReadOnlyList<RunLine>> Failures, Part<FirstSteps> Steps);
