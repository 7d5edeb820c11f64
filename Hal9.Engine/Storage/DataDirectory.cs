namespace Hal9.Engine.Storage;

/// <summary>The data directory of this instance, held exclusively while it lives: a second host on the same directory refuses to start.</summary>
public sealed class DataDirectory : IDisposable
{
    private readonly FileStream held;

    private DataDirectory(string path, FileStream held)
    {
        Path = path;
        this.held = held;
    }

    /// <summary>Its absolute path.</summary>
    public string Path { get; }

    /// <summary>The SQLite database file.</summary>
    public string DatabaseFile => System.IO.Path.Combine(Path, "hal9.db");

    /// <summary>Makes the directory (readable by its owner only) and takes its lock.</summary>
    /// <exception cref="InvalidOperationException">Another process holds it, or it cannot be made or written.</exception>
    public static DataDirectory Hold(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            if (!OperatingSystem.IsWindows() && !Directory.Exists(full))
            {
                Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
            Directory.CreateDirectory(full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotUse(full, e);
        }
        try
        {
            return new DataDirectory(full, new FileStream(System.IO.Path.Combine(full, "hal9.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException e)
        {
            throw CannotUse(full, e);
        }
        catch (IOException e)
        {
            throw new InvalidOperationException($"The data directory {full} is in use by another HAL9 Console. Stop that one, or set Hal9:Data:Directory to another folder.", e);
        }
    }

    private static InvalidOperationException CannotUse(string full, Exception e) =>
        new($"The data directory {full} cannot be used: {e.Message} Set Hal9:Data:Directory to a folder that may be written.", e);

    /// <summary>A file or folder below it.</summary>
    public string Of(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <inheritdoc/>
    public void Dispose() => held.Dispose();
}
