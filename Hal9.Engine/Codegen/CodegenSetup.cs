using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Hal9.Engine.Codegen;

internal static class CodegenSetup
{
    public static IServiceCollection AddCodegen(this IServiceCollection services, IConfiguration settings)
    {
        services.AddOptions<CodegenOptions>().Bind(settings.GetSection("Codegen"), binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddSingleton<IValidateOptions<CodegenOptions>, CodegenOptionsValidator>();
        services.TryAddSingleton<VerifyCode>(provider => new Verifier(provider.GetRequiredService<Sandbox.ISandbox>()).VerifyAsync);
        return services
            .AddSingleton<ProjectStore>()
            .AddSingleton<ProjectReader>()
            .AddSingleton<IRunEndWriter, ProjectEndWriter>()
            .AddSingleton<Interviewer>()
            .AddSingleton<Specifier>()
            .AddSingleton<AcceptanceWriter>()
            .AddSingleton<Designer>()
            .AddSingleton<Implementer>()
            .AddSingleton<Gauge>()
            .AddSingleton<Repairer>()
            .AddSingleton<Reviewer>()
            .AddSingleton<ProofSeal>()
            .AddSingleton<ProofWriter>()
            .AddSingleton<Exporter>()
            .AddSingleton<IRunWork, Pipeline>()
            .AddSingleton(provider => new CodegenService(
                provider.GetRequiredService<ProjectStore>(), provider.GetRequiredService<ProjectReader>(), provider.GetRequiredService<RunService>(), provider.GetRequiredService<RunFeed>(),
                new RequestKeyStore(provider.GetRequiredService<Writer>(), provider.GetRequiredService<TimeProvider>()), provider.GetRequiredService<Exporter>(),
                provider.GetRequiredService<ProofSeal>(), Replay(provider), provider.GetRequiredService<IOptions<CodegenOptions>>(),
                provider.GetRequiredService<TimeProvider>()));
    }

    /// <summary>A replay of evidence looks anew each time: what an earlier look found must not answer for it.</summary>
    private static VerifyCode Replay(IServiceProvider provider) => (input, depth, cancellationToken) =>
    {
        var verify = provider.GetRequiredService<VerifyCode>();
        return verify.Target is Verifier ? new Verifier(provider.GetRequiredService<Sandbox.ISandbox>()).VerifyAsync(input, depth, cancellationToken) : verify(input, depth, cancellationToken);
    };
}
