using Hal9.Benchmarks;
using Hal9.Tests.Support;

return args switch
{
    ["crash", .. var rest] => await CrashVerb.RunAsync(rest),
    ["ledger-child", .. var rest] => await LedgerChild.RunAsync(rest),
    _ => await UsageAsync(),
};

static async Task<int> UsageAsync()
{
    await Console.Error.WriteLineAsync("usage: hal9-benchmarks crash [--kills N] [--seed S]");
    return 2;
}
