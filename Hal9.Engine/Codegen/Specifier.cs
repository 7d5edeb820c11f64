using Hal9.Engine.Models;
using Hal9.Engine.Neurons;

namespace Hal9.Engine.Codegen;

/// <summary>L4 finds out what is wanted: questions, answers, the specification.</summary>
internal sealed class Specifier(Interviewer interviewer)
{
    /// <returns>The specification; null: a person has to answer first.</returns>
    public async Task<(ArtifactRow Artifact, Spec Spec)?> SpecifyAsync(ProjectDesk desk, Seat seat, CancellationToken cancellationToken)
    {
        if (await AnswersAsync(desk, seat, cancellationToken).ConfigureAwait(false) is not { } answers)
        {
            return null;
        }
        await desk.EnterAsync(ProjectPhase.Spec, cancellationToken).ConfigureAwait(false);
        var basis = Digest.Of(desk.Project.Brief, answers.Hash);
        if (desk.UpToDate(ArtifactKind.Spec, "", basis) is { } known)
        {
            return (known, ProjectDesk.Read<Spec>(known));
        }
        var answer = await interviewer.AskAsync<SpecAnswer>(
            desk, seat, $"spec-{Short(basis)}", Contracts.Spec,
            feedback => CodegenPrompts.Of(desk.Project).Part(CodegenPrompts.Answers, answers.Content, PromptSource.Before).AsksFor(
                "Write the specification: features, and acceptance criteria AC-1, AC-2 and on, each as given, when, then with concrete examples of input and output that a test can check; and what it need not do. Do not invent wishes. When it cannot be specified, answer blocked with the reason.", feedback),
            AnswerChecks.Of, cancellationToken).ConfigureAwait(false);
        if (answer.Outcome == Outcome.Blocked)
        {
            throw new PhaseBlocked(answer.Reason);
        }
        await desk.NameAsync(answer.Title, cancellationToken).ConfigureAwait(false);
        var spec = new Spec(answer.Title, answer.Features, answer.Criteria, answer.NonGoals);
        return (await desk.PutAsync(ArtifactKind.Spec, "", basis, spec, desk.Strategist, cancellationToken).ConfigureAwait(false), spec);
    }

    /// <summary>The answers to the questions; null: they wait for a person.</summary>
    private async Task<ArtifactRow?> AnswersAsync(ProjectDesk desk, Seat seat, CancellationToken cancellationToken)
    {
        await desk.EnterAsync(ProjectPhase.Intake, cancellationToken).ConfigureAwait(false);
        var basis = Digest.Of(desk.Project.Brief);
        var intake = desk.UpToDate(ArtifactKind.Intake, "", basis);
        if (intake is null)
        {
            var answer = await interviewer.AskAsync<IntakeAnswer>(
                desk, seat, $"intake-{Short(basis)}", Contracts.Intake,
                feedback => CodegenPrompts.Of(desk.Project).AsksFor(
                    $"Read the request. Ask at most {AnswerChecks.MostQuestions} questions whose answers would change what is built, each with options where there are some and with a default that a sensible person would take; none when it is clear. When this cannot be built at all, answer blocked with the reason.", feedback),
                AnswerChecks.Of, cancellationToken).ConfigureAwait(false);
            if (answer.Outcome == Outcome.Blocked)
            {
                throw new PhaseBlocked(answer.Reason);
            }
            await desk.NameAsync(answer.Title, cancellationToken).ConfigureAwait(false);
            intake = await desk.PutAsync(ArtifactKind.Intake, "", basis, answer.Questions, desk.Strategist, cancellationToken).ConfigureAwait(false);
        }
        // A person's answers hold for the questions that they were given to.
        if (desk.Find(ArtifactKind.Answers) is { } given && given.Basis == intake.Hash)
        {
            return given;
        }
        var questions = ProjectDesk.Read<Question[]>(intake);
        if (desk.Project.Approval == ProjectApproval.Manual && questions.Length > 0)
        {
            return null;
        }
        return await desk.PutAsync(
            ArtifactKind.Answers, "", intake.Hash, questions.ToDictionary(question => question.Id, question => question.Default), null, cancellationToken).ConfigureAwait(false);
    }

    internal static string Short(string hash) => hash[..8];
}
