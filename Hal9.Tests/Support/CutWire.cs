namespace Hal9.Tests.Support;

/// <summary>A wire whose first streams break after so many bytes, in the middle of whatever is being said.</summary>
internal sealed class CutWire(HttpMessageHandler inner, string path, params int[] cutAfter) : DelegatingHandler(inner)
{
    private int opened;

    /// <summary>What was asked of the cut path: the number that each connection went on from.</summary>
    public List<string?> Resumes { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        if (request.RequestUri!.AbsolutePath.EndsWith(path, StringComparison.Ordinal))
        {
            Resumes.Add(request.Headers.TryGetValues("Last-Event-ID", out var ids) ? ids.Single() : null);
            if (opened++ is var which && which < cutAfter.Length)
            {
                answer.Content = new StreamContent(new CutStream(await answer.Content.ReadAsStreamAsync(cancellationToken), cutAfter[which]));
            }
        }
        return answer;
    }

    private sealed class CutStream(Stream whole, int left) : Stream
    {
        private int left = left;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (left == 0)
            {
                throw new IOException("The wire was cut.");
            }
            var read = await whole.ReadAsync(buffer[..Math.Min(buffer.Length, left)], cancellationToken);
            left -= read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            whole.Dispose();
            base.Dispose(disposing);
        }
    }
}
