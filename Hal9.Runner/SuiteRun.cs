using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Xunit.Runner.Common;
using Xunit.Sdk;
using Xunit.v3;

namespace Hal9.Runner;

/// <summary>
/// Runs the tests of assemblies with xUnit's own framework. What it reports carries a secret of this run, which it read before any foreign code was
/// loaded: the code under test can print what it likes, and cannot report.
/// </summary>
internal static class SuiteRun
{
    /// <summary>Reads the order from the input, runs it and reports each test.</summary>
    public static async Task<int> ExecuteAsync(Stream input, Stream output)
    {
        var order = Order.Read(input);
        var report = new Report(order.Secret, output);
        var speaks = order.Culture.Length == 0 ? CultureInfo.InvariantCulture : CultureInfo.GetCultureInfo(order.Culture);
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = speaks;
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = speaks;
        // What the code prints is its own: it goes to standard error, and standard output carries nothing but the report.
        Console.SetOut(Console.Error);
        var folder = Directory.CreateTempSubdirectory("suites").FullName;
        foreach (var image in order.Shared)
        {
            image.WriteInto(folder);
        }
        Xunit.TestContext.SetForInitialization(null, false, false);
        for (var run = 0; run < order.Runs.Count; run++)
        {
            report.Begin(run);
            var clock = order.RunMilliseconds > 0 ? new Timer(_ => report.GiveUp(), null, order.RunMilliseconds, Timeout.Infinite) : null;
            try
            {
                await RunOneAsync(order, order.Runs[run], folder, report);
            }
            catch (Exception broken)
            {
                // An assembly that cannot be loaded or searched for tests: a fault of the code, not of this program.
                report.Broken(broken);
            }
            clock?.Dispose();
            report.End();
        }
        report.Bye();
        // Foreground threads that the code left behind must not keep the process alive: the report is complete.
        Environment.Exit(0);
        return 0;
    }

    private static async Task RunOneAsync(Order order, IReadOnlyList<Image> images, string folder, Report report)
    {
        // A context of its own for each run, so that no run sees the static state of another.
        var context = new AssemblyLoadContext(null, isCollectible: order.Runs.Count > 1);
        context.Resolving += (into, wanted) =>
            order.Folders.Select(one => Path.Combine(one, wanted.Name + ".dll")).Where(File.Exists).Select(into.LoadFromAssemblyPath).FirstOrDefault();
        foreach (var image in images)
        {
            image.LoadInto(context);
        }
        foreach (var name in order.Suites)
        {
            // xUnit wants to know where a suite lies.
            var path = Path.Combine(folder, name + ".dll");
            var suite = File.Exists(path) ? context.LoadFromAssemblyPath(path) : context.LoadFromAssemblyName(new AssemblyName(name));
            var settings = new TestAssemblyConfiguration
            {
                ParallelMode = ParallelMode.None,
                Seed = order.Seed < 0 ? null : order.Seed,
                Culture = order.Culture,
                StopOnFail = order.StopOnFail,
                PreEnumerateTheories = true,
            };
            var framework = new XunitTestFramework();
            var cases = new List<ITestCase>();
            await framework.GetDiscoverer(suite).Find(
                found =>
                {
                    cases.Add(found);
                    return new(true);
                },
                TestFrameworkOptions.ForDiscovery(settings), null, null);
            await framework.GetExecutor(suite).RunTestCases(cases, report.Of(name), TestFrameworkOptions.ForExecution(settings), null);
            if (order.StopOnFail && report.Failed)
            {
                break;
            }
        }
        if (context.IsCollectible)
        {
            context.Unload();
        }
    }
}

/// <summary>What is to be run, as a <see cref="BinaryReader"/> reads it: the members in their order, lists with their count before them.</summary>
internal sealed record Order(
    string Secret, string Culture, int Seed, bool StopOnFail, int RunMilliseconds,
    IReadOnlyList<string> Folders, IReadOnlyList<string> Suites, IReadOnlyList<Image> Shared, IReadOnlyList<IReadOnlyList<Image>> Runs)
{
    public static Order Read(Stream input)
    {
        using var reader = new BinaryReader(input, Encoding.UTF8);
        return new(
            reader.ReadString(), reader.ReadString(), reader.ReadInt32(), reader.ReadBoolean(), reader.ReadInt32(),
            List(reader, () => reader.ReadString()), List(reader, () => reader.ReadString()), List(reader, () => Image.Read(reader)),
            List(reader, () => List(reader, () => Image.Read(reader))));
    }

    private static T[] List<T>(BinaryReader reader, Func<T> read)
    {
        var list = new T[reader.ReadInt32()];
        for (var n = 0; n < list.Length; n++)
        {
            list[n] = read();
        }
        return list;
    }
}

/// <summary>An assembly with its symbols.</summary>
internal sealed record Image(string Name, byte[] Code, byte[] Symbols)
{
    public static Image Read(BinaryReader reader) => new(reader.ReadString(), reader.ReadBytes(reader.ReadInt32()), reader.ReadBytes(reader.ReadInt32()));

    public void WriteInto(string folder)
    {
        File.WriteAllBytes(Path.Combine(folder, Name + ".dll"), Code);
        File.WriteAllBytes(Path.Combine(folder, Name + ".pdb"), Symbols);
    }

    public Assembly LoadInto(AssemblyLoadContext context)
    {
        using var code = new MemoryStream(Code);
        using var symbols = new MemoryStream(Symbols);
        return context.LoadFromStream(code, Symbols.Length == 0 ? null : symbols);
    }
}
