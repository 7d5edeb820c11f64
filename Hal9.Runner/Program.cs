using Hal9.Runner;

// What the engine executes in its sandbox and nowhere else: a suite, or an attack that must not succeed.
return args switch
{
    ["test"] => await SuiteRun.ExecuteAsync(Console.OpenStandardInput(), Console.OpenStandardOutput()),
    ["probe"] => Probing.Run(Console.In, Console.Out),
    ["bomb", var kind] => Bombs.Run(kind),
    ["sample"] => Sample.Run(),
    _ => 2,
};
