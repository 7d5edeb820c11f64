using System.Text;

namespace Hal9.Engine.Codegen.Verification.CSharp;

/// <summary>A compiled assembly.</summary>
/// <param name="Name">Assembly name.</param>
/// <param name="Code">Its image.</param>
/// <param name="Symbols">Its portable symbols; empty for none.</param>
internal sealed record CompiledImage(string Name, byte[] Code, byte[] Symbols);

/// <summary>What the runner in the sandbox is to do. Several runs are several versions of the program under the same tests.</summary>
/// <param name="Suites">Names of the test assemblies.</param>
/// <param name="Shared">Assemblies of every run: the suites.</param>
/// <param name="Runs">The program's assemblies, run by run.</param>
internal sealed record SuiteOrder(IReadOnlyList<string> Suites, IReadOnlyList<CompiledImage> Shared, IReadOnlyList<IReadOnlyList<CompiledImage>> Runs)
{
    /// <summary>Culture of the run; empty for the invariant one.</summary>
    public string Culture { get; init; } = "";

    /// <summary>Seed of the order of the tests; -1 for xUnit's own.</summary>
    public int Seed { get; init; } = -1;

    /// <summary>Whether the first failing test ends its run.</summary>
    public bool StopOnFail { get; init; }

    /// <summary>Time of one run in milliseconds; 0 for that of the sandbox alone.</summary>
    public int RunMilliseconds { get; init; }

    /// <summary>Folders, as the sandbox sees them, with further assemblies.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>As the runner reads it.</summary>
    /// <param name="secret">What its report will carry.</param>
    /// <param name="from">The first run.</param>
    public byte[] Write(string secret, int from)
    {
        var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(secret);
        writer.Write(Culture);
        writer.Write(Seed);
        writer.Write(StopOnFail);
        writer.Write(RunMilliseconds);
        List(Folders, writer.Write);
        List(Suites, writer.Write);
        List(Shared, Image);
        List([.. Runs.Skip(from)], run => List(run, Image));
        return bytes.ToArray();

        void Image(CompiledImage image)
        {
            writer.Write(image.Name);
            writer.Write(image.Code.Length);
            writer.Write(image.Code);
            writer.Write(image.Symbols.Length);
            writer.Write(image.Symbols);
        }

        void List<T>(IReadOnlyList<T> items, Action<T> write)
        {
            writer.Write(items.Count);
            foreach (var item in items)
            {
                write(item);
            }
        }
    }
}

/// <summary>How a test ended.</summary>
internal enum TestEnd
{
    Passed,
    Failed,
    Skipped,

    /// <summary>It began, and the process ended before it did.</summary>
    Open,
}

/// <summary>One test case, as the runner reported it.</summary>
internal sealed record TestCase(string Suite, string Name, string Display, TestEnd End, string ExceptionType = "", string Message = "", string Stack = "");

/// <summary>One run, as the runner reported it.</summary>
/// <param name="Cases">Its test cases.</param>
/// <param name="Complete">Whether it came to its end.</param>
/// <param name="OutOfTime">Whether it took too long.</param>
internal sealed record SuiteReport(IReadOnlyList<TestCase> Cases, bool Complete, bool OutOfTime)
{
    /// <summary>A run of which nothing was reported.</summary>
    public static SuiteReport Nothing { get; } = new([], false, false);

    public bool Passed => Complete && Cases.Count > 0 && Cases.All(one => one.End == TestEnd.Passed);

    /// <summary>Whether memory ran out in a test: that says nothing about the code.</summary>
    public bool OutOfMemory => Cases.Any(one => one.End == TestEnd.Failed && (one.ExceptionType.Contains("OutOfMemoryException", StringComparison.Ordinal) || one.Message.Contains("System.OutOfMemoryException", StringComparison.Ordinal)));
}
