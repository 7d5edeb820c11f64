using Hal9.Web;

// A change of appsettings.json counts from the next start: the host's watcher would follow the folder with the database in it and wake at every write.
var builder = WebApplication.CreateBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);
try
{
    builder.AddHal9();

    var app = builder.Build();
    await app.UseHal9Async();
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (StartFault.Explain(e, builder.Configuration) is { } reason)
{
    await Console.Error.WriteLineAsync($"HAL9 Console cannot start:{Environment.NewLine}{reason}");
    return 1;
}

/// <summary>The host; public so that tests can start it.</summary>
public partial class Program;
