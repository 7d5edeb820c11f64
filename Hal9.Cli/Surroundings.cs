using System.Text;

namespace Hal9.Cli;

/// <summary>All that the tool knows of the process it runs in, so that a test can put another one around it.</summary>
internal sealed record Surroundings
{
    public required TextReader In { get; init; }

    /// <summary>For data alone.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>For everything that is said about the data: progress, receipts, errors.</summary>
    public required TextWriter Error { get; init; }

    public bool InputIsTerminal { get; init; }

    public bool OutputIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>Asks for a line at the terminal and reads it without showing it.</summary>
    public Func<string, string> ReadSecret { get; init; } = _ => "";

    /// <summary>An environment variable.</summary>
    public Func<string, string?> Variable { get; init; } = _ => null;

    /// <summary>Where the sign-ins are kept.</summary>
    public required string Folder { get; init; }

    /// <summary>How requests leave.</summary>
    public Func<HttpMessageHandler> Wire { get; init; } = () => new SocketsHttpHandler
    {
        // A credential is for the address that was given, not for the one that it points to.
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
    };

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public Interrupts Interrupts { get; } = new();

    public static Surroundings OfProcess()
    {
        if (OperatingSystem.IsWindows())
        {
            Console.OutputEncoding = Encoding.UTF8;
        }
        return new Surroundings
        {
            In = Console.In,
            Out = Console.Out,
            Error = Console.Error,
            InputIsTerminal = !Console.IsInputRedirected,
            OutputIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            ReadSecret = ReadKeys,
            Variable = Environment.GetEnvironmentVariable,
            Folder = Environment.GetEnvironmentVariable("HAL9_CONFIG") is { Length: > 0 } folder
                ? folder
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "hal9"),
        };
    }

    private static string ReadKeys(string question)
    {
        // The terminal shows what is typed until the first key is waited for: all that takes time before that is done before anybody is asked.
        _ = Console.KeyAvailable;
        Console.Error.Write(question);
        var text = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                text.Length = Math.Max(0, text.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                text.Append(key.KeyChar);
            }
        }
        return text.ToString();
    }
}
