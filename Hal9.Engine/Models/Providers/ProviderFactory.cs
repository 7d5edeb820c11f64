using System.Net;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Hal9.Engine.Models.Providers;

/// <summary>Makes the providers that are configured, and the built-in one.</summary>
internal sealed class ProviderFactory(IOptions<ModelsOptions> options, Func<IChatClient> offline, TimeProvider time)
{
    public ProviderTable Make()
    {
        List<Provider> providers = [Offline(ModelsOptionsCheck.OfflineName)];
        foreach (var (name, settings) in options.Value.Providers)
        {
            providers.Add(Make(name, settings));
        }
        return new ProviderTable(providers);
    }

    public Provider Make(string name, ProviderOptions settings) => settings.Kind switch
    {
        ProviderKind.Offline => Offline(name),
        ProviderKind.Anthropic => Anthropic(name, settings),
        _ => OpenAI(name, settings),
    };

    private Provider Offline(string name) => new(name, ProviderKind.Offline, null, [ModelsOptionsCheck.OwnName], offline());

    private Provider OpenAI(string name, ProviderOptions settings)
    {
        var address = new Uri(settings.BaseUrl!.TrimEnd('/'));
        var key = ModelsOptionsCheck.ReadKey(settings);
        return new Provider(name, ProviderKind.OpenAI, address, [.. settings.Models], new OpenAIChat(name, address, key, Network(), time), settings.Vision, Hint(key));
    }

    private Provider Anthropic(string name, ProviderOptions settings)
    {
        // The SDK adds /v1 itself; an address that already has it is forgiven.
        var text = settings.BaseUrl?.TrimEnd('/');
        text = text is not null && text.EndsWith("/v1", StringComparison.Ordinal) ? text[..^3] : text;
        var address = string.IsNullOrWhiteSpace(text) ? null : new Uri(text);
        var key = ModelsOptionsCheck.ReadKey(settings)!;
        return new Provider(name, ProviderKind.Anthropic, address, [.. settings.Models], new AnthropicChat(name, address, key, Network(), time), settings.Vision, Hint(key));
    }

    /// <summary>What of a key may be shown: its first three and last four characters; nothing of a short one.</summary>
    internal static string? Hint(string? key) => key is null ? null : key.Length < 20 ? "…" : $"{key[..3]}…{key[^4..]}";

    /// <summary>One pool of connections per provider. Redirects are not followed: the key would travel along.</summary>
    private static SocketsHttpHandler Network() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        EnableMultipleHttp2Connections = true,
    };
}
