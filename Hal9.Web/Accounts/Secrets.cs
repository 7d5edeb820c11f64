using Hal9.Engine.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Hal9.Web.Accounts;

/// <summary>Secrets at rest over Data Protection, whose keys lie in the data directory: who has the directory has the secrets.</summary>
internal sealed class Secrets(IDataProtectionProvider provider) : ISecrets
{
    private readonly IDataProtector protector = provider.CreateProtector("Hal9.Secrets", "v1");

    public string Protect(string secret) => protector.Protect(secret);

    public string Unprotect(string protectedSecret) => protector.Unprotect(protectedSecret);

    public static void Add(WebApplicationBuilder builder)
    {
        // It warns at each start that its keys are not encrypted at rest; the folder is readable by its owner only, as the database beside it.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.Services.AddDataProtection().SetApplicationName("HAL9 Console");
        builder.Services.AddOptions<KeyManagementOptions>().Configure<DataDirectory, ILoggerFactory>((options, directory, logs) =>
        {
            var folder = directory.Of("keys");
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                const UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
                Directory.CreateDirectory(folder, own);
                File.SetUnixFileMode(folder, own);
            }
            options.XmlRepository = new FileSystemXmlRepository(new DirectoryInfo(folder), logs);
        });
        builder.Services.AddSingleton<ISecrets, Secrets>();
    }
}
