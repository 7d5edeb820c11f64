using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Engine.Runs;

internal static class RunsSetup
{
    public static IServiceCollection AddRuns(this IServiceCollection services, IConfiguration settings) => services.AddSingleton<RunService>();
}
