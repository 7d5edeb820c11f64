using Hal9.Engine.Models;

namespace Hal9.Web.Models;

/// <summary>How a provider is set, to copy and change.</summary>
internal static class ProviderSnippet
{
    /// <summary>Where it goes.</summary>
    public static string File { get; } = "appsettings.json";

    /// <summary>What a provider may be called.</summary>
    public static string Name => "openai";

    /// <summary>What a priced model may be called.</summary>
    public static string PricedModel => "openai/gpt-5*";

    /// <summary>Where a provider of a kind may be.</summary>
    public static string AddressOf(ProviderKind kind) => kind is ProviderKind.Anthropic ? "https://api.anthropic.com" : "https://api.openai.com/v1";

    /// <summary>What goes there.</summary>
    public static string Text { get; } = """
        {
          "Hal9": {
            "Models": {
              "Providers": {
                "openai": {
                  "Kind": "OpenAI",
                  "BaseUrl": "https://api.openai.com/v1",
                  "ApiKeyFile": "/run/secrets/openai",
                  "Models": [ "gpt-5", "gpt-5-mini" ]
                }
              },
              "Tiers": { "Strong": "openai/gpt-5", "Balanced": "openai/gpt-5-mini", "Fast": "openai/gpt-5-mini" },
              "Fallbacks": [ "openai/gpt-5-mini" ]
            }
          }
        }
        """;
}
