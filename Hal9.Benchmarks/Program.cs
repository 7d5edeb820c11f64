await Console.Error.WriteLineAsync("usage: hal9-benchmarks <verb>");
return 2;
