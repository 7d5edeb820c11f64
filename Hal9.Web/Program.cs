using Hal9.Web;

var builder = WebApplication.CreateBuilder(args);
builder.AddHal9();

var app = builder.Build();
await app.UseHal9Async();
await app.RunAsync();

/// <summary>The host; public so that tests can start it.</summary>
public partial class Program;
