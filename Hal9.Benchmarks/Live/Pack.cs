using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Hal9.Benchmarks.Live;

/// <summary>Writes the few MessagePack shapes that a Blazor circuit's client sends, and frames them as SignalR does.</summary>
internal static class Pack
{
    /// <summary>A call of a hub method; without an id nobody waits for its result.</summary>
    public static byte[] Call(string? id, string method, params ReadOnlySpan<object?> arguments)
    {
        var body = new ArrayBufferWriter<byte>(256);
        body.Write<byte>([0x96, 1, 0x80]);
        Put(body, id);
        Put(body, method);
        body.Write<byte>([(byte)(0x90 | arguments.Length)]);
        foreach (var argument in arguments)
        {
            Put(body, argument);
        }
        body.Write<byte>([0x90]);
        return Frame(body.WrittenSpan);
    }

    /// <summary>What keeps a quiet connection open.</summary>
    public static byte[] Ping => Frame([0x91, 6]);

    /// <summary>Reads a frame's length; null: it is not there yet.</summary>
    public static (int Header, int Length)? FrameOf(ReadOnlySpan<byte> bytes)
    {
        var length = 0;
        for (var i = 0; i < bytes.Length && i < 5; i++)
        {
            length |= (bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] < 0x80)
            {
                return bytes.Length >= i + 1 + length ? (i + 1, length) : null;
            }
        }
        return null;
    }

    private static byte[] Frame(ReadOnlySpan<byte> body)
    {
        var frame = new ArrayBufferWriter<byte>(body.Length + 5);
        for (var rest = body.Length; ; rest >>= 7)
        {
            frame.Write<byte>([(byte)(rest >= 0x80 ? 0x80 | (rest & 0x7f) : rest)]);
            if (rest < 0x80)
            {
                break;
            }
        }
        frame.Write(body);
        return frame.WrittenSpan.ToArray();
    }

    private static void Put(ArrayBufferWriter<byte> to, object? value)
    {
        switch (value)
        {
            case null:
                to.Write<byte>([0xc0]);
                break;
            case bool flag:
                to.Write<byte>([(byte)(flag ? 0xc3 : 0xc2)]);
                break;
            case long number:
                to.Write<byte>([0xd3]);
                BinaryPrimitives.WriteInt64BigEndian(to.GetSpan(8), number);
                to.Advance(8);
                break;
            case string text:
                var bytes = Encoding.UTF8.GetBytes(text);
                to.Write<byte>([0xdb]);
                BinaryPrimitives.WriteInt32BigEndian(to.GetSpan(4), bytes.Length);
                to.Advance(4);
                to.Write<byte>(bytes);
                break;
            default:
                throw new ArgumentException($"{value.GetType()} is not sent.", nameof(value));
        }
    }
}

/// <summary>Reads MessagePack from front to back.</summary>
internal ref struct Unpack(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    public int Array() => Take(1)[0] switch
    {
        var head when (head & 0xf0) == 0x90 => head & 0x0f,
        0xdc => BinaryPrimitives.ReadUInt16BigEndian(Take(2)),
        var head => throw Unexpected(head, "an array"),
    };

    public long Integer() => Take(1)[0] switch
    {
        var head when head < 0x80 => head,
        var head when head >= 0xe0 => (sbyte)head,
        0xcc => Take(1)[0],
        0xcd => BinaryPrimitives.ReadUInt16BigEndian(Take(2)),
        0xce => BinaryPrimitives.ReadUInt32BigEndian(Take(4)),
        0xcf or 0xd3 => BinaryPrimitives.ReadInt64BigEndian(Take(8)),
        0xd0 => (sbyte)Take(1)[0],
        0xd1 => BinaryPrimitives.ReadInt16BigEndian(Take(2)),
        0xd2 => BinaryPrimitives.ReadInt32BigEndian(Take(4)),
        var head => throw Unexpected(head, "a number"),
    };

    /// <summary>A text's or a binary's bytes; nothing for nil.</summary>
    public ReadOnlySpan<byte> Bytes() => Take(1)[0] switch
    {
        0xc0 => [],
        var head when (head & 0xe0) == 0xa0 => Take(head & 0x1f),
        0xd9 or 0xc4 => Take(Take(1)[0]),
        0xda or 0xc5 => Take(BinaryPrimitives.ReadUInt16BigEndian(Take(2))),
        0xdb or 0xc6 => Take(BinaryPrimitives.ReadInt32BigEndian(Take(4))),
        var head => throw Unexpected(head, "bytes"),
    };

    /// <summary>The empty map that stands for headers.</summary>
    public void NoHeaders()
    {
        if (Take(1)[0] is not 0x80 and var head)
        {
            throw Unexpected(head, "an empty map");
        }
    }

    private static InvalidDataException Unexpected(byte head, string wanted) => new($"0x{head:x2} came where {wanted} was expected.");

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
