using System.Security.Cryptography;
using System.Text.Json;
using Hal9.Engine.Storage;
using Microsoft.IdentityModel.Tokens;

namespace Hal9.Web.Accounts;

/// <summary>The key that signs access tokens (ES256). Made at the first start, kept in the database, protected.</summary>
internal sealed class TokenKeys(InstanceKeys keys) : IDisposable
{
    private ECDsa? key;

    public ECDsaSecurityKey Signing { get; private set; } = null!;

    /// <summary>Before the server listens.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var stored = JsonSerializer.Deserialize<Stored>(await keys.GetOrMakeAsync("tokens", Make, cancellationToken))!;
        key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Convert.FromBase64String(stored.Pkcs8), out _);
        // A factory of its own: the shared one remembers keys by id beyond the life of this object.
        Signing = new ECDsaSecurityKey(key) { KeyId = stored.Kid, CryptoProviderFactory = new CryptoProviderFactory() };
    }

    /// <summary>The public half, as RFC 7517 has it.</summary>
    public object Jwks()
    {
        var point = key!.ExportParameters(includePrivateParameters: false).Q;
        return new
        {
            keys = new[]
            {
                new { kty = "EC", use = "sig", alg = "ES256", crv = "P-256", kid = Signing.KeyId, x = Base64UrlEncoder.Encode(point.X!), y = Base64UrlEncoder.Encode(point.Y!) },
            },
        };
    }

    public void Dispose() => key?.Dispose();

    private static string Make()
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return JsonSerializer.Serialize(new Stored(Guid.CreateVersion7().ToString("N"), Convert.ToBase64String(made.ExportPkcs8PrivateKey())));
    }

    private sealed record Stored(string Kid, string Pkcs8);
}
