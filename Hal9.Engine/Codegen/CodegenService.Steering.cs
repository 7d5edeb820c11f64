using System.Text.Json;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;

namespace Hal9.Engine.Codegen;

/// <summary>The project is not where such an order makes sense; the message says where it is.</summary>
public sealed class ProjectNotReady(string message) : Exception(message);

// Steering: answers, approvals, changes, edits, stop.
public sealed partial class CodegenService
{
    /// <summary>Answers the questions and lets the project go on. What is not answered takes its default.</summary>
    /// <returns>Null when there is no such project for the actor.</returns>
    /// <exception cref="AccessDenied">It is somebody else's project.</exception>
    /// <exception cref="ProjectNotReady">There are no questions yet.</exception>
    /// <exception cref="ProjectBusy">A run is at work on it.</exception>
    /// <exception cref="ArgumentException">An answer is for no question, or too long.</exception>
    public async Task<ProjectView?> AnswerAsync(Actor actor, Guid id, IReadOnlyDictionary<string, string> answers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(answers);
        if (await OwnAsync(actor, id, cancellationToken).ConfigureAwait(false) is not { } row)
        {
            return null;
        }
        var intake = await CurrentAsync(row, ArtifactKind.Intake, cancellationToken).ConfigureAwait(false) ?? throw new ProjectNotReady("There are no questions to answer yet.");
        var questions = ProjectDesk.Read<Question[]>(intake);
        if (answers.Keys.FirstOrDefault(key => questions.All(question => question.Id != key)) is { } stray)
        {
            throw new ArgumentException($"answers: there is no question '{stray}'.");
        }
        if (answers.Values.Any(answer => answer is null || answer.Length > MostBrief))
        {
            throw new ArgumentException($"answers: each has at most {MostBrief} characters.");
        }
        var all = questions.ToDictionary(question => question.Id, question => answers.GetValueOrDefault(question.Id) is { Length: > 0 } given ? given : question.Default);
        await store.AddAsync(
            row.TenantId, id, new NewArtifact(ArtifactKind.Answers, "", intake.Hash, JsonSerializer.Serialize(all, Contracts.Stored)) { UserId = actor.UserId }, cancellationToken).ConfigureAwait(false);
        return await GoOnAsync(actor, row, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Approves what waits for it: the specification, and the project goes on; or the result, and it is delivered.</summary>
    /// <returns>Null when there is no such project for the actor.</returns>
    /// <exception cref="AccessDenied">It is somebody else's project.</exception>
    /// <exception cref="ProjectNotReady">Nothing waits for an approval.</exception>
    public async Task<ProjectView?> ApproveAsync(Actor actor, Guid id, CancellationToken cancellationToken)
    {
        if (await OwnAsync(actor, id, cancellationToken).ConfigureAwait(false) is not { } row)
        {
            return null;
        }
        if (row.Status is not (ProjectStatus.WaitingForApproval or ProjectStatus.WaitingForReview))
        {
            throw new ProjectNotReady($"Nothing waits for an approval: the project is {row.Status}.");
        }
        var ofSpec = row.Status == ProjectStatus.WaitingForApproval;
        var approved = await CurrentAsync(row, ofSpec ? ArtifactKind.Spec : ArtifactKind.Tree, cancellationToken).ConfigureAwait(false) ?? throw new ProjectNotReady("There is nothing to approve.");
        await store.AddAsync(
            row.TenantId, id, new NewArtifact(ArtifactKind.Approval, ofSpec ? "spec" : "result", approved.Hash, "") { UserId = actor.UserId }, cancellationToken).ConfigureAwait(false);
        if (ofSpec)
        {
            return await GoOnAsync(actor, row, cancellationToken).ConfigureAwait(false);
        }
        row.Status = ProjectStatus.Delivered;
        await store.MoveAsync(row, cancellationToken).ConfigureAwait(false);
        return await FindAsync(actor, id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Asks for a change. Before the specification is approved it becomes part of the answers, and the specification is written again; afterwards it is an order
    /// to change the result, in which everything that is proven has to stay so.
    /// </summary>
    /// <returns>Null when there is no such project for the actor.</returns>
    /// <exception cref="AccessDenied">It is somebody else's project.</exception>
    /// <exception cref="ProjectNotReady">There is nothing yet to change.</exception>
    /// <exception cref="ProjectBusy">A run is at work on it.</exception>
    /// <exception cref="ArgumentException">The text is empty or too long.</exception>
    public async Task<ProjectView?> ChangeAsync(Actor actor, Guid id, string text, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > MostBrief)
        {
            throw new ArgumentException($"text: 1 to {MostBrief} characters.");
        }
        if (await OwnAsync(actor, id, cancellationToken).ConfigureAwait(false) is not { } row)
        {
            return null;
        }
        if (row.Status == ProjectStatus.WaitingForApproval && await CurrentAsync(row, ArtifactKind.Answers, cancellationToken).ConfigureAwait(false) is { } answers)
        {
            var all = ProjectDesk.Read<Dictionary<string, string>>(answers);
            all[$"change-{all.Keys.Count(key => key.StartsWith("change-", StringComparison.Ordinal)) + 1}"] = text.Trim();
            await store.AddAsync(
                row.TenantId, id, new NewArtifact(ArtifactKind.Answers, "", answers.Basis, JsonSerializer.Serialize(all, Contracts.Stored)) { UserId = actor.UserId }, cancellationToken).ConfigureAwait(false);
            return await GoOnAsync(actor, row, cancellationToken).ConfigureAwait(false);
        }
        if (await CurrentAsync(row, ArtifactKind.Tree, cancellationToken).ConfigureAwait(false) is null)
        {
            throw new ProjectNotReady("There is no result yet that could be changed.");
        }
        var number = (await store.VersionsAsync(row.TenantId, id, ArtifactKind.Change, cancellationToken).ConfigureAwait(false)).Count + 1;
        await store.AddAsync(
            row.TenantId, id, new NewArtifact(ArtifactKind.Change, $"{number:D2}", "", text.Trim()) { UserId = actor.UserId }, cancellationToken).ConfigureAwait(false);
        return await GoOnAsync(actor, row, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Stores a person's version of the specification or the design: the next run makes again what depends on it and nothing else. <see cref="ContinueAsync"/>
    /// starts that run.
    /// </summary>
    /// <exception cref="ArgumentException">It is no artefact that can be edited, or its JSON is not of that kind.</exception>
    /// <exception cref="ProjectNotReady">There is none yet.</exception>
    /// <exception cref="ProjectBusy">A run is at work on the project.</exception>
    public async Task<bool> EditAsync(Actor actor, Guid id, ArtifactKind kind, string content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (await OwnAsync(actor, id, cancellationToken).ConfigureAwait(false) is not { } row)
        {
            return false;
        }
        if (content.Length > MostText)
        {
            throw new ArgumentException($"content: at most {MostText} characters.");
        }
        var before = await CurrentAsync(row, kind, cancellationToken).ConfigureAwait(false) ?? throw new ProjectNotReady($"There is no {kind} yet.");
        string normal;
        try
        {
            normal = kind switch
            {
                ArtifactKind.Spec => Normal(Valid(JsonSerializer.Deserialize<Spec>(content, Contracts.Strict), spec => AnswerChecks.Of(new SpecAnswer(Outcome.Done, "", spec.Title, spec.Features, spec.Criteria, spec.NonGoals)))),
                ArtifactKind.Design => Normal(await DesignOfAsync(row, content, cancellationToken).ConfigureAwait(false)),
                _ => throw new ArgumentException("kind: the specification and the design can be edited, and files one by one."),
            };
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"content: {e.Message}");
        }
        await store.AddAsync(row.TenantId, id, new NewArtifact(kind, "", before.Basis, normal) { UserId = actor.UserId }, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Stores a person's version of a file. Sealed tests cannot be edited: the proof would be worth nothing.</summary>
    /// <exception cref="ArgumentException">There is no such file, or it is sealed, or too long.</exception>
    /// <exception cref="ProjectBusy">A run is at work on the project.</exception>
    public async Task<bool> EditFileAsync(Actor actor, Guid id, string path, string content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (await OwnAsync(actor, id, cancellationToken).ConfigureAwait(false) is not { } row)
        {
            return false;
        }
        var before = await CurrentAsync(row, ArtifactKind.Tree, cancellationToken).ConfigureAwait(false) ?? throw new ProjectNotReady("There are no files yet.");
        var tree = SourceTree.FromJson(before.Content);
        if (!tree.Files.TryGetValue(path, out var file))
        {
            throw new ArgumentException($"path: there is no file '{path}'.");
        }
        if (file.Role is FileRole.VisibleTest or FileRole.HeldOutTest)
        {
            throw new ArgumentException($"path: '{path}' is a sealed acceptance test. Change the specification instead.");
        }
        if (content.Length > MostText)
        {
            throw new ArgumentException($"content: at most {MostText} characters.");
        }
        await store.AddAsync(
            row.TenantId, id, new NewArtifact(ArtifactKind.Tree, "", before.Basis, tree.With(new TreeFile(path, content, file.Role, file.Module, file.Covers)).ToJson()) { UserId = actor.UserId },
            cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Takes an older version of an artefact back: it becomes the newest.</summary>
    /// <returns>False when there is no such project or version for the actor.</returns>
    /// <exception cref="ProjectBusy">A run is at work on the project.</exception>
    public async Task<bool> RestoreAsync(Actor actor, Guid id, ArtifactKind kind, int version, CancellationToken cancellationToken)
    {
        if (await OwnAsync(actor, id, cancellationToken).ConfigureAwait(false) is not { } row
            || (await store.VersionsAsync(row.TenantId, id, kind, cancellationToken).ConfigureAwait(false)).FirstOrDefault(a => a.Version == version && a.Name.Length == 0) is not { } old)
        {
            return false;
        }
        if (kind is not (ArtifactKind.Spec or ArtifactKind.Design or ArtifactKind.Tree))
        {
            throw new ArgumentException("kind: specifications, designs and files can be taken back.");
        }
        await store.AddAsync(row.TenantId, id, new NewArtifact(kind, "", old.Basis, old.Content) { UserId = actor.UserId }, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Starts a run that makes whatever is not there or was made from something else.</summary>
    /// <returns>Null when there is no such project for the actor.</returns>
    /// <exception cref="ProjectBusy">A run is at work on it already.</exception>
    public async Task<ProjectView?> ContinueAsync(Actor actor, Guid id, CancellationToken cancellationToken) =>
        await OwnAsync(actor, id, cancellationToken).ConfigureAwait(false) is { } row ? await GoOnAsync(actor, row, cancellationToken).ConfigureAwait(false) : null;

    /// <summary>Stops the run at work on the project; the best state so far is kept. Without one at work, what waits for a person is given up.</summary>
    /// <returns>Null when there is no such project for the actor.</returns>
    /// <exception cref="AccessDenied">It is somebody else's project and the actor may not steer it.</exception>
    public async Task<ProjectView?> StopAsync(Actor actor, Guid id, string? reason, CancellationToken cancellationToken)
    {
        if (await RowAsync(actor, id, cancellationToken).ConfigureAwait(false) is not { } row)
        {
            return null;
        }
        Check(actor, row.UserId == actor.UserId && actor.May(Permission.UseRuns) ? Permission.UseRuns : Permission.SteerRuns);
        if (row.Status == ProjectStatus.Working && row.RunId is { } run)
        {
            await runs.CancelAsync(actor, run, null, reason, cancellationToken).ConfigureAwait(false);
        }
        else if (row.Status is ProjectStatus.WaitingForAnswers or ProjectStatus.WaitingForApproval or ProjectStatus.WaitingForReview)
        {
            (row.Status, row.Reason) = (ProjectStatus.Stopped, reason ?? "It was stopped.");
            await store.MoveAsync(row, cancellationToken).ConfigureAwait(false);
        }
        return await FindAsync(actor, id, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ProjectView?> GoOnAsync(Actor actor, ProjectRow row, CancellationToken cancellationToken)
    {
        var runId = Guid.CreateVersion7();
        var used = await reader.TokensAsync(row, cancellationToken).ConfigureAwait(false);
        await runs.StartAsync(actor, OrderOf(row, used), runId, (batch, at) => ProjectStore.BeginRun(batch, row, runId, at), cancellationToken).ConfigureAwait(false);
        return await FindAsync(actor, row.Id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A project that the actor may change: their own.</summary>
    private async Task<ProjectRow?> OwnAsync(Actor actor, Guid id, CancellationToken cancellationToken)
    {
        if (await RowAsync(actor, id, cancellationToken).ConfigureAwait(false) is not { } row)
        {
            return null;
        }
        Check(actor, row.UserId == actor.UserId ? Permission.UseRuns : Permission.SteerRuns);
        return row;
    }

    private async Task<ArtifactRow?> CurrentAsync(ProjectRow row, ArtifactKind kind, CancellationToken cancellationToken) =>
        (await store.VersionsAsync(row.TenantId, row.Id, kind, cancellationToken).ConfigureAwait(false)).LastOrDefault(artifact => artifact.Name.Length == 0);

    private async Task<Design> DesignOfAsync(ProjectRow row, string content, CancellationToken cancellationToken)
    {
        var spec = await CurrentAsync(row, ArtifactKind.Spec, cancellationToken).ConfigureAwait(false);
        var tests = await CurrentAsync(row, ArtifactKind.Acceptance, cancellationToken).ConfigureAwait(false);
        return Valid(
            JsonSerializer.Deserialize<Design>(content, Contracts.Strict),
            design => AnswerChecks.Of(
                new DesignAnswer(Outcome.Done, "", design.Modules), ProjectDesk.Read<Spec>(spec!), ProjectDesk.Read<SealedTests>(tests!).Surface, Verification.ProjectWords.LanguageOf(row.Kind)));
    }

    private static T Valid<T>(T? value, Func<T, string?> faultOf)
        where T : class =>
        value is null ? throw new ArgumentException("content: it is empty.") : faultOf(value) is { } fault ? throw new ArgumentException($"content: {fault}") : value;

    private static string Normal<T>(T value) => JsonSerializer.Serialize(value, Contracts.Stored);
}
