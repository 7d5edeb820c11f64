using System.Text.Json;
using Hal9.Engine;
using Hal9.Engine.Codegen;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Hal9.Web.Api;

/// <summary>Make, see and steer projects of code generation, and take away what they made.</summary>
internal static class CodegenEndpoints
{
    private const int MostProof = 2_000_000;

    public static void MapCodegen(this IEndpointRouteBuilder api)
    {
        var codegen = api.MapGroup("/codegen").WithTags("Code generation");
        codegen.MapPost("/projects", StartAsync).Needs(Permission.UseRuns)
            .WithName("startProject").WithSummary("Make a project")
            .WithDescription("Stores the project, starts its run and returns its id at once. Without room in a budget the answer is 429. `Idempotency-Key` makes a retry within a day get the same project.")
            .Produces<MadeBody>(202).ProducesProblems(400, 401, 403, 415, 422, 429);
        codegen.MapPost("/quote", QuoteAsync).Needs(Permission.UseRuns)
            .WithName("quoteProject").WithSummary("What a project may cost").WithDescription("Takes what making one takes; nothing is stored or spent.")
            .Produces<ProjectQuoteBody>().ProducesProblems(400, 401, 403, 415);
        codegen.MapPost("/verify", VerifyAsync).Needs(Permission.UseRuns)
            .WithName("verifyProject").WithSummary("Check evidence and replay it")
            .WithDescription("Takes `proof.json` as it was handed out: checks its signature and runs all rungs again on the files that it speaks of.")
            .Produces<ProofCheckBody>().ProducesProblems(400, 401, 403, 413, 415);
        codegen.MapGet("/projects", ListAsync).Needs(Permission.ReadEngine)
            .WithName("listProjects").WithSummary("Projects, newest first").WithDescription("Without the permission to read everybody's runs, one's own.")
            .Produces<ListBody<ProjectLineBody>>().ProducesProblems(400, 401, 403);
        var project = codegen.MapGroup("/projects/{id:guid}");
        project.MapGet("", FindAsync).Needs(Permission.ReadEngine)
            .WithName("getProject").WithSummary("A project").Produces<ProjectBody>().ProducesProblems(401, 403, 404);
        project.MapGet("/files", FilesAsync).Needs(Permission.ReadEngine)
            .WithName("getProjectFiles").WithSummary("A project's files with their texts").WithDescription("`version` names an older version of the whole; `path` one file.")
            .Produces<ListBody<ProjectFileBody>>().ProducesProblems(400, 401, 403, 404);
        project.MapPut("/files", EditFileAsync).Needs(Permission.UseRuns)
            .WithName("editProjectFile").WithSummary("Store a person's version of a file")
            .WithDescription("Sealed acceptance tests cannot be edited. `continue` has the result verified again.")
            .Produces<ProjectBody>().ProducesProblems(400, 401, 403, 404, 409, 415);
        project.MapPut("/{artifact}", EditAsync).Needs(Permission.UseRuns)
            .WithName("editProject").WithSummary("Store a person's version of the specification or the design")
            .WithDescription("`artifact` is `spec` or `design`; the body is its JSON. `continue` makes again what depends on it and nothing else.")
            .Accepts<JsonElement>("application/json").Produces<ProjectBody>().ProducesProblems(400, 401, 403, 404, 409, 415);
        project.MapGet("/archive", ArchiveAsync).Needs(Permission.ReadEngine)
            .WithName("getProjectArchive").WithSummary("A project as zip").WithDescription("The same to the byte each time.")
            .Produces<byte[]>(200, "application/zip").ProducesProblems(401, 403, 404, 409);
        project.MapGet("/bundle", BundleAsync).Needs(Permission.ReadEngine)
            .WithName("getProjectBundle").WithSummary("A project as git bundle").WithDescription("A commit for each accepted state, with its run; 409 where there is no git.")
            .Produces<byte[]>(200, "application/octet-stream").ProducesProblems(401, 403, 404, 409);
        project.MapGet("/evidence", EvidenceAsync).Needs(Permission.ReadEngine)
            .WithName("getProjectEvidence").WithSummary("A project's signed evidence, proof.json")
            .Produces<SignedProofBody>().ProducesProblems(401, 403, 404, 409);
        project.MapPost("/answer", (Guid id, AnswersBody body, HttpContext context, CodegenService door, CancellationToken cancellationToken) =>
                SteerAsync(() => door.AnswerAsync(CurrentActor.From(context.User), id, body.Answers, cancellationToken))).Needs(Permission.UseRuns)
            .WithName("answerProject").WithSummary("Answer a project's questions").Produces<ProjectBody>().ProducesProblems(400, 401, 403, 404, 409, 415);
        project.MapPost("/approve", (Guid id, HttpContext context, CodegenService door, CancellationToken cancellationToken) =>
                SteerAsync(() => door.ApproveAsync(CurrentActor.From(context.User), id, cancellationToken))).Needs(Permission.UseRuns)
            .WithName("approveProject").WithSummary("Approve what waits: the specification or the result").Produces<ProjectBody>().ProducesProblems(401, 403, 404, 409);
        project.MapPost("/changes", (Guid id, ChangesBody body, HttpContext context, CodegenService door, CancellationToken cancellationToken) =>
                SteerAsync(() => door.ChangeAsync(CurrentActor.From(context.User), id, body.Text, cancellationToken))).Needs(Permission.UseRuns)
            .WithName("changeProject").WithSummary("Ask for a change of the specification or the result").Produces<ProjectBody>().ProducesProblems(400, 401, 403, 404, 409, 415);
        project.MapPost("/continue", (Guid id, HttpContext context, CodegenService door, CancellationToken cancellationToken) =>
                SteerAsync(() => door.ContinueAsync(CurrentActor.From(context.User), id, cancellationToken))).Needs(Permission.UseRuns)
            .WithName("continueProject").WithSummary("Make whatever is not there or was made from something else").Produces<ProjectBody>().ProducesProblems(401, 403, 404, 409);
        project.MapPost("/stop", (Guid id, HttpContext context, CodegenService door, CancellationToken cancellationToken, ReasonBody? body = null) =>
                SteerAsync(() => door.StopAsync(CurrentActor.From(context.User), id, body?.Reason, cancellationToken))).Needs(Permission.UseRuns)
            .WithName("stopProject").WithSummary("Stop a project").WithDescription("Returns the confirmed state; the best state so far is kept.").Produces<ProjectBody>().ProducesProblems(400, 401, 403, 404, 409);
    }

    private static async Task<IResult> StartAsync(NewProjectBody body, HttpContext context, CodegenService door)
    {
        StartedProject started;
        try
        {
            started = await door.StartAsync(CurrentActor.From(context.User), OrderOf(body), RequestKeys.Of(context, JsonSerializer.Serialize(body, ApiJson.Options)), CancellationToken.None);
        }
        catch (ArgumentException e)
        {
            return Problems.Invalid(e);
        }
        return started.Refusal is { } refusal
            ? RunEndpoints.Refused(refusal, started.RunId, context)
            : Results.Accepted($"/api/v1/codegen/projects/{started.Id}", new MadeBody(started.Id));
    }

    private static async Task<IResult> QuoteAsync(NewProjectBody body, HttpContext context, CodegenService door, CancellationToken cancellationToken)
    {
        try
        {
            var quote = await door.QuoteAsync(CurrentActor.From(context.User), OrderOf(body).Cost, cancellationToken);
            return Results.Json(new ProjectQuoteBody(quote.Expected, quote.Projects, quote.Worst), ApiJson.Options);
        }
        catch (ArgumentException e)
        {
            return Problems.Invalid(e);
        }
    }

    /// <exception cref="ArgumentException">A field is out of range.</exception>
    private static NewProject OrderOf(NewProjectBody body)
    {
        var language = ProjectWords.LanguageOf(body.Language) ?? throw new ArgumentException($"language: One of {string.Join(", ", Enum.GetValues<Language>().Select(l => l.Word()))}.");
        var limits = body.Envelope;
        return limits is { CostUsd: { } cost } && cost < Usd.Zero ? throw new ArgumentException("envelope.costUsd: 0 or more.")
            : limits is { Tokens: < 1 } ? throw new ArgumentException("envelope.tokens: 1 or more.")
            : limits is { Seconds: < 1 or > 86_400 } ? throw new ArgumentException("envelope.seconds: 1 to 86400.")
            : new NewProject(body.Brief, ProjectKinds.Choose(language, body.Template, body.Brief), body.Approval, limits?.CostUsd, limits?.Tokens, limits?.Seconds);
    }

    private static async Task<IResult> VerifyAsync(SignedProofBody body, HttpContext context, CodegenService door, CancellationToken cancellationToken) =>
        context.Request.ContentLength > MostProof
            ? Problems.Of(ProblemKind.TooLarge, $"A proof has at most {MostProof} bytes.")
            : Results.Json(ProofCheckBody.Of(await door.CheckAsync(CurrentActor.From(context.User), JsonSerializer.Serialize(body, ApiJson.Options), cancellationToken)), ApiJson.Options);

    private static async Task<IResult> ListAsync(
        HttpContext context, CodegenService door, CancellationToken cancellationToken, [FromQuery] string? after = null, [FromQuery] int limit = 50) =>
        Paging.Refuse(limit) ?? await Paging.ReadAsync(() => door.ListAsync(CurrentActor.From(context.User), after, limit, cancellationToken), ProjectLineBody.Of, after);

    private static async Task<IResult> FindAsync(Guid id, HttpContext context, CodegenService door, CancellationToken cancellationToken) =>
        await door.FindAsync(CurrentActor.From(context.User), id, cancellationToken) is { } project ? Results.Json(ProjectBody.Of(project), ApiJson.Options) : Problems.NotFound("project");

    private static async Task<IResult> FilesAsync(
        Guid id, HttpContext context, CodegenService door, CancellationToken cancellationToken, [FromQuery] int? version = null, [FromQuery] string? path = null)
    {
        if (await door.FilesAsync(CurrentActor.From(context.User), id, version, cancellationToken) is not { } files)
        {
            return Problems.NotFound(version is null ? "project" : "version");
        }
        var wanted = files.Where(file => path is null || file.Path == path).Select(file => new ProjectFileBody(file.Path, file.Role, file.Content)).ToList();
        return path is not null && wanted.Count == 0 ? Problems.NotFound("file") : Results.Json(new ListBody<ProjectFileBody>(wanted, null), ApiJson.Options);
    }

    private static Task<IResult> EditFileAsync(Guid id, EditFileBody body, HttpContext context, CodegenService door, CancellationToken cancellationToken)
    {
        var actor = CurrentActor.From(context.User);
        return SteerAsync(async () => await door.EditFileAsync(actor, id, body.Path, body.Content, cancellationToken) ? await door.FindAsync(actor, id, cancellationToken) : null);
    }

    private static Task<IResult> EditAsync(Guid id, string artifact, [FromBody] JsonElement body, HttpContext context, CodegenService door, CancellationToken cancellationToken)
    {
        var actor = CurrentActor.From(context.User);
        return artifact is "spec" or "design"
            ? SteerAsync(async () => await door.EditAsync(actor, id, artifact == "spec" ? ArtifactKind.Spec : ArtifactKind.Design, body.GetRawText(), cancellationToken)
                ? await door.FindAsync(actor, id, cancellationToken)
                : null)
            : Task.FromResult(Problems.NotFound("artefact that can be edited"));
    }

    private static async Task<IResult> ArchiveAsync(Guid id, HttpContext context, CodegenService door, CancellationToken cancellationToken)
    {
        var actor = CurrentActor.From(context.User);
        return await door.ArchiveAsync(actor, id, cancellationToken) is { } zip
            ? Results.File(zip, "application/zip", $"project-{id:N}.zip")
            : await NoneAsync(actor, id, "There are no files yet.", door, cancellationToken);
    }

    private static async Task<IResult> BundleAsync(Guid id, HttpContext context, CodegenService door, CancellationToken cancellationToken) =>
        await door.BundleAsync(CurrentActor.From(context.User), id, cancellationToken) is not { } packed ? Problems.NotFound("project")
        : packed.Bundle is { } bundle ? Results.File(bundle, "application/octet-stream", $"project-{id:N}.bundle")
        : Problems.Of(ProblemKind.Conflict, packed.Fault!);

    private static async Task<IResult> EvidenceAsync(Guid id, HttpContext context, CodegenService door, CancellationToken cancellationToken)
    {
        var actor = CurrentActor.From(context.User);
        if (await door.ProofAsync(actor, id, cancellationToken) is not { } proof)
        {
            return await NoneAsync(actor, id, "There is no evidence yet.", door, cancellationToken);
        }
        context.Response.Headers.ContentDisposition = "attachment; filename=\"proof.json\"";
        return Results.Text(proof, "application/json");
    }

    private static async Task<IResult> NoneAsync(Actor actor, Guid id, string why, CodegenService door, CancellationToken cancellationToken) =>
        await door.FindAsync(actor, id, cancellationToken) is null ? Problems.NotFound("project") : Problems.Of(ProblemKind.Conflict, why);

    private static async Task<IResult> SteerAsync(Func<Task<ProjectView?>> steer)
    {
        try
        {
            return await steer() is { } project ? Results.Json(ProjectBody.Of(project), ApiJson.Options) : Problems.NotFound("project");
        }
        catch (ArgumentException e)
        {
            return Problems.Invalid(e);
        }
        catch (Exception e) when (e is ProjectBusy or ProjectNotReady)
        {
            return Problems.Of(ProblemKind.Conflict, e.Message);
        }
    }
}
