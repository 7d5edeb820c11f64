using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Models;

namespace Hal9.Engine.Codegen;

/// <summary>How code is verified: <see cref="Verifier.VerifyAsync"/>, or what stands in for it in tests.</summary>
internal delegate Task<VerificationReport> VerifyCode(VerificationInput input, VerificationDepth depth, CancellationToken cancellationToken);

/// <summary>
/// A neuron of L3 that never sees the implementation writes the acceptance tests and the surface that they are written against. They must compile with the
/// surface's stubs and every one must fail there; then they are split and sealed.
/// </summary>
internal sealed class AcceptanceWriter(Interviewer interviewer, VerifyCode verify)
{
    public async Task<(ArtifactRow Artifact, SealedTests Tests)> WriteAsync(ProjectDesk desk, Seat seat, ArtifactRow specification, Spec spec, CancellationToken cancellationToken)
    {
        var basis = BasisOf(desk, specification);
        var (answer, fault) = await AskAsync(desk, seat, specification, spec, "tests", null, cancellationToken).ConfigureAwait(false);
        if (answer.Outcome == Outcome.Done && fault is null && await FaultOnStubsAsync(desk, answer, cancellationToken).ConfigureAwait(false) is { } onStubs)
        {
            (answer, fault) = await AskAsync(desk, seat, specification, spec, "tests-again", onStubs, cancellationToken).ConfigureAwait(false);
            fault ??= answer.Outcome == Outcome.Done ? await FaultOnStubsAsync(desk, answer, cancellationToken).ConfigureAwait(false) : null;
        }
        if (fault is not null || answer.Outcome == Outcome.Blocked)
        {
            throw new PhaseBlocked(fault is null ? answer.Reason : $"There are no usable acceptance tests: {fault}");
        }
        var tests = SealedTests.Of(answer.Surface, answer.Tests);
        return (await desk.PutAsync(ArtifactKind.Acceptance, "", basis, tests, desk.Tester, cancellationToken).ConfigureAwait(false), tests);
    }

    public static string BasisOf(ProjectDesk desk, ArtifactRow specification) => Digest.Of(specification.Hash, desk.Project.Kind.Word());

    private Task<(AcceptanceAnswer Answer, string? Fault)> AskAsync(
        ProjectDesk desk, Seat seat, ArtifactRow specification, Spec spec, string purpose, string? onStubs, CancellationToken cancellationToken) => interviewer.TryAsync<AcceptanceAnswer>(
        desk, seat, $"{purpose}-{Specifier.Short(specification.Hash)}", Contracts.Acceptance,
        feedback => CodegenPrompts.Of(desk.Project, attempt: onStubs is null ? 1 : 2).Part(CodegenPrompts.Spec, specification.Content, PromptSource.Before).AsksFor(
            $"""
            Write the acceptance tests, without knowing how it will be built. First the public surface that they are written against: files below src/ with the public types and
            members, whose bodies throw. Then the tests below {SafePath.Acceptance}, about one file per criterion, each a class whose name contains the criterion as AC_1; they check
            results, never how they come about, with the examples of the specification and further ones. {FrameworkOf(desk.Language)} Every test must compile against the surface and fail there.
            """,
            feedback ?? onStubs),
        answer => AnswerChecks.Of(answer, spec, desk.Language), cancellationToken);

    /// <summary>A test that passes against stubs tests nothing.</summary>
    private async Task<string?> FaultOnStubsAsync(ProjectDesk desk, AcceptanceAnswer answer, CancellationToken cancellationToken)
    {
        var tests = answer.Tests.ToDictionary(test => test.Path, test => test.Content, StringComparer.Ordinal);
        var none = new Dictionary<string, string>();
        var report = await verify(
            new VerificationInput(
                desk.Language, desk.Project.Kind, answer.Surface.ToDictionary(file => file.Path, file => file.Content, StringComparer.Ordinal), tests, none, none, [],
                VerificationInput.SealOf(none, none), []),
            VerificationDepth.UnitTests, cancellationToken).ConfigureAwait(false);
        // What stubs are is no fault of theirs: only what does not compile counts, and what passes.
        var broken = report.Failures.Where(failure => failure.Rung is 1 or 2).Take(5).ToList();
        if (broken.Count > 0)
        {
            return "Surface and tests do not compile: " + string.Join("; ", broken.Select(failure => $"{failure.File}:{failure.Line} {failure.Id} {failure.Message}"));
        }
        var passed = report.Rungs.Where(rung => rung.Rung == (int)VerificationDepth.UnitTests).SelectMany(rung => rung.PassedTests).Take(5).ToList();
        return passed.Count == 0 ? null : $"These tests pass against stubs, so they test nothing: {string.Join(", ", passed)}.";
    }

    internal static string FrameworkOf(Language language) => language switch
    {
        Language.CSharp => "Tests are written with xUnit v3 (`using Xunit;`, public classes, [Fact] and [Theory]).",
        Language.Python => "Tests are written with unittest (files test_*.py, classes that derive from unittest.TestCase).",
        _ => "Tests are written with node:test and node:assert.",
    };
}
