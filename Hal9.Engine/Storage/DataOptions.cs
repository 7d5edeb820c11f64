namespace Hal9.Engine.Storage;

/// <summary>Where data is kept: section <c>Hal9:Data</c>.</summary>
public sealed class DataOptions
{
    /// <summary>The data directory; relative paths start at the content root. Holds the database, anchors, backups and keys.</summary>
    public string Directory { get; set; } = "data";

    /// <summary>The database kind. <see cref="DataProvider.PostgreSql"/> is refused by the product until it is released.</summary>
    public DataProvider Provider { get; set; } = DataProvider.Sqlite;

    /// <summary>Connection string for PostgreSQL; not used by SQLite.</summary>
    public string? ConnectionString { get; set; }
}

/// <summary>Database kinds.</summary>
public enum DataProvider
{
    /// <summary>One file in the data directory.</summary>
    Sqlite,

    /// <summary>A PostgreSQL server.</summary>
    PostgreSql,
}
