using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using UglyToad.PdfPig;
using UglyToad.PdfPig.DocumentLayoutAnalysis.TextExtractor;
using UglyToad.PdfPig.Exceptions;

namespace Hal9.Engine.Conversations;

/// <summary>What was found in a file.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Text">Its text; null for an image.</param>
internal sealed record ReadFile(AttachmentKind Kind, string MediaType, string? Text);

/// <summary>Finds out what a file is by its content, never by what its sender says, and takes the text out. Files are untrusted.</summary>
internal static class AttachmentReader
{
    private const int MostPages = 500;

    // A PDF can be made to take for ever; an honest one of this size is read in a second or two.
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(20);
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly (byte[] Mark, int At, string MediaType)[] Images =
    [
        ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], 0, "image/png"), ([0xFF, 0xD8, 0xFF], 0, "image/jpeg"),
        ("GIF87a"u8.ToArray(), 0, "image/gif"), ("GIF89a"u8.ToArray(), 0, "image/gif"), ("WEBP"u8.ToArray(), 8, "image/webp"),
    ];

    private static readonly FrozenSet<string> CodeEndings = FrozenSet.ToFrozenSet(
        [
            ".c", ".cc", ".cpp", ".cs", ".csproj", ".css", ".csv", ".go", ".h", ".hpp", ".html", ".ini", ".java", ".js", ".json", ".jsx", ".kt", ".log", ".lua", ".php", ".ps1",
            ".py", ".r", ".razor", ".rb", ".rs", ".scala", ".sh", ".sql", ".swift", ".tf", ".toml", ".ts", ".tsx", ".vb", ".xml", ".yaml", ".yml",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <exception cref="ArgumentException">It is of no kind that is read here, too large for its kind, or broken; the message is for people.</exception>
    public static async Task<ReadFile> ReadAsync(string name, byte[] content, CancellationToken cancellationToken)
    {
        if (content.Length == 0)
        {
            throw new ArgumentException($"{name} is empty.", nameof(content));
        }
        if (content.AsSpan().StartsWith("%PDF-"u8))
        {
            Require(content.Length <= AttachmentLimits.PdfBytes, $"{name} is too large: a PDF may have {Size(AttachmentLimits.PdfBytes)}.");
            return new ReadFile(AttachmentKind.Pdf, "application/pdf", await TextOfAsync(name, content, cancellationToken).ConfigureAwait(false));
        }
        foreach (var (mark, at, type) in Images)
        {
            if (content.Length >= at + mark.Length && content.AsSpan(at, mark.Length).SequenceEqual(mark))
            {
                Require(content.Length <= AttachmentLimits.ImageBytes, $"{name} is too large: an image may have {Size(AttachmentLimits.ImageBytes)}.");
                return new ReadFile(AttachmentKind.Image, type, null);
            }
        }
        Require(content.Length <= AttachmentLimits.TextBytes, $"{name} is too large: a text may have {Size(AttachmentLimits.TextBytes)}.");
        var text = Decode(content) ?? throw new ArgumentException($"{name} is of no kind that is read here: text, Markdown, code, PDF, or an image (PNG, JPEG, GIF, WebP).", nameof(content));
        Require(text.Length <= AttachmentLimits.Characters, $"{name} has {text.Length} characters; at most {AttachmentLimits.Characters} are taken.");
        var ending = Path.GetExtension(name);
        return ending.ToLowerInvariant() switch
        {
            ".md" or ".markdown" => new ReadFile(AttachmentKind.Markdown, "text/markdown", text),
            _ when CodeEndings.Contains(ending) => new ReadFile(AttachmentKind.Code, "text/plain", text),
            _ => new ReadFile(AttachmentKind.Text, "text/plain", text),
        };
    }

    /// <summary>A size as people read it.</summary>
    public static string Size(long bytes) => bytes >= 1024 * 1024
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MB")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, bytes / 1024)} kB");

    private static async Task<string> TextOfAsync(string name, byte[] content, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(MostTime);
        try
        {
            return await Task.Run(() => TextOf(name, content, limit.Token), limit.Token).WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ArgumentException($"{name} takes too long to read.", nameof(content));
        }
    }

    private static string TextOf(string name, byte[] content, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        try
        {
            using var document = PdfDocument.Open(content);
            Require(document.NumberOfPages <= MostPages, $"{name} has {document.NumberOfPages} pages; at most {MostPages} are read.");
            foreach (var page in document.GetPages())
            {
                cancellationToken.ThrowIfCancellationRequested();
                text.AppendLine(ContentOrderTextExtractor.GetText(page)).AppendLine();
                Require(text.Length <= AttachmentLimits.Characters, $"{name} has more than {AttachmentLimits.Characters} characters of text, which is all that is taken.");
            }
        }
        catch (PdfDocumentEncryptedException)
        {
            throw new ArgumentException($"{name} is encrypted: save it without a password.", nameof(content));
        }
        catch (Exception e) when (e is not (ArgumentException or OperationCanceledException))
        {
            // Whatever the library stumbles over, it is this file that is broken.
            throw new ArgumentException($"{name} cannot be read: it is no whole PDF.", nameof(content), e);
        }
        var found = text.ToString().Trim();
        Require(found.Length > 0, $"{name} has no text in it: it seems to be scanned. Attach its pages as images.");
        return found;
    }

    /// <summary>UTF-8, or UTF-16 with its mark; null for what is no text.</summary>
    private static string? Decode(byte[] content)
    {
        try
        {
            var text = content switch
            {
                [0xFF, 0xFE, ..] => Encoding.Unicode.GetString(content, 2, content.Length - 2),
                [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode.GetString(content, 2, content.Length - 2),
                [0xEF, 0xBB, 0xBF, ..] => Utf8.GetString(content, 3, content.Length - 3),
                _ => Utf8.GetString(content),
            };
            return text.AsSpan().ContainsAnyInRange('\0', '\b') || text.AsSpan().ContainsAnyInRange('\u000e', '\u001a') ? null : text.ReplaceLineEndings("\n");
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static void Require(bool holds, string reason)
    {
        if (!holds)
        {
            throw new ArgumentException(reason);
        }
    }
}
