using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hal9.Engine.Models.Providers;

/// <summary>
/// A stream of server-sent events that is read line by line on its way to the SDK. Events that say nothing special pass as they came; a fault
/// is thrown only after all that came before it was handed on. The last parameter is what to complain of when it does not begin like a stream;
/// null: it surely is one.
/// </summary>
internal sealed class TappedStream(Stream inner, IWireShape shape, WireFaults faults, WireRecord record, ModelCallFailed? doubt = null) : Stream
{
    public const int MostLine = 16 * 1024 * 1024;
    private static readonly string[] Beginnings = ["data:", "event:", "id:", "retry:", ":"];

    private readonly byte[] chunk = ArrayPool<byte>.Shared.Rent(16 * 1024);
    private readonly ArrayBufferWriter<byte> line = new();
    private readonly ArrayBufferWriter<byte> ready = new();
    // An event's data so far, when it stands on several lines.
    private byte[]? begun;
    private int taken;
    private bool ended;
    private bool returned;
    private ModelCallFailed? fault;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (taken == ready.WrittenCount)
        {
            if (fault is not null)
            {
                throw record.Fault = fault;
            }
            if (ended)
            {
                return 0;
            }
            ready.ResetWrittenCount();
            taken = 0;
            await FillAsync(cancellationToken);
        }
        var count = Math.Min(buffer.Length, ready.WrittenCount - taken);
        ready.WrittenSpan.Slice(taken, count).CopyTo(buffer.Span);
        taken += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !returned)
        {
            returned = true;
            ArrayPool<byte>.Shared.Return(chunk);
            inner.Dispose();
        }
        base.Dispose(disposing);
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        int count;
        record.Clock?.Enter();
        try
        {
            count = await inner.ReadAsync(chunk, cancellationToken);
        }
        catch (Exception e) when (e is IOException or HttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            fault = faults.BrokenOff(e);
            return;
        }
        finally
        {
            record.Clock?.Leave();
        }
        try
        {
            Doubt(chunk.AsSpan(0, count));
            if (count == 0)
            {
                EndOfStream();
                return;
            }
            Split(chunk.AsSpan(0, count));
        }
        catch (ModelCallFailed e)
        {
            fault = e;
        }
    }

    private void Doubt(ReadOnlySpan<byte> first)
    {
        var text = doubt is null ? "" : Encoding.UTF8.GetString(first[..Math.Min(first.Length, 32)]).TrimStart('\uFEFF', '\r', '\n', ' ');
        if (doubt is null || (text.Length == 0 && first.Length > 0))
        {
            return;
        }
        if (!Array.Exists(Beginnings, start => text.Length > 0 && (text.StartsWith(start, StringComparison.Ordinal) || start.StartsWith(text, StringComparison.Ordinal))))
        {
            throw doubt;
        }
        doubt = null;
    }

    private void EndOfStream()
    {
        ended = true;
        if (line.WrittenCount > 0)
        {
            Pass(line.WrittenSpan);
            line.ResetWrittenCount();
        }
        if (begun is not null)
        {
            throw NotJson(begun);
        }
        if (!record.Finished)
        {
            throw record.Answered ? faults.CutShort() : faults.Empty();
        }
        if (!record.Answered)
        {
            throw faults.Empty();
        }
    }

    private void Split(ReadOnlySpan<byte> bytes)
    {
        while (bytes.IndexOf((byte)'\n') is >= 0 and var end)
        {
            if (line.WrittenCount == 0)
            {
                Pass(bytes[..(end + 1)]);
            }
            else
            {
                line.Write(bytes[..(end + 1)]);
                Pass(line.WrittenSpan);
                line.ResetWrittenCount();
            }
            bytes = bytes[(end + 1)..];
        }
        if (line.WrittenCount + bytes.Length > MostLine)
        {
            throw faults.TooLong();
        }
        line.Write(bytes);
    }

    private ModelCallFailed NotJson(ReadOnlySpan<byte> data) => faults.NotJson(Encoding.UTF8.GetString(data[..Math.Min(data.Length, 200)]));

    private void Pass(ReadOnlySpan<byte> whole)
    {
        var text = whole.TrimEnd("\r\n"u8);
        if (text.IsEmpty && begun is not null)
        {
            throw NotJson(begun);
        }
        if (!text.StartsWith("data:"u8))
        {
            ready.Write(whole);
            return;
        }
        var data = text["data:"u8.Length..].TrimStart((byte)' ');
        var several = begun is not null;
        if (several)
        {
            if (begun!.Length + data.Length > MostLine)
            {
                throw faults.TooLong();
            }
            data = (byte[])[.. begun, (byte)'\n', .. data];
        }
        if (shape.EndMark is { } mark && data.Length == mark.Length && Encoding.UTF8.GetString(data) == mark)
        {
            record.Finished = true;
            ready.Write(whole);
            return;
        }
        JsonNode? json;
        try
        {
            if (!several && record.Answered && shape.IsPlain(data))
            {
                var reader = new Utf8JsonReader(data);
                while (reader.Read())
                {
                    // Only that it is JSON matters.
                }
                ready.Write(whole);
                return;
            }
            json = JsonNode.Parse(data);
        }
        catch (JsonException)
        {
            // An event may be spread over several data lines; it is none when it ends like this.
            begun = data.ToArray();
            return;
        }
        begun = null;
        var replacement = json is null ? null : shape.Read(json, record, faults);
        if (replacement is null && !several)
        {
            ready.Write(whole);
            return;
        }
        replacement ??= json?.ToJsonString() ?? "null";
        ready.Write("data: "u8);
        ready.Write(Encoding.UTF8.GetBytes(replacement));
        ready.Write("\n"u8);
    }
}
