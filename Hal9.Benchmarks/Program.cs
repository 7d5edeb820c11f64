using Hal9.Benchmarks;

return args switch
{
    ["crash", .. var rest] => await CrashVerb.RunAsync(rest),
    _ => await UsageAsync(),
};

static async Task<int> UsageAsync()
{
    await Console.Error.WriteLineAsync("usage: hal9-benchmarks crash [--kills N] [--seed S]");
    return 2;
}
