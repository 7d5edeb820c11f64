using System.Security.Cryptography;
using System.Text;
using Hal9.Engine.Sandbox;

namespace Hal9.Engine.Codegen.Verification;

/// <summary>A package that a project asks for. Only the allow-listed ones are there, since nothing is downloaded.</summary>
/// <param name="Id">Package id as its registry spells it.</param>
/// <param name="Version">Version, or empty for the one that is there.</param>
public sealed record PackageUse(string Id, string Version);

/// <summary>
/// What is verified. Paths are relative to the project's root, with <c>/</c>: sources below <c>src/</c>, all tests below <c>tests/</c>, no path twice.
/// Project files are not among them: <see cref="Kind"/> decides them.
/// </summary>
/// <param name="Language">Language; must be the one of <paramref name="Kind"/>.</param>
/// <param name="Kind">Kind of project.</param>
/// <param name="Sources">The program, text by path.</param>
/// <param name="UnitTests">Tests that came with the program.</param>
/// <param name="VisibleAcceptance">Sealed acceptance tests that the author of the program was shown.</param>
/// <param name="HeldOutAcceptance">
/// Sealed acceptance tests that the author has not seen. A test names its criterion by <c>AC_3</c> or <c>AC3</c> in the name of its class or method; of a
/// failing one only that id goes out.
/// </param>
/// <param name="PublicApi">Public members that must be there, as <see cref="PublicApiText"/> writes them; empty demands nothing.</param>
/// <param name="AcceptanceSeal">What <see cref="SealOf"/> gave when the acceptance tests were sealed. Another seal means that somebody touched them.</param>
/// <param name="Packages">Packages beyond the language's own library.</param>
public sealed record VerificationInput(
    Language Language,
    ProjectKind Kind,
    IReadOnlyDictionary<string, string> Sources,
    IReadOnlyDictionary<string, string> UnitTests,
    IReadOnlyDictionary<string, string> VisibleAcceptance,
    IReadOnlyDictionary<string, string> HeldOutAcceptance,
    IReadOnlyList<string> PublicApi,
    string AcceptanceSeal,
    IReadOnlyList<PackageUse> Packages)
{
    /// <summary>The level of the sandbox that the tenant demands; below it nothing is executed.</summary>
    public SandboxLevel LeastLevel { get; init; } = SandboxLevel.Reduced;

    /// <summary>The seal of acceptance tests: SHA-256, in lower-case hex, over all paths and texts in the order of their paths, each with its length.</summary>
    /// <param name="visible">The visible ones.</param>
    /// <param name="heldOut">The held-out ones.</param>
    public static string SealOf(IReadOnlyDictionary<string, string> visible, IReadOnlyDictionary<string, string> heldOut)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (mark, files) in new[] { ("visible", visible), ("heldOut", heldOut) })
        {
            foreach (var (path, text) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
            {
                foreach (var part in new[] { mark, path, text })
                {
                    var bytes = Encoding.UTF8.GetBytes(part);
                    hash.AppendData(BitConverter.GetBytes(bytes.LongLength));
                    hash.AppendData(bytes);
                }
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>How far up the ladder a verification goes. Each value is the number of its last rung.</summary>
public enum VerificationDepth
{
    /// <summary>Text, parse, compile, rules and public interface: nothing is executed.</summary>
    Static = 3,

    /// <summary>And the program's own tests.</summary>
    UnitTests = 4,

    /// <summary>And the whole build with the visible acceptance tests: as far as a repair goes.</summary>
    Visible = 5,

    /// <summary>And the held-out acceptance tests.</summary>
    HeldOut = 6,

    /// <summary>And mutants of the program.</summary>
    Mutation = 7,

    /// <summary>All rungs, the repetitions of the flake check included: the only depth that can end in <see cref="Verdict.Verified"/>.</summary>
    Full = 8,
}
