using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Hal9.Engine.Storage;

internal static class StorageSetup
{
    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration settings)
    {
        services.AddOptions<DataOptions>().Bind(settings.GetSection("Data"), binder => binder.ErrorOnUnknownConfiguration = true)
            .Validate(
                options => options.Provider == DataProvider.Sqlite,
                "Hal9:Data:Provider=PostgreSql is not released yet: use Sqlite, the embedded default.")
            .Validate(
                options => string.IsNullOrEmpty(options.ConnectionString) || options.Provider == DataProvider.PostgreSql,
                "Hal9:Data:ConnectionString has no effect without Hal9:Data:Provider=PostgreSql; Sqlite keeps its file in Hal9:Data:Directory. Remove it.")
            .ValidateOnStart();
        services.AddSingleton(provider => DataDirectory.Hold(Path.Combine(
            // Not the working directory: a service manager, or a start from another folder, would find an empty database there.
            provider.GetService<IHostEnvironment>()?.ContentRootPath ?? Directory.GetCurrentDirectory(),
            provider.GetRequiredService<IOptions<DataOptions>>().Value.Directory)));
        services.AddSingleton(provider => Database.Sqlite(provider.GetRequiredService<DataDirectory>().DatabaseFile));
        services.AddSingleton<InstanceKeys>();
        services.AddSingleton<Writer>();
        services.AddSingleton<Migrator>();
        services.AddSingleton<StorageHealth>();
        services.AddSingleton(provider => new MigratedContext(() => provider.GetRequiredService<Database>().CreateContext(null)));
        return services;
    }
}
