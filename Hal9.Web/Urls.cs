using Hal9.Engine.Budgets;
using Hal9.Web.Conversations;
using Hal9.Web.Shared.Tables;
using Hal9.Web.Shared.Times;
using Microsoft.AspNetCore.WebUtilities;

namespace Hal9.Web;

/// <summary>The addresses of the pages. Each view's state is in its address, so a copied link opens the same view.</summary>
public static class Urls
{
    /// <summary>The start page.</summary>
    public const string Home = "/";

    /// <summary>The dashboard: its time, how often it is read anew, whether it hangs on a wall.</summary>
    public static string Dashboard(TimeRange? range = null, string? refresh = null, bool wall = false) =>
        WithQuery(Home, ("from", range?.FromText), ("to", range?.ToText), ("refresh", refresh), ("wall", wall ? "1" : null));

    /// <summary>The style page, in Development only.</summary>
    public const string Design = "/design";

    /// <summary>Shown for what does not exist.</summary>
    public const string NotFound = "/not-found";

    /// <summary>A conversation and the message at the end of the branch shown; without an id a new one.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="leafId">A message of the branch.</param>
    /// <param name="list">What of the list beside it is shown.</param>
    /// <param name="at">The message to go to.</param>
    /// <param name="temporary">A new one will be temporary.</param>
    /// <param name="model">The model that answers by itself.</param>
    public static string Chat(Guid? conversationId = null, Guid? leafId = null, TalksQuery? list = null, Guid? at = null, bool temporary = false, string? model = null) => WithQuery(
        conversationId is null ? "/chat" : $"/chat/{conversationId}",
        ("leaf", conversationId is null ? null : leafId?.ToString()), ("at", at?.ToString()), ("q", list?.Text), ("folder", list?.Folder), ("tag", list?.Tag),
        ("list", list?.Archived == true ? TalksQuery.Archive : null), ("temporary", temporary ? "true" : null), ("model", model));

    /// <summary>A shared branch.</summary>
    public static string Shared(Guid linkId) => $"{SharedLinks}/{linkId}";

    /// <summary>The content of an attached file.</summary>
    public static string Attachment(Guid id) => $"/api/v1/attachments/{id}";

    /// <summary>The library of prompts.</summary>
    public const string Prompts = "/prompts";

    /// <summary>The links that are open.</summary>
    public const string SharedLinks = "/shared";

    /// <summary>A conversation as a file, <c>md</c> or <c>json</c>.</summary>
    public static string ConversationExport(Guid conversationId, string format, Guid? leafId) =>
        WithQuery($"/api/v1/conversations/{conversationId}/export", ("format", format), ("leaf", leafId?.ToString()));

    /// <summary>The runs of a list as CSV, with the list's query.</summary>
    public const string RunsExport = "/runs/export.csv";

    /// <summary>Providers, tiers and the catalogue of models, narrowed.</summary>
    public static string ModelList(string? text = null, bool unpriced = false) => WithQuery("/models", ("q", text), ("unpriced", unpriced ? "1" : null));

    /// <summary>Settings and health, the configuration narrowed.</summary>
    public static string Settings(string? text = null, string? source = null) => WithQuery("/settings", ("q", text), ("source", source));

    /// <summary>The diagnostics bundle.</summary>
    public const string DiagnosticsBundle = "/settings/diagnostics.zip";

    /// <summary>The list of runs; <paramref name="of"/> narrows it as costs are narrowed, but for the kind.</summary>
    public static string Runs(
        string? status = null, string? kind = null, string? mode = null, string? text = null, TableQuery? table = null, TimeRange? ended = null, CostFilter? of = null, string? tag = null) => WithQuery(
        "/runs", ("status", status), ("kind", kind), ("mode", mode), ("q", text), ("from", ended?.FromText), ("to", ended?.ToText),
        ("user", of?.User), ("key", KeyText(of?.Key)), ("model", of?.Model), ("provider", of?.Provider), ("neuron", of?.Neuron), ("layer", of?.Layer), ("tag", tag),
        ("sort", table?.Sort), ("order", table?.Order), ("hide", table?.Hidden), ("after", table?.After));

    /// <summary>Stands for the id of a run's costliest model call.</summary>
    public const string CostliestCall = "costliest";

    /// <summary>A run, opened where most of its cost comes from.</summary>
    public static string Bill(Guid runId) => $"{Run(runId)}?call={CostliestCall}";

    /// <summary>A run, one of its tabs, one of its steps, and of that one model call, opened.</summary>
    public static string Run(Guid runId, string? tab = null, Guid? stepId = null, Guid? callId = null) =>
        WithQuery($"/runs/{runId}", ("tab", tab), ("step", stepId?.ToString()), ("call", callId?.ToString()));

    /// <summary>Two runs side by side; a side without a run is chosen there.</summary>
    public static string CompareRuns(Guid? first = null, Guid? second = null) => WithQuery("/runs/compare", ("a", first?.ToString()), ("b", second?.ToString()));

    /// <summary>The live map: a neuron in the panel, map or table with its page, filters, the run that is followed.</summary>
    public static string Hierarchy(string? neuron = null, string? view = null, string? layer = null, string? state = null, string? text = null, string? run = null, string? page = null) =>
        WithQuery("/hierarchy", ("neuron", neuron), ("view", view), ("layer", layer), ("state", state), ("q", text), ("run", run), ("page", page));

    /// <summary>Code generation: a new project and those that there are.</summary>
    public static string Codegen(string? after = null) => WithQuery("/codegen", ("after", after));

    /// <summary>A project of code generation, one of its tabs, a file in it, compared with a version or being edited.</summary>
    public static string Project(Guid projectId, string? tab = null, string? file = null, int? with = null, bool edits = false) => WithQuery(
        $"/codegen/{projectId}", ("tab", tab), ("file", file), ("with", with?.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("edit", edits ? "1" : null));

    /// <summary>What a project gives away: <c>archive</c>, <c>bundle</c> or <c>evidence</c>.</summary>
    public static string ProjectFile(Guid projectId, string what) => $"/api/v1/codegen/projects/{projectId}/{what}";

    /// <summary>A run as the API gives it.</summary>
    public static string RunJson(Guid runId) => $"/api/v1/runs/{runId}";

    /// <summary>Costs: the time, by what, how finely, narrowed to what, and the table.</summary>
    public static string Costs(TimeRange? range = null, string? by = null, string? step = null, CostFilter? of = null, string? text = null, TableQuery? table = null) => WithQuery(
        "/costs", ("from", range?.FromText), ("to", range?.ToText), ("by", by), ("step", step),
        ("user", of?.User), ("key", KeyText(of?.Key)), ("model", of?.Model), ("provider", of?.Provider), ("neuron", of?.Neuron), ("layer", of?.Layer), ("kind", of?.Kind), ("q", text),
        ("sort", table?.Sort), ("order", table?.Order), ("hide", table?.Hidden), ("after", table?.After));

    /// <summary>A month's statement.</summary>
    public static string Statement(DateOnly? month = null) => WithQuery("/costs/statement", ("month", month is { } day ? MonthText(day) : null));

    /// <summary>The same as a table for spreadsheets.</summary>
    public static string StatementCsv(DateOnly month) => WithQuery("/api/v1/ledger/statement", ("month", MonthText(month)), ("format", "csv"));

    /// <summary>A month as addresses have it: <c>2026-11</c>.</summary>
    public static string MonthText(DateOnly month) => month.ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The costs that a page shows as CSV, with the page's query.</summary>
    public const string CostsExport = "/costs/export.csv";

    /// <summary>The budgets, narrowed; one that is being changed, or a new one.</summary>
    public static string Budgets(string? kind = null, string? period = null, bool near = false, string? text = null, TableQuery? table = null, Guid? edit = null, bool isNew = false, Guid? raise = null) => WithQuery(
        "/budgets", ("kind", kind), ("period", period), ("near", near ? "1" : null), ("q", text), ("sort", table?.Sort), ("order", table?.Order), ("hide", table?.Hidden),
        ("edit", edit?.ToString()), ("new", isNew ? "1" : null), ("raise", raise?.ToString()));

    /// <summary>The budgets of a list as CSV, with the list's query.</summary>
    public const string BudgetsExport = "/budgets/export.csv";

    /// <summary>The history, narrowed, with something in the panel beside it.</summary>
    public static string History(
        string? kind = null, string? show = null, string? text = null, Guid? user = null, string? mode = null, string? tag = null, bool archived = false, TimeRange? used = null, Guid? peek = null,
        TableQuery? table = null) => WithQuery(
        "/history", ("kind", kind), ("show", show), ("q", text), ("user", user?.ToString()), ("mode", mode), ("tag", tag), ("archived", archived ? "1" : null), ("from", used?.FromText),
        ("to", used?.ToText), ("sort", table?.Sort), ("order", table?.Order), ("hide", table?.Hidden), ("after", table?.After), ("peek", peek?.ToString()));

    /// <summary>The rows of the history as CSV, with the list's query.</summary>
    public const string HistoryExport = "/history/export.csv";

    /// <summary>Conversations and runs whole, a JSON document a line.</summary>
    public static string HistoryDocuments(IReadOnlyCollection<Guid> ids) => WithQuery("/history/export.jsonl", ("ids", string.Join('.', ids)));

    /// <summary>What an address says for "without an API key".</summary>
    public const string NoKey = "none";

    private static string? KeyText(string? key) => key is "" ? NoKey : key;

    private static string WithQuery(string path, params ReadOnlySpan<(string Name, string? Value)> query)
    {
        foreach (var (name, value) in query)
        {
            if (!string.IsNullOrEmpty(value))
            {
                path = QueryHelpers.AddQueryString(path, name, value);
            }
        }
        return path;
    }
}
