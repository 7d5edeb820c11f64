using Hal9.Engine.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hal9.Engine.Sandbox;

internal static class SandboxSetup
{
    public static IServiceCollection AddSandbox(this IServiceCollection services, IConfiguration settings)
    {
        services.AddOptions<SandboxOptions>().Bind(settings.GetSection("Sandbox"), binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SandboxOptions>, SandboxValidation>();
        services.AddSingleton(provider => new SandboxService(
            provider.GetRequiredService<IOptions<SandboxOptions>>(), provider.GetRequiredService<DataDirectory>().Of(""), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SandboxService>>()));
        services.AddSingleton<ISandbox>(provider => provider.GetRequiredService<SandboxService>());
        return services;
    }
}
