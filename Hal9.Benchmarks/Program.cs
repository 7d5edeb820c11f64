using Hal9.Tests.Support;

return args switch
{
    ["ledger-child", .. var rest] => await LedgerChild.RunAsync(rest),
    _ => await UsageAsync(),
};

static async Task<int> UsageAsync()
{
    await Console.Error.WriteLineAsync("usage: hal9-benchmarks <verb>");
    return 2;
}
