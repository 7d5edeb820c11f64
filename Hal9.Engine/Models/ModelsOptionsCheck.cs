using Microsoft.Extensions.Options;

namespace Hal9.Engine.Models;

/// <summary>Refuses at start what would fail, or mislead, later. Each message names the setting.</summary>
internal sealed class ModelsOptionsCheck : IValidateOptions<ModelsOptions>
{
    public const string OfflineName = "offline";
    public const string OwnName = "hal9";

    public ValidateOptionsResult Validate(string? name, ModelsOptions options)
    {
        List<string> faults = [];
        foreach (var (provider, settings) in options.Providers)
        {
            faults.AddRange(Provider(provider, settings));
        }
        faults.AddRange(Ref("Hal9:Models:Tiers:Strong", options.Tiers.Strong, options));
        faults.AddRange(Ref("Hal9:Models:Tiers:Balanced", options.Tiers.Balanced, options));
        faults.AddRange(Ref("Hal9:Models:Tiers:Fast", options.Tiers.Fast, options));
        for (var i = 0; i < options.Fallbacks.Count; i++)
        {
            faults.AddRange(Ref($"Hal9:Models:Fallbacks:{i}", options.Fallbacks[i], options));
        }
        faults.AddRange(Positive("Hal9:Models:Timeouts:FirstTokenSeconds", options.Timeouts.FirstTokenSeconds));
        faults.AddRange(Positive("Hal9:Models:Timeouts:IdleSeconds", options.Timeouts.IdleSeconds));
        faults.AddRange(Positive("Hal9:Models:Timeouts:TotalSeconds", options.Timeouts.TotalSeconds));
        if (options.Timeouts.DrainSeconds is not (>= 0 and <= 60))
        {
            faults.Add("Hal9:Models:Timeouts:DrainSeconds must be between 0 and 60.");
        }
        faults.AddRange(Positive("Hal9:Models:Retry:FirstDelaySeconds", options.Retry.FirstDelaySeconds));
        faults.AddRange(Positive("Hal9:Models:Retry:MostDelaySeconds", options.Retry.MostDelaySeconds));
        faults.AddRange(Positive("Hal9:Models:Retry:MostRetryAfterSeconds", options.Retry.MostRetryAfterSeconds));
        if (options.Retry.Attempts is < 1 or > 10)
        {
            faults.Add("Hal9:Models:Retry:Attempts must be 1 to 10.");
        }
        // These are the bounds of the circuit breaker itself.
        if (options.Breaker.FailureRatio is not (> 0 and <= 1))
        {
            faults.Add("Hal9:Models:Breaker:FailureRatio must be above 0 and at most 1.");
        }
        if (options.Breaker.MinimumThroughput < 2)
        {
            faults.Add("Hal9:Models:Breaker:MinimumThroughput must be at least 2.");
        }
        if (options.Breaker.SamplingSeconds is not (>= 0.5 and <= 86400) || options.Breaker.BreakSeconds is not (>= 0.5 and <= 86400))
        {
            faults.Add("Hal9:Models:Breaker:SamplingSeconds and BreakSeconds must be 0.5 to 86400.");
        }
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Provider(string name, ProviderOptions settings)
    {
        var path = $"Hal9:Models:Providers:{name}";
        if (name.Contains('/', StringComparison.Ordinal) || string.IsNullOrWhiteSpace(name))
        {
            yield return $"{path}: a provider's name must not be empty or contain a slash.";
        }
        if (string.Equals(name, OfflineName, StringComparison.OrdinalIgnoreCase) || string.Equals(name, OwnName, StringComparison.OrdinalIgnoreCase))
        {
            yield return $"{path}: the names '{OfflineName}' and '{OwnName}' are taken; choose another.";
        }
        if (settings.Kind is null)
        {
            yield return $"{path}:Kind is missing: OpenAI, Anthropic or Offline.";
        }
        if (settings.Kind == ProviderKind.OpenAI && string.IsNullOrWhiteSpace(settings.BaseUrl))
        {
            yield return $"{path}:BaseUrl is missing, for example https://api.openai.com/v1 or http://127.0.0.1:11434/v1.";
        }
        if (!string.IsNullOrWhiteSpace(settings.BaseUrl) && !(Uri.TryCreate(settings.BaseUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
        {
            yield return $"{path}:BaseUrl is not an http or https address.";
        }
        if (!string.IsNullOrEmpty(settings.ApiKey) && !string.IsNullOrEmpty(settings.ApiKeyFile))
        {
            yield return $"{path}: set ApiKey or ApiKeyFile, not both.";
        }
        if (!string.IsNullOrEmpty(settings.ApiKeyFile) && !File.Exists(settings.ApiKeyFile))
        {
            yield return $"{path}:ApiKeyFile: there is no file {settings.ApiKeyFile}.";
        }
        else if (!string.IsNullOrEmpty(settings.ApiKeyFile) && ReadKey(settings) is null)
        {
            yield return $"{path}:ApiKeyFile: the file is empty.";
        }
        if (settings.Kind == ProviderKind.Anthropic && string.IsNullOrWhiteSpace(settings.ApiKey) && string.IsNullOrWhiteSpace(settings.ApiKeyFile))
        {
            yield return $"{path}: Anthropic needs an ApiKey or ApiKeyFile.";
        }
        if (settings.Models.Any(string.IsNullOrWhiteSpace))
        {
            yield return $"{path}:Models holds an empty name.";
        }
    }

    /// <summary>The provider's key, from wherever it was set.</summary>
    public static string? ReadKey(ProviderOptions settings)
    {
        var key = string.IsNullOrEmpty(settings.ApiKeyFile) ? settings.ApiKey : File.ReadAllText(settings.ApiKeyFile);
        return string.IsNullOrWhiteSpace(key) ? null : key.Trim();
    }

    private static IEnumerable<string> Ref(string path, string? text, ModelsOptions options)
    {
        if (text is null)
        {
            yield break;
        }
        if (!ModelRef.TryParse(text, out var model))
        {
            yield return $"{path}: '{text}' is not <provider>/<model>.";
        }
        else if (model.Provider == OfflineName)
        {
            if (model.Model != OwnName)
            {
                yield return $"{path}: the built-in provider has one model, {OfflineName}/{OwnName}.";
            }
        }
        else if (options.Providers.FirstOrDefault(p => string.Equals(p.Key, model.Provider, StringComparison.OrdinalIgnoreCase)).Value is not { } provider)
        {
            yield return $"{path}: '{text}' names the provider '{model.Provider}', which is not configured under Hal9:Models:Providers.";
        }
        else if (provider.Models.Count > 0 && !provider.Models.Contains(model.Model))
        {
            yield return $"{path}: '{model.Model}' is not among Hal9:Models:Providers:{model.Provider}:Models.";
        }
    }

    private static IEnumerable<string> Positive(string path, double seconds)
    {
        if (seconds is not (> 0 and <= 86400))
        {
            yield return $"{path} must be above 0 and at most 86400 seconds.";
        }
    }

}
