using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Xunit.Runner.Common;
using Xunit.Sdk;
using Xunit.v3;

namespace Hal9.Runner;

/// <summary>
/// Runs the tests of an assembly with xUnit's own framework. What it reports carries a secret of this run, which it read before any foreign code was
/// loaded: the code under test can print what it likes, and cannot report.
/// </summary>
internal static class SuiteRun
{
    /// <summary>Reads the suite from the input, runs it and reports each test.</summary>
    /// <remarks>
    /// Input, as a <see cref="BinaryReader"/> reads it: secret, culture (empty for the invariant one), seed (-1 for none), name of the test assembly, number of
    /// folders with packages, the folders, number of assemblies, and of each its name, image and symbols, both with their length before them.
    /// Output: lines of secret, kind (<c>pass fail skip end</c>), and text with tabs between its parts, line breaks escaped.
    /// </remarks>
    public static async Task<int> ExecuteAsync(Stream input, Stream output)
    {
        using var reader = new BinaryReader(input, Encoding.UTF8);
        var report = new Report(reader.ReadString(), output);
        var culture = reader.ReadString();
        var seed = reader.ReadInt32();
        var name = reader.ReadString();
        var folders = Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadString()).ToArray();
        AssemblyLoadContext.Default.Resolving += (context, wanted) =>
            folders.Select(folder => Path.Combine(folder, wanted.Name + ".dll")).Where(File.Exists).Select(context.LoadFromAssemblyPath).FirstOrDefault();
        Assembly? suite = null;
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var called = reader.ReadString();
            using var image = new MemoryStream(reader.ReadBytes(reader.ReadInt32()));
            using var symbols = new MemoryStream(reader.ReadBytes(reader.ReadInt32()));
            var loaded = AssemblyLoadContext.Default.LoadFromStream(image, symbols.Length == 0 ? null : symbols);
            suite = called == name ? loaded : suite;
        }
        if (suite is null)
        {
            return 2;
        }
        var speaks = culture.Length == 0 ? CultureInfo.InvariantCulture : CultureInfo.GetCultureInfo(culture);
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = speaks;
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = speaks;
        // What the code prints is its own: it goes to standard error, and standard output carries nothing but the report.
        Console.SetOut(Console.Error);

        var settings = new TestAssemblyConfiguration
        {
            ParallelMode = ParallelMode.None,
            Seed = seed < 0 ? null : seed,
            Culture = culture,
            PreEnumerateTheories = true,
        };
        Xunit.TestContext.SetForInitialization(null, false, false);
        var framework = new XunitTestFramework();
        var cases = new List<ITestCase>();
        await framework.GetDiscoverer(suite).Find(
            found =>
            {
                cases.Add(found);
                return new(true);
            },
            TestFrameworkOptions.ForDiscovery(settings), null, null);
        await framework.GetExecutor(suite).RunTestCases(cases, report, TestFrameworkOptions.ForExecution(settings), null);
        report.End(cases.Count);
        // Foreground threads that the code left behind must not keep the process alive: the report is complete.
        Environment.Exit(0);
        return 0;
    }

    private sealed class Report(string secret, Stream output) : IMessageSink
    {
        private readonly Lock gate = new();
        private readonly MessageMetadataCache names = new();
        private int ended;

        public bool OnMessage(IMessageSinkMessage message)
        {
            switch (message)
            {
                case ITestClassStarting starting:
                    names.Set(starting);
                    break;
                case ITestMethodStarting starting:
                    names.Set(starting);
                    break;
                case ITestStarting starting:
                    names.Set(starting);
                    break;
                case ITestPassed passed:
                    Line("pass", NameOf(passed), DisplayOf(passed));
                    break;
                case ITestSkipped skipped:
                    Line("skip", NameOf(skipped), DisplayOf(skipped), skipped.Reason);
                    break;
                case ITestFailed failed:
                    Line("fail", NameOf(failed), DisplayOf(failed), failed.ExceptionTypes.FirstOrDefault() ?? "", ExceptionUtility.CombineMessages(failed), ExceptionUtility.CombineStackTraces(failed) ?? "");
                    break;
                case IErrorMetadata error:
                    Line("fail", "fixture", "fixture", error.ExceptionTypes.FirstOrDefault() ?? "", ExceptionUtility.CombineMessages(error), ExceptionUtility.CombineStackTraces(error) ?? "");
                    break;
            }
            return true;
        }

        public void End(int cases) => Line("end", cases.ToString(CultureInfo.InvariantCulture), ended.ToString(CultureInfo.InvariantCulture));

        private string NameOf(ITestMessage message) =>
            $"{names.TryGetClassMetadata(message)?.TestClassName}.{names.TryGetMethodMetadata(message)?.MethodName}";

        private string DisplayOf(ITestMessage message) => names.TryGetTestMetadata(message)?.TestDisplayName ?? "";

        private void Line(string kind, params string[] parts)
        {
            var text = string.Join('\t', parts.Select(part => part.Replace("\\", @"\\").Replace("\t", @"\t").Replace("\r", "").Replace("\n", @"\n")));
            var bytes = Encoding.UTF8.GetBytes($"{secret} {kind} {text}\n");
            lock (gate)
            {
                ended++;
                output.Write(bytes);
                output.Flush();
            }
        }
    }
}
