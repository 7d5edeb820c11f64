namespace Hal9.Cli.Output;

/// <summary>How data is written.</summary>
internal enum OutputFormat
{
    Table,
    Json,
    Csv,
}
