using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Hal9.Engine.Codegen;

/// <summary>What a file of a project is for.</summary>
public enum FileRole
{
    /// <summary>The program.</summary>
    Source,

    /// <summary>A test that came with a module.</summary>
    UnitTest,

    /// <summary>A sealed test that the author of the program is shown.</summary>
    VisibleTest,

    /// <summary>A sealed test that the author of the program never sees.</summary>
    HeldOutTest,

    /// <summary>A project file of the template.</summary>
    Template,
}

/// <summary>A file of a project's tree.</summary>
/// <param name="Path">Relative, with forward slashes.</param>
/// <param name="Content">Its text.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Module">The module that owns it; empty for tests of the criteria and files of the template.</param>
/// <param name="Covers">The criteria that a test is for.</param>
public sealed record TreeFile(string Path, string Content, FileRole Role, string Module, IReadOnlyList<string> Covers)
{
    /// <summary>SHA-256 of the text, hex.</summary>
    public string Sha { get; } = Digest.Of(Content);
}

/// <summary>All files of a project at one moment, by path.</summary>
internal sealed record SourceTree(ImmutableSortedDictionary<string, TreeFile> Files)
{
    public static SourceTree Empty { get; } = new(ImmutableSortedDictionary.Create<string, TreeFile>(StringComparer.Ordinal));

    /// <summary>The same for the same files, whatever order they came in.</summary>
    public string Hash => Digest.Of(string.Join('\n', Files.Values.Select(file => $"{file.Path}\0{file.Role}\0{file.Sha}")));

    public static SourceTree Of(IEnumerable<TreeFile> files) => new(files.ToImmutableSortedDictionary(file => file.Path, file => file, StringComparer.Ordinal));

    public static SourceTree FromJson(string json) => Of(JsonSerializer.Deserialize<TreeFile[]>(json, Contracts.Stored) ?? []);

    public string ToJson() => JsonSerializer.Serialize(Files.Values, Contracts.Stored);

    public SourceTree With(TreeFile file) => new(Files.SetItem(file.Path, file));

    public SourceTree Without(string path) => new(Files.Remove(path));

    /// <summary>Paths and texts of the files of a role.</summary>
    public IReadOnlyDictionary<string, string> Texts(FileRole role) => Files.Values.Where(file => file.Role == role).ToDictionary(file => file.Path, file => file.Content, StringComparer.Ordinal);
}

/// <summary>Hashes as this folder writes them.</summary>
internal static class Digest
{
    /// <summary>SHA-256 of a text's UTF-8, lower-case hex.</summary>
    public static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The same of bytes.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Of several texts, each kept apart from the next.</summary>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
