using Hal9.Tests.Support;
using Hal9.Web.Conversations;
using Hal9.Web.Shared;

namespace Hal9.Tests.Web.Conversations;

public sealed class MarkdownStreamTests
{
    private const string Answer = "First paragraph.\n\nSecond one\nwith two lines.\n\n```py\na = 1\n\nb = 2\n```\n\n1. one\n\n2. two\n\n   more of two\n\nThe end\n";

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void Add_InPiecesOfAnySize_ClosesTheSameBlocks(int size)
    {
        var stream = new MarkdownStream(Speech.Markdown);

        foreach (var piece in Answer.Chunk(size))
        {
            stream.Add(new string(piece));
        }

        Assert.Equal(Answer, stream.Text);
        Assert.Equal(["First", "Second", "<div class=\"code\">", "<ol>"], stream.Closed.Select(block => block.Value.TrimStart()).Select(html =>
            html.StartsWith("<p>", StringComparison.Ordinal) ? html[3..].Split(' ')[0] : html[..(html.IndexOf('>', StringComparison.Ordinal) + 1)]));
        Assert.Equal(Markdown.ToHtml("The end\n", Speech.Markdown).Value, stream.Tail.Value);
    }

    [Fact]
    public void Add_InsideAFence_KeepsTheBlockOpen()
    {
        var stream = new MarkdownStream(Speech.Markdown);

        stream.Add("```\none\n\ntwo\n\nthree\n");

        Assert.Empty(stream.Closed);
        Assert.Contains("three", stream.Tail.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_OfAClosedBlock_IsNotRenderedAgain()
    {
        var stream = new MarkdownStream(Speech.Markdown);
        stream.Add("One.\n\nTwo.\n");
        var closed = stream.Closed[0];

        stream.Add("\nThree.\n");

        Assert.Same(closed.Value, stream.Closed[0].Value);
    }
}
