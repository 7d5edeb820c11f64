using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Codegen.Verification.CSharp;
using Hal9.Engine.Codegen.Verification.Scripts;
using Hal9.Engine.Sandbox;
using Hal9.Tests.Support;

namespace Hal9.Tests.Engine.Codegen.Verification;

/// <summary>The ladder of what is not a plain C# library.</summary>
public sealed class OtherKindsTests(SandboxFixture machine)
{
    private const string PythonBasket = """
        class Basket:
            def __init__(self):
                self.prices = []

            def add(self, cents):
                if cents < 0:
                    raise ValueError("negative")
                self.prices.append(cents)

            def total(self):
                return sum(self.prices)
        """;

    // The whole build of rung 5 is proven with a plain library; here it would cost seconds each time.
    private readonly Verifier verifier = new(machine.Sandbox) { BuildsWhole = false };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Python_ThatIsRight_IsLightlyTestedAtBest()
    {
        NeedPython();

        var report = await new Verifier(machine.Sandbox).VerifyAsync(Python(PythonBasket, api: ["class src.basket.Basket", "src.basket.Basket.add(cents)"]), VerificationDepth.Full, Token);

        Assert.True(report.Verdict == Verdict.LightlyTested, $"{report.Reason} {string.Join('\n', report.Rungs.Select(rung => rung.Log))}");
        Assert.Equal(6, report.HighestGreen);
        Assert.Equal((1, 1), (report.HeldOutPassed, report.HeldOutTotal));
        Assert.Equal(["tests.visible.VisibleTests.test_AC_1_total"], report.Rungs[5].PassedTests);
        Assert.Contains("python", report.Toolchain.Keys);
    }

    [Theory]
    [InlineData("return sum(self.prices", "syntax", 1)]
    [InlineData("from src.shelf import Shelf\n        return 0", "import", 2)]
    [InlineData("import subprocess\n        return subprocess.call(['ls'])", "banned", 3)]
    [InlineData("import os\n        os._exit(0)", "banned", 3)]
    [InlineData("return open('/etc/passwd').read()", "banned", 3)]
    [InlineData("return 0 if not self.prices else 1", "tests.visible.VisibleTests.test_AC_1_total", 5)]
    [InlineData("return 0 if not self.prices else 7", "held-out", 6)]
    [InlineData("pass", "placeholder", 0)]
    public async Task Python_FaultOfEachKind_IsNamedOnItsRung(string body, string id, int rung)
    {
        NeedPython();

        var report = await verifier.VerifyAsync(Python(PythonBasket.Replace("return sum(self.prices)", body, StringComparison.Ordinal)), VerificationDepth.Full, Token);

        Assert.Equal(Verdict.Draft, report.Verdict);
        Assert.True(report.Rungs[rung].Outcome == RungOutcome.Red, $"{report.Reason}");
        Assert.Contains(report.Failures, failure => failure.Id == id);
    }

    [Fact]
    public async Task Python_PackageThatIsNotThere_IsNamed()
    {
        NeedPython();

        var report = await verifier.VerifyAsync(Python("import numpy\n" + PythonBasket), VerificationDepth.Full, Token);

        Assert.Equal(RungOutcome.Inconclusive, report.Rungs[2].Outcome);
        Assert.StartsWith("missing package: numpy.", report.Rungs[2].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MinimalApi_IsTestedOverItsOwnLoopback()
    {
        machine.NeedFull();
        const string Api = """
            var app = Notes.Make(args);
            app.Run();

            public static class Notes
            {
                public static WebApplication Make(string[] args)
                {
                    var builder = WebApplication.CreateBuilder(args);
                    builder.Logging.ClearProviders();
                    var app = builder.Build();
                    app.MapGet("/double/{number:int}", (int number) => number * 2);
                    return app;
                }
            }
            """;
        const string Test = """
            using Xunit;

            public sealed class NotesTests
            {
                [Theory]
                [InlineData(2, "4")]
                [InlineData(-3, "-6")]
                public async Task AC_1_Number_IsDoubled(int number, string answer)
                {
                    await using var app = Notes.Make(["--urls", "http://127.0.0.1:0"]);
                    await app.StartAsync(TestContext.Current.CancellationToken);
                    using var client = new HttpClient();
                    Assert.Equal(answer, await client.GetStringAsync($"{app.Urls.First()}/double/{number}", TestContext.Current.CancellationToken));
                }
            }
            """;

        var report = await verifier.VerifyAsync(Web(ProjectKind.CSharpMinimalApi, new() { ["src/Program.cs"] = Api }, Test), VerificationDepth.Visible, Token);

        Assert.True(report.HighestGreen == 5, $"{report.Reason}\n{report.Rungs[5].Log}");
    }

    [Fact]
    public async Task BlazorPage_IsCompiledByTheSdkInTheSandbox()
    {
        machine.NeedFull();
        const string Page = """
            @page "/"
            <h1>@Greeting</h1>

            @code {
                [Parameter] public string Name { get; set; } = "world";

                public string Greeting => $"Hello {Name}";
            }
            """;
        const string Program = """
            var builder = WebApplication.CreateBuilder(args);
            builder.Services.AddRazorComponents();
            builder.Build().Run();
            """;
        const string Test = """
            using Microsoft.AspNetCore.Components;
            using Microsoft.AspNetCore.Components.Web;
            using Microsoft.Extensions.DependencyInjection;
            using Microsoft.Extensions.Logging.Abstractions;
            using Xunit;

            public sealed class HomeTests
            {
                [Fact]
                public async Task AC_1_Name_IsGreeted()
                {
                    await using var services = new ServiceCollection().BuildServiceProvider();
                    await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
                    var html = await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<App.Home>(ParameterView.FromDictionary(new Dictionary<string, object?> { ["Name"] = "Ada" }))).ToHtmlString());
                    Assert.Equal("<h1>Hello Ada</h1>", html.Trim());
                }
            }
            """;
        var sources = new Dictionary<string, string> { ["src/Program.cs"] = Program, ["src/Home.razor"] = Page, ["src/_Imports.razor"] = "@using Microsoft.AspNetCore.Components" };

        var good = await verifier.VerifyAsync(Web(ProjectKind.BlazorPage, sources, Test) with { PublicApi = ["class App.Home"] }, VerificationDepth.Visible, Token);

        Assert.True(good.HighestGreen == 5, $"{good.Reason}\n{string.Join('\n', good.Rungs.Select(rung => rung.Log))}");
    }

    [Fact]
    public void BannedUse_InWhatABuildMade_IsFound()
    {
        var compiler = new CSharpCompiler(RunnerProgram.Find()!);
        var text = new Dictionary<string, string> { ["src/A.cs"] = "[System.Diagnostics.DebuggerDisplay(\"a\")] class A { string F() => System.Diagnostics.Process.GetCurrentProcess().ProcessName; }" };
        var (image, _) = CSharpCompiler.Emit(compiler.Program(CSharpCompiler.Parse(text), ProjectKind.CSharpLib, []), Token);

        var found = BannedUse.In(image!.Code);

        Assert.Equal(["System.Diagnostics.Process starts or reads processes, which is not allowed here."], found.Select(failure => failure.Message));
    }

    private static void NeedPython() => Assert.SkipUnless(ScriptTool.For(Language.Python).Tool is not null, ScriptTool.For(Language.Python).WhyNot ?? "");

    private VerificationInput Python(string program, params string[] api)
    {
        machine.NeedAny();
        static string Test(string name, string body) => $"import unittest\nfrom src.basket import Basket\n\nclass {name}(unittest.TestCase):\n    def {body}\n";
        var visible = new Dictionary<string, string> { ["tests/visible.py"] = Test("VisibleTests", "test_AC_1_total(self):\n        b = Basket()\n        b.add(3)\n        b.add(4)\n        self.assertEqual(7, b.total())") };
        var heldOut = new Dictionary<string, string> { ["tests/heldout.py"] = Test("HeldOutTests", "test_AC_2_another(self):\n        b = Basket()\n        b.add(5)\n        self.assertEqual(5, b.total())") };
        var unit = new Dictionary<string, string> { ["tests/unit.py"] = Test("UnitTests", "test_empty(self):\n        self.assertEqual(0, Basket().total())") };
        return new(Language.Python, ProjectKind.PyCli, new Dictionary<string, string> { ["src/basket.py"] = program }, unit, visible, heldOut, api, VerificationInput.SealOf(visible, heldOut), []);
    }

    private static VerificationInput Web(ProjectKind kind, Dictionary<string, string> sources, string test)
    {
        var visible = new Dictionary<string, string> { ["tests/Visible.cs"] = test };
        var none = new Dictionary<string, string>();
        return new(Language.CSharp, kind, new Dictionary<string, string>(sources), none, visible, none, [], VerificationInput.SealOf(visible, none), []);
    }
}
