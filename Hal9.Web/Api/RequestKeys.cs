using System.Security.Cryptography;
using System.Text;
using Hal9.Engine.Tenancy;

namespace Hal9.Web.Api;

/// <summary>Reads the header by which a repeated POST gets the same run and reply instead of a second bill. The keys are kept with the runs, for a day.</summary>
internal static class RequestKeys
{
    /// <summary>Name of the header.</summary>
    public const string Header = "Idempotency-Key";

    private const int Longest = 255;

    /// <summary>The request's key, or null when it has none.</summary>
    /// <exception cref="BadHttpRequestException">The key is too long.</exception>
    public static RequestKey? Of(HttpContext context, string body)
    {
        var name = context.Request.Headers[Header].ToString().Trim();
        return name.Length switch
        {
            0 => null,
            <= Longest => new RequestKey(name, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{context.Request.Path}\n{body}")))),
            _ => throw new BadHttpRequestException($"The header {Header} has at most {Longest} characters."),
        };
    }
}
