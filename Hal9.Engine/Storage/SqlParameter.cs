using System.Globalization;

namespace Hal9.Engine.Storage;

/// <summary>A named value of a statement. Written as a pair, <c>("@id", id)</c>; it holds what SQLite and PostgreSQL store without a box around it.</summary>
public readonly struct SqlParameter
{
    internal readonly string Name;
    internal readonly string? Text;
    internal readonly long Number;
    internal readonly Guid Id;
    internal readonly SqlKind Kind;

    private SqlParameter(string name, SqlKind kind, long number = 0, Guid id = default, string? text = null) =>
        (Name, Kind, Number, Id, Text) = (name, kind, number, id, text);

    /// <summary>The value for a database library that takes any object.</summary>
    internal object Boxed => Kind switch
    {
        SqlKind.Number => Number,
        SqlKind.Truth => Number != 0,
        SqlKind.Fraction => BitConverter.Int64BitsToDouble(Number),
        SqlKind.Id => Id,
        SqlKind.Text => Text!,
        _ => DBNull.Value,
    };

    /// <summary>A whole number.</summary>
    public static implicit operator SqlParameter((string Name, long Value) pair) => new(pair.Name, SqlKind.Number, pair.Value);

    /// <summary>A whole number, or nothing.</summary>
    public static implicit operator SqlParameter((string Name, long? Value) pair) => pair.Value is { } value ? new(pair.Name, SqlKind.Number, value) : new(pair.Name, SqlKind.Nothing);

    /// <summary>A whole number.</summary>
    public static implicit operator SqlParameter((string Name, int Value) pair) => new(pair.Name, SqlKind.Number, pair.Value);

    /// <summary>A whole number, or nothing.</summary>
    public static implicit operator SqlParameter((string Name, int? Value) pair) => pair.Value is { } value ? new(pair.Name, SqlKind.Number, value) : new(pair.Name, SqlKind.Nothing);

    /// <summary>A number with a fraction, or nothing.</summary>
    public static implicit operator SqlParameter((string Name, double? Value) pair) =>
        pair.Value is { } value ? new(pair.Name, SqlKind.Fraction, BitConverter.DoubleToInt64Bits(value)) : new(pair.Name, SqlKind.Nothing);

    /// <summary>True or false.</summary>
    public static implicit operator SqlParameter((string Name, bool Value) pair) => new(pair.Name, SqlKind.Truth, pair.Value ? 1 : 0);

    /// <summary>A text, or nothing.</summary>
    public static implicit operator SqlParameter((string Name, string? Value) pair) => pair.Value is { } value ? new(pair.Name, SqlKind.Text, text: value) : new(pair.Name, SqlKind.Nothing);

    /// <summary>An id.</summary>
    public static implicit operator SqlParameter((string Name, Guid Value) pair) => new(pair.Name, SqlKind.Id, id: pair.Value);

    /// <summary>An id, or nothing.</summary>
    public static implicit operator SqlParameter((string Name, Guid? Value) pair) => pair.Value is { } value ? new(pair.Name, SqlKind.Id, id: value) : new(pair.Name, SqlKind.Nothing);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} = {Boxed}");
}

/// <summary>What a parameter holds.</summary>
internal enum SqlKind
{
    Nothing,
    Number,
    Fraction,
    Truth,
    Id,
    Text,
}
