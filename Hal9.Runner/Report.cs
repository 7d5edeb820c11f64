using System.Globalization;
using System.Text;
using Xunit.Runner.Common;
using Xunit.Sdk;

namespace Hal9.Runner;

/// <summary>Lines of secret, kind and parts with tabs between them: <c>run start pass fail skip end over bye</c>.</summary>
internal sealed class Report(string secret, Stream output)
{
    private readonly Lock gate = new();

    /// <summary>Whether a test of this run has failed.</summary>
    public bool Failed { get; private set; }

    public IMessageSink Of(string suite) => new Sink(this, suite);

    public void Begin(int run)
    {
        Failed = false;
        Line("run", run.ToString(CultureInfo.InvariantCulture));
    }

    public void End() => Line("end");

    /// <summary>The last line: without it the code ended the process.</summary>
    public void Bye() => Line("bye");

    /// <summary>The run took too long. Its threads cannot be stopped, so the process ends; who ordered goes on with the next run in another one.</summary>
    public void GiveUp()
    {
        Line("over");
        Environment.Exit(0);
    }

    public void Broken(Exception broken) => Fail("", "suite", "suite", broken.GetType().FullName!, broken.Message, broken.StackTrace ?? "");

    private void Fail(params string[] parts)
    {
        Failed = true;
        Line("fail", parts);
    }

    private void Line(string kind, params string[] parts)
    {
        var text = string.Join('\t', parts.Select(part => part.Replace("\\", @"\\").Replace("\t", @"\t").Replace("\r", "").Replace("\n", @"\n")));
        var bytes = Encoding.UTF8.GetBytes($"{secret} {kind} {text}\n");
        lock (gate)
        {
            output.Write(bytes);
            output.Flush();
        }
    }

    private sealed class Sink(Report report, string suite) : IMessageSink
    {
        private readonly MessageMetadataCache names = new();

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
                    report.Line("start", suite, NameOf(starting), DisplayOf(starting));
                    break;
                case ITestPassed passed:
                    report.Line("pass", suite, NameOf(passed), DisplayOf(passed));
                    break;
                case ITestSkipped skipped:
                    report.Line("skip", suite, NameOf(skipped), DisplayOf(skipped), skipped.Reason);
                    break;
                case ITestFailed failed:
                    Fail(failed, NameOf(failed), DisplayOf(failed));
                    break;
                case IErrorMetadata error:
                    Fail(error, "fixture", "fixture");
                    break;
            }
            return true;
        }

        private void Fail(IErrorMetadata error, string name, string display) => report.Fail(
            suite, name, display, error.ExceptionTypes.FirstOrDefault() ?? "", ExceptionUtility.CombineMessages(error), ExceptionUtility.CombineStackTraces(error) ?? "");

        private string NameOf(ITestMessage message) =>
            $"{names.TryGetClassMetadata(message)?.TestClassName}.{names.TryGetMethodMetadata(message)?.MethodName}";

        private string DisplayOf(ITestMessage message) => names.TryGetTestMetadata(message)?.TestDisplayName ?? "";
    }
}
