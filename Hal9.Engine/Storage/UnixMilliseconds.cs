using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Hal9.Engine.Storage;

/// <summary>How times are stored, whoever's table they are in: the one form that SQLite can order and compare.</summary>
public sealed class UnixMilliseconds() : ValueConverter<DateTimeOffset, long>(
    time => time.ToUnixTimeMilliseconds(), stored => DateTimeOffset.FromUnixTimeMilliseconds(stored));
