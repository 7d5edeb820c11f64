using System.Text.Json;
using Hal9.Engine.Codegen.Verification;

namespace Hal9.Engine.Codegen;

/// <summary>Has trees verified and remembers what was found, so that a run that is taken up does not execute anything twice.</summary>
internal sealed class Gauge(VerifyCode verify)
{
    public async Task<VerificationReport> MeasureAsync(ProjectDesk desk, SourceTree tree, SealedTests tests, VerificationDepth depth, CancellationToken cancellationToken)
    {
        var input = InputOf(desk.Project, tree, tests);
        var name = $"{depth}-{tree.Hash[..12]}";
        var basis = Digest.Of(tree.Hash, tests.Seal, depth.ToString(), desk.Project.Kind.ToString());
        if (desk.Find(ArtifactKind.Verification, name) is { } known && known.Basis == basis)
        {
            return ProjectDesk.Read<VerificationReport>(known);
        }
        var report = await verify(input, depth, cancellationToken).ConfigureAwait(false);
        await desk.PutAsync(ArtifactKind.Verification, name, basis, JsonSerializer.Serialize(report, Contracts.Stored), null, cancellationToken).ConfigureAwait(false);
        return report;
    }

    public static VerificationInput InputOf(ProjectRow project, SourceTree tree, SealedTests tests) => new(
        Verification.ProjectWords.LanguageOf(project.Kind), project.Kind, tree.Texts(FileRole.Source), tree.Texts(FileRole.UnitTest), tree.Texts(FileRole.VisibleTest),
        tree.Texts(FileRole.HeldOutTest), PublicApiText.Of(tests.Surface.ToDictionary(file => file.Path, file => file.Content, StringComparer.Ordinal)), tests.Seal, []);

    public static RepairState StateOf(SourceTree tree, VerificationReport report) => new(report.HighestGreen, report.FailingSignatures, tree.Hash);
}
