using Hal9.Benchmarks;
using Hal9.Benchmarks.Face;
using Hal9.Benchmarks.Gateway;
using Hal9.Benchmarks.Harness;
using Hal9.Benchmarks.History;
using Hal9.Benchmarks.Learning;
using Hal9.Benchmarks.Ledger;
using Hal9.Benchmarks.Live;
using Hal9.Benchmarks.Neurons;
using Hal9.Benchmarks.Sandbox;
using Hal9.Benchmarks.Streams;
using Hal9.Benchmarks.Verify;
using Hal9.Tests.Support;

using var stopping = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stopping.Cancel();
};
return args switch
{
    ["gateway", .. var rest] => await GatewayVerb.RunAsync(VerbOptions.Read("gateway", rest), stopping.Token),
    ["ledger", .. var rest] => await LedgerVerb.RunAsync(VerbOptions.Read("ledger", rest), stopping.Token),
    ["neurons", .. var rest] => await NeuronsVerb.RunAsync(VerbOptions.Read("neurons", rest), stopping.Token),
    ["stream", .. var rest] => await StreamVerb.RunAsync(VerbOptions.Read("stream", rest), stopping.Token),
    ["crowd", .. var rest] => await CrowdVerb.RunAsync(rest, stopping.Token),
    ["learn", .. var rest] => await LearnVerb.RunAsync(rest, stopping.Token),
    ["simulate", .. var rest] => await SimulateVerb.RunAsync(rest, stopping.Token),
    ["streams", .. var rest] => await StreamsVerb.RunAsync(rest, stopping.Token),
    ["start", .. var rest] => await StartVerb.RunAsync(VerbOptions.Read("start", rest), stopping.Token),
    ["query", .. var rest] => await QueryVerb.RunAsync(VerbOptions.Read("query", rest), stopping.Token),
    ["live", .. var rest] => await LiveVerb.RunAsync(VerbOptions.Read("live", rest), stopping.Token),
    ["face", .. var rest] => await FaceVerb.RunAsync(VerbOptions.Read("face", rest), stopping.Token),
    ["history", .. var rest] => await HistoryVerb.RunAsync(VerbOptions.Read("history", rest), stopping.Token),
    ["costs", .. var rest] => await CostsVerb.RunAsync(VerbOptions.Read("costs", rest), stopping.Token),
    ["sandbox", .. var rest] => await SandboxVerb.RunAsync(VerbOptions.Read("sandbox", rest), stopping.Token),
    ["verify", .. var rest] => await VerifyVerb.RunAsync(rest, stopping.Token),
    ["fill", var folder, var rows] => await FilledHost.FillAsync(folder, int.Parse(rows, System.Globalization.CultureInfo.InvariantCulture), stopping.Token),
    ["codegen", .. var rest] => await Hal9.Benchmarks.Codegen.CodegenVerb.RunAsync(rest, stopping.Token),
    ["crash", .. var rest] => await CrashVerb.RunAsync(rest),
    ["ledger-child", .. var rest] => await LedgerChild.RunAsync(rest),
    ["fake-model"] => await FakeModel.ServeAsync(),
    ["live-host", var directory, var neurons] => await LiveHost.ServeAsync(directory, int.Parse(neurons, System.Globalization.CultureInfo.InvariantCulture)),
    ["bare-hub"] => await BareHub.ServeAsync(),
    ["pass-through", var upstream] => await PassThrough.ServeAsync(upstream),
    _ => await UsageAsync(),
};

static async Task<int> UsageAsync()
{
    await Console.Error.WriteLineAsync(
        "usage: hal9-benchmarks gateway|stream|neurons|ledger|start|query|live|face|history|costs|sandbox [--quick] [--rounds N] [--write] [--dry] [--note TEXT]"
        + " | codegen [projects|crud|hostile|edits] [--quick] | " + VerifyOptions.Usage + " | fill FOLDER ROWS | crash [--kills N] [--seed S] | streams [--cuts N] [--seed S] | crowd [--calls N] [--seed S] | simulate [--seeds N] [--seed S]"
        + " | learn [--table FILE.csv --day0 MODEL --lambda X --replay SHARE --interactions N] [--seeds N] [--json OUT] [--data FOLDER] [--write]");
    return 2;
}
