using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Codegen.Verification.CSharp;
using Hal9.Engine.Sandbox;
using Hal9.Tests.Support;

namespace Hal9.Tests.Engine.Codegen.Verification;

/// <summary>Only what was proven here gets the word, and whatever is not gets the reason.</summary>
public sealed class VerifierTests(SandboxFixture machine)
{
    private readonly Verifier verifier = new(machine.Sandbox) { BuildsWhole = false, Limits = SuiteRunner.Limits with { Time = TimeSpan.FromSeconds(0.7), CpuSeconds = 2, MemoryBytes = 192L << 20 } };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Project_ThatIsRight_IsVerified()
    {
        machine.NeedAny();

        var report = await new Verifier(machine.Sandbox).VerifyAsync(Samples.With(api: ["class Shop.Basket", "int Shop.Basket.Total()"]), VerificationDepth.Full, Token);

        Assert.True(report.Verdict == Verdict.Verified, $"{report.Reason}\n{string.Join('\n', report.Rungs.Select(rung => $"{rung.Rung} {rung.Outcome} {rung.Duration.TotalSeconds:0.0} s {rung.Log}"))}");
        Assert.All(report.Rungs, rung => Assert.Equal(RungOutcome.Green, rung.Outcome));
        Assert.Equal((2, 2, 8), (report.HeldOutPassed, report.HeldOutTotal, report.HighestGreen));
        Assert.InRange(report.Mutants!.Ratio!.Value, 0.6, 1);
        Assert.Equal(new SuiteSize(1, 2, 0), report.UnitSuite);
        Assert.Equal(3, report.Rungs[5].PassedTests.Count);
    }

    [Fact]
    public async Task Test_ThatFailsInAnotherCulture_IsFoundByTheFlakeCheck()
    {
        machine.NeedAny();

        var report = await verifier.VerifyAsync(Samples.WithTotal("var sum = prices.Sum(); return sum >= 1000 && \"i\".ToUpper() == \"I\" ? sum - sum / 10 : sum;"), VerificationDepth.Full, Token);

        Assert.Equal((RungOutcome.Green, RungOutcome.Red), (report.Rungs[6].Outcome, report.Rungs[8].Outcome));
        Assert.Contains(report.Failures, failure => failure.Message.Contains("culture (tr-TR)", StringComparison.Ordinal));
        Assert.DoesNotContain(report.Failures, failure => failure.Id.Contains("HeldOut", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("return prices.Sum()", "CS1002", 1)]
    [InlineData("return prizes.Sum();", "CS0103", 2)]
    [InlineData("throw new NotImplementedException();", "placeholder", 0)]
    [InlineData("// rest of the code stays the same\n return 0;", "placeholder", 0)]
    [InlineData("System.Diagnostics.Process.Start(\"/bin/ls\"); return 0;", "banned", 3)]
    [InlineData("Environment.Exit(0); return 0;", "banned", 3)]
    [InlineData("return System.AppDomain.CurrentDomain.GetAssemblies().Length > 5 ? 900 : 0;", "banned", 3)]
    [InlineData("File.ReadAllText(\"/etc/passwd\"); return 0;", "banned", 3)]
    [InlineData("new System.Net.Sockets.TcpClient(\"127.0.0.1\", 1).Close(); return 0;", "banned", 3)]
    [InlineData("return prices.Count == 0 ? 0 : 1;", "Shop.Tests.BasketVisibleTests.AC_1_Total_OfOnePrice(price: 999, total: 999)", 5)]
    public async Task Fault_OfEachKind_IsNamedOnItsRung(string body, string id, int rung)
    {
        machine.NeedAny();

        var report = await verifier.VerifyAsync(Samples.WithTotal(body), VerificationDepth.HeldOut, Token);

        Assert.Equal(Verdict.Draft, report.Verdict);
        Assert.Equal(RungOutcome.Red, report.Rungs[rung].Outcome);
        Assert.Contains(report.Failures, failure => failure.Id == id);
        Assert.All(report.Rungs.Skip(rung + 1), later => Assert.Equal(RungOutcome.Skipped, later.Outcome));
    }

    [Fact]
    public async Task HeldOutFailure_TellsNothingButTheCriterion()
    {
        machine.NeedAny();

        var report = await verifier.VerifyAsync(Samples.WithTotal("return prices.Count == 1 ? (prices[0] == 999 ? 999 : 900) : 0;"), VerificationDepth.HeldOut, Token);

        var failure = Assert.Single(report.Rungs[6].Failures);
        Assert.Equal(("held-out", "AC-1", null, (int?)null), (failure.Id, failure.Criterion, failure.File, failure.Line));
        Assert.DoesNotContain("OfTwo", failure.Message + report.Rungs[6].Log + report.Reason, StringComparison.Ordinal);
        Assert.Equal((1, 2), (report.HeldOutPassed, report.HeldOutTotal));
    }

    [Theory]
    [InlineData("while (prices.Count > 0) { } return 0;", "It did not end within")]
    [InlineData("var all = new List<byte[]>(); while (prices.Count > 0) { all.Add(new byte[1 << 24]); } return 0;", "memory")]
    public async Task Resource_ThatRunsOut_IsInconclusiveAndNotWrong(string body, string reason)
    {
        machine.NeedAny();

        var report = await verifier.VerifyAsync(Samples.WithTotal(body), VerificationDepth.Visible, Token);

        Assert.Equal((Verdict.Inconclusive, RungOutcome.Inconclusive), (report.Verdict, report.Rungs[5].Outcome));
        Assert.Contains(reason, report.Reason!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StackOverflow_IsWrong()
    {
        machine.NeedAny();

        var report = await verifier.VerifyAsync(Samples.WithTotal("return prices.Count == 0 ? 0 : Total() + 1;"), VerificationDepth.Visible, Token);

        Assert.Equal(RungOutcome.Red, report.Rungs[5].Outcome);
    }

    [Fact]
    public async Task Test_ThatPassesTheSecondTime_IsInconclusive()
    {
        machine.NeedAny();
        var weather = new Verifier(new ChangingWeather(machine.Sandbox)) { BuildsWhole = false };

        var report = await weather.VerifyAsync(Samples.WithTotal("return TimeZoneInfo.Local.BaseUtcOffset > TimeSpan.FromHours(4) ? 0 : prices.Sum() >= 1000 ? prices.Sum() * 9 / 10 : prices.Sum();"), VerificationDepth.Visible, Token);

        Assert.Equal((Verdict.Inconclusive, RungOutcome.Inconclusive), (report.Verdict, report.Rungs[5].Outcome));
        Assert.Contains("fail in one run and pass in the next", report.Reason!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suite_WithoutATest_ProvesNothing()
    {
        machine.NeedAny();

        var report = await verifier.VerifyAsync(Samples.With(visible: "public sealed class Nothing { }", heldOut: "public sealed class Nothing { }"), VerificationDepth.HeldOut, Token);

        Assert.Equal((Verdict.Draft, RungOutcome.Skipped), (report.Verdict, report.Rungs[5].Outcome));
    }

    [Fact]
    public async Task SealedTest_ThatWasTouched_IsNotVerified()
    {
        var input = Samples.With();
        var touched = input with { VisibleAcceptance = new Dictionary<string, string> { ["tests/Visible.cs"] = input.VisibleAcceptance["tests/Visible.cs"].Replace("900", "0", StringComparison.Ordinal) } };
        var removed = input with { HeldOutAcceptance = new Dictionary<string, string>() };

        foreach (var changed in new[] { touched, removed })
        {
            var report = await verifier.VerifyAsync(changed, VerificationDepth.Full, Token);

            Assert.Equal(Verdict.Draft, report.Verdict);
            Assert.Contains(report.Rungs[0].Failures, failure => failure.Id == "seal");
        }
    }

    [Theory]
    [InlineData("[Fact(Skip = \"later\")]")]
    [InlineData("[Fact(Explicit = true)]")]
    public async Task Test_ThatIsSwitchedOff_IsNotVerified(string attribute)
    {
        var input = Samples.With();
        var unit = input.UnitTests["tests/Unit.cs"].Replace("[Fact]", attribute, StringComparison.Ordinal);

        var report = await verifier.VerifyAsync(Samples.With(unit: unit), VerificationDepth.Static, Token);

        Assert.Contains(report.Rungs[3].Failures, failure => failure is { Id: "switched-off", File: "tests/Unit.cs", Line: 8 });
    }

    [Fact]
    public async Task PublicMember_OfTheDesign_MustBeThere()
    {
        var report = await verifier.VerifyAsync(Samples.With(api: ["int Shop.Basket.Total()", "void Shop.Basket.Clear()"]), VerificationDepth.Static, Token);

        Assert.Equal(["The design has void Shop.Basket.Clear(), the code has not."], report.Rungs[3].Failures.Select(failure => failure.Message));
    }

    [Fact]
    public async Task Report_ThatTheCodePrintsItself_IsNotBelieved()
    {
        machine.NeedAny();
        const string Forger = "Console.WriteLine(\"00000000000000000000000000000000 pass VisibleTests\\tx\\tx\"); Console.WriteLine(\"00000000000000000000000000000000 bye\"); return 0;";

        var report = await verifier.VerifyAsync(Samples.WithTotal(Forger), VerificationDepth.Visible, Token);

        Assert.Equal(RungOutcome.Red, report.Rungs[5].Outcome);
    }

    [Fact]
    public async Task SameContent_IsVerifiedOnce()
    {
        machine.NeedAny();
        var first = await verifier.VerifyAsync(Samples.With(), VerificationDepth.HeldOut, Token);

        var second = await verifier.VerifyAsync(Samples.With(), VerificationDepth.HeldOut, Token);

        Assert.Equal([false, true], new[] { first, second }.Select(report => report.Rungs[6].Cached));
        Assert.Equal(first.HeldOutPassed, second.HeldOutPassed);
    }

    [Fact]
    public async Task WithoutASandbox_NothingIsExecutedOrVerified()
    {
        var report = await new Verifier(new NoSandbox("There is none.")).VerifyAsync(Samples.With(), VerificationDepth.Full, Token);

        Assert.Equal((Verdict.Inconclusive, RungOutcome.Green, RungOutcome.Inconclusive), (report.Verdict, report.Rungs[3].Outcome, report.Rungs[4].Outcome));
        Assert.All(report.Rungs.Skip(5), rung => Assert.Equal(RungOutcome.Skipped, rung.Outcome));
    }

    [Fact]
    public async Task Package_ThatIsNotThere_IsNamed()
    {
        var report = await verifier.VerifyAsync(Samples.With() with { Packages = [new("Left.Pad", "1.0.0"), new("xunit.v3", "3.2.2")] }, VerificationDepth.Static, Token);

        Assert.Equal(RungOutcome.Inconclusive, report.Rungs[2].Outcome);
        Assert.StartsWith("missing package: Left.Pad.", report.Rungs[2].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("src/../etc/passwd.cs")]
    [InlineData("/src/a.cs")]
    [InlineData("lib/a.cs")]
    [InlineData("src/App.csproj")]
    [InlineData("src/Directory.Build.props")]
    [InlineData("src/a b.cs")]
    public async Task Path_ThatIsNotAllowed_IsNamed(string path)
    {
        var report = await verifier.VerifyAsync(Samples.With() with { Sources = new Dictionary<string, string> { [path] = "class A;" } }, VerificationDepth.Static, Token);

        Assert.Contains(report.Rungs[0].Failures, failure => failure.Id == "path");
    }

    [Fact]
    public async Task Secret_InAProgram_IsNamed()
    {
        var report = await verifier.VerifyAsync(Samples.WithTotal("var key = \"AKIA" + "ABCDEFGHIJKLMNOP\"; return key.Length;"), VerificationDepth.Static, Token);

        Assert.Contains(report.Rungs[0].Failures, failure => failure is { Id: "secret", File: "src/Basket.cs", Line: 21 });
    }

    [Fact]
    public void Signature_OfAFault_StaysWhenItsLineMoves()
    {
        var fault = new RungFailure(2, "CS0103", "The name is not there.", "src/a.cs", 5);

        Assert.Equal(fault.Signature, (fault with { Line = 90 }).Signature);
        Assert.NotEqual(fault.Signature, (fault with { Message = "Another." }).Signature);
    }

    [Fact]
    public void Seal_ChangesWithEveryByte()
    {
        var files = new Dictionary<string, string> { ["tests/a.cs"] = "1", ["tests/b.cs"] = "2" };
        var none = new Dictionary<string, string>();

        string[] seals =
        [
            VerificationInput.SealOf(files, none), VerificationInput.SealOf(none, files), VerificationInput.SealOf(new Dictionary<string, string> { ["tests/a.cs"] = "12", ["tests/b.cs"] = "" }, none),
            VerificationInput.SealOf(new Dictionary<string, string> { ["tests/a.cs"] = "1" }, none),
        ];

        Assert.Equal(4, seals.Distinct().Count());
        Assert.Equal(seals[0], VerificationInput.SealOf(new Dictionary<string, string> { ["tests/b.cs"] = "2", ["tests/a.cs"] = "1" }, none));
    }

    [Fact]
    public void PublicApi_OfAStub_IsThatOfTheCode()
    {
        var stub = Samples.Basket.Replace("var sum = prices.Sum();\n        return sum >= 1000 ? sum - sum / 10 : sum;", "throw null!;", StringComparison.Ordinal);

        var lines = PublicApiText.Of(new Dictionary<string, string> { ["src/a.cs"] = stub });

        Assert.Equal(["class Shop.Basket", "int Shop.Basket.Count { get; }", "int Shop.Basket.Total()", "void Shop.Basket.Add(int)"], lines);
        Assert.Equal(lines, PublicApiText.Of(new Dictionary<string, string> { ["src/a.cs"] = Samples.Basket }));
    }

    /// <summary>A sandbox in another time zone every second time.</summary>
    private sealed class ChangingWeather(ISandbox inner) : ISandbox
    {
        private int runs;

        public SandboxLevel Level => inner.Level;

        public Task<SandboxResult> RunAsync(SandboxCommand command, CancellationToken cancellationToken) => inner.RunAsync(
            command with { Environment = new Dictionary<string, string>(command.Environment) { ["TZ"] = Interlocked.Increment(ref runs) % 2 == 0 ? "Asia/Tokyo" : "UTC" } }, cancellationToken);
    }
}
